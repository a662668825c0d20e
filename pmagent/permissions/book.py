"""All rules that hold in one garden, as values: what was read, what could not be, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pmagent.types.actions import Json, Layer, Mode, Rule, Source


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule or a file that cannot be understood. While there is one, nothing is allowed."""

    source: Source
    message: str
    """One plain sentence that names the file and the line."""


@dataclass(frozen=True, kw_only=True)
class SettingsSection:
    """The hooks that one settings file brings, as they stand there."""

    layer: Layer
    hooks: Mapping[str, Json]
    digest: str
    """SHA-256 of the whole file."""
    is_trusted: bool
    """False for a file of the garden that its owner has not trusted: its hooks must not run."""
    is_all_off: bool = False
    """`disableAllHooks`."""


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """What the settings files of all layers say about permissions."""

    rules: tuple[Rule, ...] = ()
    """Those that count, as they are written."""
    faults: tuple[Fault, ...] = ()
    mode: Mode = "default"
    """`defaultMode`, as far as it may be set where it stands."""
    additional_directories: tuple[Path, ...] = ()
    settings: Mapping[Source, SettingsSection] = field(
        default_factory=dict[Source, SettingsSection]
    )
    """The hooks by the file and line they stand at."""
    untrusted: tuple[Source, ...] = ()
    """What would widen and waits for trust: allow rules, folders, a mode, hooks."""
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    """SHA-256 of each settings file of the garden, by its path."""
    wishes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """`statusLine` and the like, of the strongest layer that is trusted."""
    is_bypass_off: bool = False
    """Whether a layer forbids the mode that asks nothing."""

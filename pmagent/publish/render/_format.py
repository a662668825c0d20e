"""What a format is, and how the formats are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast

from pmagent.errors import UsageError
from pmagent.registry import collect
from pmagent.types.publishing import Kit

_PACKAGE = "pmagent.publish.render"


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A kit in one format."""

    text: str
    """Empty where the kit cannot be had in this format; `remarks` then says why."""
    remarks: tuple[str, ...] = ()
    """What was changed, left out or estimated to fit the format, a plain sentence each."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way to write a kit down. The same kit gives the same bytes."""

    name: str
    """As typed on the command line."""
    about: str
    """What it is for, in a few words."""
    file_name: str
    """What the file is called in a kit's folder."""
    media_type: str
    make: Callable[[Kit], Rendering]
    check: Callable[[str], tuple[str, ...]]
    """What is wrong with a text that should be of this format, a plain sentence each."""

    def render(self, kit: Kit) -> str:
        """The text alone; empty where the kit cannot be had in this format."""
        return self.make(kit).text

    def file_for(self, kit: Kit) -> str:
        """A name for the file outside of the kit's folder, such as `ep-041.chapters.json`."""
        return f"{PurePosixPath(kit.transcript.document.path).stem}.{self.file_name}"


def formats() -> tuple[Format, ...]:
    """Every format there is, by name."""
    found = cast("Sequence[tuple[Format, ...]]", collect(_PACKAGE, "FORMATS"))
    return tuple(sorted((one for some in found for one in some), key=lambda one: one.name))


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none; the hint lists them.
    """
    known = formats()
    for one in known:
        if one.name == name:
            return one
    listed = ", ".join(one.name for one in known)
    raise UsageError(f'there is no format "{name}"', f"choose one of: {listed}")

"""Where a command, skill or sub-agent was found, and why a file that looks like one is none."""

from __future__ import annotations

from dataclasses import dataclass

from pmagent.types.commands import Place


@dataclass(frozen=True, kw_only=True)
class Found:
    """One file and what its place says about it."""

    name: str
    """As its folders name it: `deploy`, `git:commit`, `plugin:name`."""
    path: str
    """The file as a person would name it."""
    place: Place
    folder: str = ""
    """Its own folder, absolute."""
    plugin: str = ""
    """The plugin's name; empty outside plugins."""
    plugin_root: str = ""
    is_trusted: bool = True
    """Whether a person trusts exactly these bytes, where that is needed."""


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A file that is none of what its place promises."""

    path: str
    reason: str
    """One plain sentence."""
    is_broken: bool = False
    """Whether the file itself cannot be read; else it lacks what it needs to be used."""


NOT_TEXT = "it is not text"
EMPTY = "it is empty"

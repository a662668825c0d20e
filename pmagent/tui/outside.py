"""The ways out of this terminal application: the clipboard, the editor, the terminal itself."""

from __future__ import annotations

import select
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from textual.app import SuspendNotSupported

from pmagent.errors import PmagentError
from pmagent.sandbox.desktop import WAITING, WINDOWED_EDITORS, editor_command
from pmagent.tui.ports import Desktop

MAX_OSC52_BYTES = 74_000
"""Terminals cut or refuse a longer clipboard sequence."""


Environment = Mapping[str, str]


def is_hung_up(descriptor: int) -> bool:
    """Whether the terminal behind a descriptor is gone, though no signal said so."""
    watched = select.poll()
    watched.register(descriptor, 0)
    return any(event & (select.POLLHUP | select.POLLNVAL) for _, event in watched.poll(0))


def copy_text(
    text: str, desktop: Desktop, environment: Environment, send: Callable[[str], None]
) -> str:
    """How `text` was copied: by a local program, else by the terminal (`send`), else to a file."""
    # Over ssh a local program would fill the clipboard of the wrong machine.
    is_remote = "SSH_CONNECTION" in environment
    if not is_remote and (program := desktop.copy(text)):
        return f"with {program}"
    if len(text.encode()) * 4 // 3 <= MAX_OSC52_BYTES:
        send(text)
        return "through the terminal (OSC 52)"
    return f'to the file "{desktop.keep(text)}"'


def open_editor(
    path: Path,
    line: int,
    desktop: Desktop,
    environment: Environment,
    suspend: Callable[[], AbstractContextManager[None]],
) -> None:
    """Open `path` at `line`: in a window of the editor's own, or here, and wait for its end.

    Raises:
        PmagentError: no editor is named, it cannot be started, or not in this terminal.
    """
    argv = editor_command(environment.get("VISUAL") or environment.get("EDITOR") or "", path, line)
    if Path(argv[0]).name in WINDOWED_EDITORS:
        desktop.launch(argv)
        return
    try:
        with suspend():
            desktop.edit(argv)
    except SuspendNotSupported as exc:
        raise PmagentError("this terminal cannot be handed to an editor") from exc


def has_window(environment: Environment) -> bool:
    """Whether the person's editor opens a window of its own."""
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    return bool(named.split()) and Path(named.split()[0]).name in WINDOWED_EDITORS


def edit_text(
    text: str,
    suffix: str,
    desktop: Desktop,
    environment: Environment,
    suspend: Callable[[], AbstractContextManager[None]],
) -> str:
    """`text` as a person leaves it in their editor; blocks until they have closed it.

    Raises:
        PmagentError: no editor is named, it cannot be started, or what it wrote cannot be read.
    """
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    # Asked for first: without an editor nothing is written anywhere.
    editor_command(named, Path(), 1)
    path = desktop.keep(text, suffix)
    argv = editor_command(named, path, 1)
    if has_window(environment):
        desktop.edit([argv[0], WAITING, *argv[1:]])
        return desktop.take(path)
    try:
        with suspend():
            desktop.edit(argv)
    except SuspendNotSupported as exc:
        desktop.take(path)
        raise PmagentError("this terminal cannot be handed to an editor") from exc
    return desktop.take(path)


def open_page(path: Path, desktop: Desktop, environment: Environment) -> None:
    """Open a page in the person's browser: the one they name, else the desktop's own.

    Raises:
        PmagentError: there is no screen for one here, or it cannot be started.
    """
    if browser := environment.get("BROWSER"):
        desktop.launch([*shlex.split(browser), str(path)])
    elif sys.platform == "darwin":
        desktop.launch(["open", str(path)])
    elif environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        desktop.launch(["xdg-open", str(path)])
    else:
        raise PmagentError("no browser is named", 'set one: export BROWSER="firefox"')


def shown_path(path: Path, environment: Environment) -> str:
    """A path as a person would write it, `~` for their own folder."""
    home = environment.get("HOME", "")
    if home and path.is_relative_to(home):
        return str(Path("~") / path.relative_to(home))
    return str(path)

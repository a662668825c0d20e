"""The person's own programs: editor and clipboard. Started only by their key press or command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pmagent.errors import PmagentError, UsageError
from pmagent.paths import reason_of

COPY_S = 5.0
_CLIPBOARDS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)
_COLON_LINE = frozenset({"hx", "helix", "subl", "zed", "micro"})
_GOTO = frozenset({"code", "code-insiders", "codium", "cursor"})


WAITING = "--wait"
"""With it every editor of `WINDOWED_EDITORS` ends only when the file is closed."""
WINDOWED_EDITORS = frozenset({"code", "code-insiders", "codium", "cursor", "subl", "zed"})


def editor_command(editor: str, path: Path, line: int) -> list[str]:
    """The words that open `path` at `line` with the editor a person named.

    Raises:
        UsageError: `editor` names nothing.
    """
    try:
        words = shlex.split(editor)
    except ValueError as exc:
        raise UsageError(f"the editor {editor!r} is not a command: {exc}") from exc
    if not words:
        raise UsageError("no editor is named", 'set one: export EDITOR="vim"')
    name = Path(words[0]).name
    if name in _GOTO:
        return [*words, "--goto", f"{path}:{line}"]
    if name in _COLON_LINE:
        return [*words, f"{path}:{line}"]
    return [*words, f"+{line}", str(path)]


class Desktop:
    """Runs an editor and fills the clipboard."""

    def copy(self, text: str) -> str | None:
        """The program that put `text` on the clipboard, or None where there is none."""
        for command in _CLIPBOARDS:
            if shutil.which(command[0]) is None or not _has_screen(command[0]):
                continue
            try:
                subprocess.run(  # noqa: S603 - fixed names, text on standard input
                    command,
                    input=text.encode(),
                    check=True,
                    timeout=COPY_S,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            except (OSError, subprocess.SubprocessError):
                continue
            return command[0]
        return None

    def keep(self, text: str, suffix: str = ".txt") -> Path:
        """A private temporary file with `text`."""
        descriptor, name = tempfile.mkstemp(prefix="pmagent-", suffix=suffix)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        return Path(name)

    def take(self, path: Path) -> str:
        """The text of a file that `keep` made, which is then gone.

        Raises:
            PmagentError: it cannot be read; it is still there.
        """
        try:
            text = path.read_text(encoding="utf-8")
            path.unlink()
        except (OSError, UnicodeDecodeError) as exc:
            reason = reason_of(exc) if isinstance(exc, OSError) else "it is not UTF-8"
            raise PmagentError(f'cannot read "{path}": {reason}', "it is left where it is") from exc
        return text

    def edit(self, argv: Sequence[str]) -> None:
        """Run an editor in this terminal and wait for its end.

        Raises:
            PmagentError: it cannot be started.
        """
        try:
            subprocess.run(list(argv), check=False)  # noqa: S603 - the person's own $EDITOR
        except OSError as exc:
            raise _no_start(argv, exc) from exc

    def launch(self, argv: Sequence[str]) -> None:
        """Start an editor that has a window of its own.

        Raises:
            PmagentError: it cannot be started.
        """
        try:
            subprocess.Popen(  # noqa: S603 - the person's own $EDITOR
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as exc:
            raise _no_start(argv, exc) from exc


def _has_screen(program: str) -> bool:
    if program == "wl-copy":
        return bool(os.environ.get("WAYLAND_DISPLAY"))
    return program not in {"xclip", "xsel"} or bool(os.environ.get("DISPLAY"))


def _no_start(argv: Sequence[str], exc: OSError) -> PmagentError:
    return PmagentError(f'cannot start "{argv[0]}": {reason_of(exc)}', "name another with $EDITOR")

"""The outermost door: nothing leaves as a traceback, and every way out has its code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from pmagent.cli import codes
from pmagent.errors import PmagentError, StorageError
from pmagent.paths import find_homes, make_private_dir
from pmagent.safe_text import safe_text

LOG_BYTES = 200_000


def run_command(arguments: Sequence[str]) -> int:
    """The exit code of one command."""
    import click  # noqa: PLC0415 - the application paints without it

    from pmagent.cli.main import pmagent  # noqa: PLC0415

    try:
        result = pmagent.main(list(arguments), prog_name="pmagent", standalone_mode=False)
    except click.exceptions.Abort:
        return codes.INTERRUPTED
    except click.ClickException as exc:
        return _complain(exc.format_message(), _usage_hint(exc), codes.USAGE)
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except KeyboardInterrupt:
        return _complain("interrupted; what was done until now is kept", "", codes.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return codes.OK
    except PmagentError as exc:
        return _complain(exc.message, exc.hint, codes.code_of(exc))
    except Exception as exc:  # noqa: BLE001 - the outer door of the command line
        return _confess(exc)
    return result if isinstance(result, int) else codes.OK


def run_application(root: Path | None = None) -> int:
    """The exit code of the terminal application on the garden of the current folder."""
    from pmagent.tui.app import run  # noqa: PLC0415 - only where it is shown

    try:
        return run(root or Path.cwd())
    except PmagentError as exc:
        return _complain(exc.message, exc.hint, codes.code_of(exc))
    except Exception as exc:  # noqa: BLE001 - the outer door of the application
        return _confess(exc)


def _usage_hint(exc: Exception) -> str:
    context = getattr(exc, "ctx", None)
    command = getattr(context, "command_path", "pmagent")
    return f'"{command} --help" lists what it takes'


def _complain(message: str, hint: str, code: int) -> int:
    lines = [f"error: {message}", *([f"hint: {hint}"] if hint else [])]
    sys.stderr.write("".join(f"{safe_text(line)}\n" for line in lines))
    return code


def _confess(exc: Exception) -> int:
    """Our own fault: the trace goes to a file, one sentence to the person."""
    try:
        log = make_private_dir(find_homes().data) / "errors.log"
        kept = (
            log.read_text(encoding="utf-8", errors="replace")[-LOG_BYTES:] if log.exists() else ""
        )
        log.write_text(kept + "".join(traceback.format_exception(exc)) + "\n", encoding="utf-8")
        where = f'the trace is in "{log}"'
    except (OSError, StorageError):
        where = "the trace could not be kept"
    return _complain(f"pmagent broke: {type(exc).__name__}: {exc}", where, codes.BUG)

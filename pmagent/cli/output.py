"""How a command speaks: results on stdout, progress and notes on stderr, JSON in one envelope."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import click

from pmagent.safe_text import safe_text
from pmagent.types import Progress

P = ParamSpec("P")
R = TypeVar("R")

_CODES = {"bold": "1", "dim": "2", "underline": "4"}
_COMMAND = re.compile(r'"(pmagent [^"]*)"')


@dataclass(kw_only=True)
class Output:
    """Where one command writes, and in which form."""

    name: str
    as_json: bool = False
    is_quiet: bool = False
    color: bool = False
    garden: str = "."
    """What `--garden` says."""
    began: float = field(default_factory=time.perf_counter)
    warnings: list[str] = field(default_factory=list[str])
    _is_on_progress: bool = False

    def line(self, text: str = "") -> None:
        """One line of the result. `text` is made safe; styles come from `style` only."""
        click.echo(text, color=self.color)

    def style(self, text: str, *kinds: str) -> str:
        """`text` made safe, in bold, dim or underlined where colours are wanted."""
        shown = safe_text(text)
        if not self.color or not kinds:
            return shown
        codes = ";".join(_CODES[kind] for kind in kinds)
        return f"\x1b[{codes}m{shown}\x1b[0m"

    def note(self, text: str) -> None:
        """A sentence beside the result: on stderr, and among the warnings of the envelope."""
        self.warnings.append(text)
        if not self.is_quiet:
            self._end_progress()
            click.echo(f"note: {safe_text(text)}", err=True)

    def say(self, text: str) -> None:
        """A line about what is going on, on stderr."""
        if not self.is_quiet:
            self._end_progress()
            click.echo(safe_text(text), err=True)

    def progress(self, progress: Progress) -> None:
        """One line that is overwritten in a terminal; nothing elsewhere."""
        self.step(describe(progress))

    def step(self, text: str) -> None:
        """A line on stderr that the next one overwrites; nothing where it is no terminal."""
        if self.is_quiet or not sys.stderr.isatty():
            return
        # A terminal that does not say how wide it is says 0.
        width = min(os.get_terminal_size(sys.stderr.fileno()).columns or 80, 110) - 1
        sys.stderr.write(f"\r{safe_text(text)[:width]:<{width}}")
        sys.stderr.flush()
        self._is_on_progress = True

    def envelope(self, data: Mapping[str, object], *, ok: bool = True) -> None:
        """The one JSON object of `--json`."""
        whole = {
            "schema": f"pmagent.{self.name}/1",
            "ok": ok,
            "data": data,
            "warnings": self.warnings,
            "cost_usd": 0,
            "ms": round((time.perf_counter() - self.began) * 1000),
        }
        click.echo(json.dumps(whole, ensure_ascii=False))

    def _end_progress(self) -> None:
        if self._is_on_progress:
            sys.stderr.write("\r\x1b[K")
            self._is_on_progress = False

    def finish(self) -> None:
        """Leave the terminal on a clean line."""
        self._end_progress()
        sys.stderr.flush()


def describe(progress: Progress) -> str:
    """Such as `meaning  1,204 of 4,310 windows  212/s  15 s left  ep-112.md`."""
    count = f"{progress.done:,}"
    if progress.total:
        count += f" of {progress.total:,}"
    parts = [f"{STAGES[progress.stage]:<9}", f"{count} {progress.unit}"]
    if progress.rate >= 1:
        parts.append(f"{progress.rate:,.0f}/s")
    if progress.left_s is not None and progress.done < progress.total:
        parts.append(f"{say_seconds(progress.left_s)} left")
    return "  ".join((*parts, progress.path)).rstrip()


STAGES: Mapping[str, str] = {
    "scan": "looking",
    "words": "reading",
    "model": "model",
    "static": "sketching",
    "meaning": "meaning",
    "vectors": "storing",
    "ready": "ready",
}
"""What each stage is called where a person reads it."""


def say_seconds(seconds: float) -> str:
    """`15 s`, `3 min`, `1 h 20 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def wants_color() -> bool:
    """Whether stdout takes colours: a terminal, or forced, and never with NO_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("CLICOLOR_FORCE", "0") not in {"", "0"} or os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def common_options(function: Callable[P, R]) -> Callable[P, R]:
    """The flags every command has: --garden, --json, --quiet, --no-color."""
    for option in (
        click.option("--no-color", is_flag=True, help="Write plain text."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors."),
        click.option("--json", "as_json", is_flag=True, help="Write one JSON object."),
        click.option(
            "--garden", metavar="DIR", default=".", show_default=False,
            help="The garden; else the one this folder is in.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def make_output(name: str, flags: Mapping[str, object]) -> Output:
    """The output of a command from its common flags."""
    return Output(
        name=name,
        as_json=bool(flags.get("as_json")),
        is_quiet=bool(flags.get("quiet")),
        color=wants_color() and not flags.get("no_color"),
        garden=str(flags.get("garden") or "."),
    )


def with_garden(text: str, garden: str) -> str:
    """`text` whose commands also work where its reader stands: outside the garden they name it.

    A command is a whole text that begins with `pmagent`, or stands in double quotes in it.
    """
    if garden == ".":
        return text
    flag = f" --garden {shlex.quote(garden)}"
    if text.startswith("pmagent "):
        return f"{text}{flag}"
    return _COMMAND.sub(lambda found: f'"{found[1]}{flag}"', text)


def columns() -> int:
    """The width to lay text out for: the terminal's, else $COLUMNS, else 100."""
    if sys.stdout.isatty():
        return max(40, min(os.get_terminal_size(sys.stdout.fileno()).columns, 140))
    value = os.environ.get("COLUMNS", "")
    return max(40, int(value)) if value.isdigit() else 100


def shorten(text: str, width: int) -> str:
    """`text` on one line of at most `width` characters, cut at a word with `…`."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    cut = line[: max(1, width - 1)]
    return (cut.rsplit(" ", 1)[0] if " " in cut[width // 2 :] else cut) + "…"


def table(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Rows with their columns aligned; the last column is not padded."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]

"""The lines of a file around a place, as they are in the file now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pmagent.errors import AccessError, ReadError, UsageError
from pmagent.index.ledger import Ledger
from pmagent.ingest.decode import decode
from pmagent.permissions.walls import Walls
from pmagent.places import Place, parse_place
from pmagent.safe_text import safe_text
from pmagent.types import Block, Citation, Parsed, Reading

MADE_OF_BLOCKS = (".docx", ".pdf")
"""Formats without lines of their own: their lines are the parser's."""


def read_place(
    named_place: str,
    ledger: Ledger,
    cite: Callable[[str], Citation],
    sources: SourceFiles,
    context: int,
) -> Reading:
    """The lines around a place such as `notes/pricing.md:42` or `ep-041.vtt#12:44`.

    Raises:
        AccessError: it is not a file that is read in this garden.
        UsageError: the place is not understood.
    """
    named = parse_place(named_place)
    path = find_path(named, ledger)
    lines = sources.lines(path)
    cited = named.lines or (1, 1 if named.time_ms is not None else len(lines))
    if named.time_ms is not None:
        line = line_at(ledger, path, named.time_ms)
        cited = (line, line)
    cited = (min(cited[0], len(lines)), min(cited[1], len(lines)))
    cited_in = cite(path)
    return Reading(
        path=path,
        title=cited_in.title,
        date=cited_in.date,
        date_source=cited_in.date_source,
        lines=cut(lines, cited, context),
        cited=cited,
        total_lines=len(lines),
    )


def find_path(place: Place, ledger: Ledger) -> str:
    """The indexed file a place names: its path, its end, or a part of its name, where one fits.

    Raises:
        AccessError: no such file is part of what may be read here.
        UsageError: the name fits several files.
    """
    paths = [str(row[0]) for row in ledger.rows("SELECT path FROM documents WHERE state='indexed'")]
    wanted = place.path.removeprefix("./")
    if wanted in paths:
        return wanted
    near = [path for path in paths if path.endswith(f"/{wanted}")]
    near = near or [path for path in paths if wanted in path.rpartition("/")[2]]
    if len(near) == 1:
        return near[0]
    if near:
        raise UsageError(
            f'"{wanted}" fits {len(near)} files', f'name one whole, such as "{min(near)}"'
        )
    raise AccessError(
        f'"{wanted}" is not a file that is read in this garden',
        '"pmagent status --all" lists what is',
    )


class SourceFiles:
    """The garden's files as they are now, read inside the walls."""

    def __init__(
        self, files: Walls, parse: Callable[[bytes, str], Parsed], *, limit_bytes: int
    ) -> None:
        self._files = files
        self._parse = parse
        self._limit = limit_bytes

    def lines(self, path: str) -> list[str]:
        """Every line of a file, from line 1.

        Raises:
            ReadError: the file cannot be read.
        """
        data, _ = self._files.read(path, limit=self._limit)
        if not path.lower().endswith(MADE_OF_BLOCKS):
            return decode(data).text.split("\n")
        lines: dict[int, str] = {}
        for block in self._parse(data, path).blocks:
            for offset, text in enumerate(block.text.split("\n")):
                lines[block.first_line + offset] = text
        return [lines.get(number, "") for number in range(1, max(lines) + 1)]

    def blocks(self, path: str) -> Sequence[Block]:
        """What stands in a file; nothing where it cannot be read any more."""
        try:
            return self._parse(self._files.read(path, limit=self._limit)[0], path).blocks
        except ReadError:
            return ()

    def text(self, path: str) -> str:
        """A text file as it is; empty where there is none that may be read."""
        try:
            return decode(self._files.read(path, limit=self._limit)[0]).text
        except (AccessError, ReadError):
            return ""


def cut(lines: Sequence[str], cited: tuple[int, int], context: int) -> tuple[tuple[int, str], ...]:
    """The cited lines and `context` lines around them, numbered, safe to show."""
    first = max(1, cited[0] - context)
    last = min(len(lines), cited[1] + context)
    return tuple((number, safe_text(lines[number - 1])) for number in range(first, last + 1))


def line_at(ledger: Ledger, path: str, time_ms: int) -> int:
    """The first line of the passage that is spoken at `time_ms`.

    Raises:
        ReadError: the file has no times.
    """
    rows = ledger.rows(
        "SELECT p.first_line FROM passages p JOIN documents d ON d.id = p.document "
        "WHERE d.path = ? AND p.start_ms IS NOT NULL ORDER BY p.start_ms <= ? DESC, "
        "ABS(p.start_ms - ?) LIMIT 1",
        (path, time_ms, time_ms),
    )
    if not rows:
        raise ReadError(f'"{path}" has no times', "name a line instead: file:line")
    return int(str(rows[0][0]))

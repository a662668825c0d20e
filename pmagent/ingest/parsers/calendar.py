"""Calendar exports: the words of each event, on their lines. Recurrence is not worked out here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Draft
from pmagent.types import Parsed

_SHOWN = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CATEGORIES", "CONTACT"})
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d))?")
_PROPERTY = re.compile(r'(?P<name>[A-Za-z-]{1,60})(?:;(?:[^":]|"[^"]{0,500}"){0,2000})?:')
_ESCAPED = re.compile(r"\\([nN,;\\])")


class _Calendar:
    suffixes = frozenset({".ics", ".ifb", ".vcs"})

    def fit(self, source: Source) -> Fit:
        """Any text with the name."""
        return Fit.CONTENT if "BEGIN:V" in source.text[:4000].upper() else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block an event, task or note."""
        draft = Draft()
        title: str | None = None
        for number, line in _unfolded(source.lines):
            found = _PROPERTY.match(line)
            if found is None:
                continue
            name, value = found["name"].upper(), line[found.end() :]
            if name in {"BEGIN", "END"}:
                draft.close()
            elif name == "X-WR-CALNAME":
                title = _plain(value) or None
            elif name == "DTSTART":
                draft.add(number, _day(value))
            elif name in _SHOWN and value.strip():
                draft.add(number, _plain(value))
        draft.close()
        return Parsed(
            blocks=tuple(draft.blocks),
            format="calendar",
            title=title,
            warnings=source.decoded.warnings,
        )


def _unfolded(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Whole content lines, each with the number of the line on which it begins."""
    first, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        if line[:1] in {" ", "\t"} and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield first, "".join(parts)
        first, parts = number, [line]
    yield first, "".join(parts)


def _plain(value: str) -> str:
    shown = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)
    return " ".join(shown.split())


def _day(value: str) -> str:
    """`2026-03-14 10:30`, or the value as it stands."""
    match = _DAY.match(value)
    if match is None:
        return value.strip()
    day = f"{match[1]}-{match[2]}-{match[3]}"
    return f"{day} {match[4]}:{match[5]}" if match[4] else day


PARSER = _Calendar()

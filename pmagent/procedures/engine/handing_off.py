"""The note to whoever takes over: why, what is there, and what has been done so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pmagent.records.runs import canonical
from pmagent.safe_text import safe_text
from pmagent.types.actions import Json
from pmagent.types.runs import Run, StepRow

_MOST_LINES = 200
_FENCE = "````"


def write_note(run: Run, rows: Sequence[StepRow], showing: Mapping[str, Json]) -> str:
    """The note as Markdown. The same run and rows give the same bytes."""
    # It is read in a terminal as well as in an editor, and holds words of whomever.
    return safe_text("\n".join(_lines(run, rows, showing)), newlines=True) + "\n"


def _lines(run: Run, rows: Sequence[StepRow], showing: Mapping[str, Json]) -> Iterator[str]:
    yield f"# /{run.command}: handed over"
    yield ""
    yield run.reason
    told = [note for note in run.notes if note != run.reason]
    if told:
        yield from ("", "## Notes", "", *(f"- {note}" for note in told))
    for name, value in showing.items():
        yield from ("", f"## {name}", "", *_shown(value))
    yield from ("", "## Done so far", "")
    for row in rows:
        name = f" as `{row.name}`" if row.name else ""
        detail = f": {' '.join(row.detail.split())}" if row.detail else ""
        yield f"- {row.address} {row.verb}{name}{detail}"
    yield ""
    yield f"Run `{run.id}`. All of it: `pmagent explain {run.id}`"


def _shown(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        lines = value.splitlines() or [""]
        yield from lines[:_MOST_LINES]
        if len(lines) > _MOST_LINES:
            yield f"(and {len(lines) - _MOST_LINES} more lines)"
        return
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        yield from (f"- {item}" for item in value[:_MOST_LINES])
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            text = inner if isinstance(inner, str) else canonical(inner)
            yield f"- {name}: {' '.join(text.split())[:400]}"
        return
    yield from (_FENCE, canonical(value), _FENCE)

"""What a run has read, told to the session that goes on with it.

A run may be begun in one process and sent off in another, days later: what it holds stands on
record, and counts as read wherever it is carried on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pmagent.agent.labels import combine
from pmagent.agent.session import Session
from pmagent.records.runs import RunRecords
from pmagent.types.actions import Json, Label
from pmagent.types.runs import Run

Labels = Callable[[str], frozenset[Label]]
_PLACE = re.compile(r"(?P<path>[^\n\[\]^]{1,400}?)(?::\d{1,7}(?:-\d{1,7})?)?")
_MARK = re.compile(r"\[\^([^\]\n]{1,400}):\d{1,7}(?:-\d{1,7})?\]")
_NAMES = ("path", "place", "cite")
"""The fields that say where a text is from."""


def recall(session: Session, records: RunRecords, run: Run, labels_of: Labels) -> None:
    """Note what a run, those it stands on and those it has started hold by now."""
    for one in family(records, run):
        values = [row.value for row in records.steps(one.id)]
        note_values(session, [one.arguments, *values], (), labels_of)


def note_values(
    session: Session, values: Sequence[Json], paths: Sequence[str], labels_of: Labels
) -> None:
    """Note values as read: from `paths`, and from the documents that they name."""
    named = {path for value in values for path in _paths_in(value)}
    labels = combine(*(labels_of(path) for path in sorted({*paths, *named})))
    if not labels:
        return
    is_private = "private" in labels
    text = "\n".join(text for value in values for text in _texts_in(value)) if is_private else ""
    session.note(labels, text)


def family(records: RunRecords, run: Run) -> Iterator[Run]:
    """The run a person began, and all that came of it, each once."""
    while run.parent and (above := records.get(run.parent)) is not None:
        run = above
    waiting, told = [run], set[str]()
    while waiting:
        one = waiting.pop()
        if one.id in told:
            continue
        told.add(one.id)
        yield one
        waiting += records.children(one.id)
        after = records.get(one.switched_to) if one.switched_to else None
        waiting += [after] if after is not None else []


def _paths_in(value: Json) -> Iterator[str]:
    waiting: list[Json] = [value]
    while waiting:
        one = waiting.pop()
        match one:
            case str():
                yield from _MARK.findall(one)
            case Mapping():
                named = (one.get(name) for name in _NAMES)
                for place in named:
                    found = _PLACE.fullmatch(place) if isinstance(place, str) else None
                    if found is not None:
                        yield found["path"]
                waiting += one.values()
            case bool() | int() | float() | None:
                continue
            case _:
                waiting += one


def _texts_in(value: Json) -> Iterator[str]:
    """The texts of a value, a document's once: its lines are its words again."""
    waiting: list[Json] = [value]
    while waiting:
        one = waiting.pop()
        match one:
            case str():
                yield one
            case Mapping():
                is_document = one.get("kind") == "document" and "text" in one
                waiting += [v for name, v in one.items() if not (is_document and name == "lines")]
            case bool() | int() | float() | None:
                continue
            case _:
                waiting += one

"""What is new in a talk against the archive before it: subjects never spoken of, or not for long.

Only documents dated before this one count. A subject that stands side by side in any of them in the
last year is no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pmagent.discourse.lines import Line, cite, lines_of
from pmagent.errors import PmagentError
from pmagent.publish.source import Source
from pmagent.publish.subjects import Topic, topics_of
from pmagent.types.documents import Citation
from pmagent.types.insights import Archive
from pmagent.types.publishing import Fresh

MOST = 5
MOST_LOOKED_AT = 24
"""Subjects of the talk that are looked for in the archive, best first."""
LONG_AGO = timedelta(days=365)
MOST_DATED = 60
"""Documents saying a subject whose dates are read; one that more of them say is no news."""


def find_fresh(source: Source) -> tuple[Fresh, ...]:
    """Up to five subjects, never before spoken of ones first, else in the talk's own order.

    Empty where there is no document before this one: in a first, everything would be new.
    """
    archive, talk = source.archive, source.talk
    day = talk.document.date
    dates: dict[str, date] = {}
    others = [path for path in archive.paths() if path != source.path]
    if not any(_is_before(archive, path, day, dates) for path in others):
        return ()
    never: list[Fresh] = []
    long_not: list[Fresh] = []
    for topic in topics_of(source, limit=MOST_LOOKED_AT):
        if len(never) == MOST:
            break
        said = [path for path in _saying(archive, topic) if path != source.path]
        if len(said) > MOST_DATED:
            continue
        before = [path for path in said if _is_before(archive, path, day, dates)]
        line = _first_line(talk.lines, topic)
        if line is None:
            continue
        citation = cite(archive, line)
        if not before:
            never.append(Fresh(subject=topic.text, citation=citation))
        elif max(dates[path] for path in before) < day - LONG_AGO:
            last = max(before, key=lambda path: (dates[path], path))
            place = _place(archive, last, topic)
            if place is not None:
                long_not.append(Fresh(subject=topic.text, citation=citation, last_before=place))
    return tuple([*never, *long_not][:MOST])


def _saying(archive: Archive, topic: Topic) -> Sequence[str]:
    return sorted({*archive.saying(topic.said), *archive.saying(topic.text.removeprefix("the "))})


def _is_before(archive: Archive, path: str, day: date, dates: dict[str, date]) -> bool:
    if path not in dates:
        try:
            dates[path] = archive.document(path).date
        except PmagentError:
            dates[path] = date.max
    return dates[path] < day


def _first_line(lines: Sequence[Line], topic: Topic) -> Line | None:
    """The first sentence that says it; of whole ones, if any."""
    said = [line for line in lines if topic.said in line.text.lower()]
    return next((line for line in said if line.is_whole), said[0] if said else None)


def _place(archive: Archive, path: str, topic: Topic) -> Citation | None:
    """The last sentence of the document that says it."""
    for passage in reversed(archive.passages(path)):
        for line in reversed(lines_of(passage)):
            if topic.said in line.text.lower():
                return cite(archive, line)
    return None

"""Where other documents of the archive name a mention, and the address they give it.

Documents are found by the index; only so many are read, the newest before the talk first by their
names, since reading costs more than all else here. A document of a later day names nothing before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pmagent.errors import AccessError, ReadError
from pmagent.publish.mentions.groups import parts_of
from pmagent.publish.mentions.links import links_in
from pmagent.publish.mentions.signs import others_saying
from pmagent.publish.source import Source
from pmagent.types.documents import Citation, Passage
from pmagent.types.publishing import Mention

MOST_PLACES = 5
MOST_READ = 20
"""Documents read for one talk."""

_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, kw_only=True)
class Back:
    """What other documents say of one mention."""

    places: tuple[Citation, ...] = ()
    """Newest first."""
    url: str = ""
    is_new: bool = False
    """Whether all that may name it were read, and none does before the talk."""


@dataclass(kw_only=True)
class _Reader:
    """Reads each document once, and no more than `MOST_READ`."""

    source: Source
    read: dict[str, tuple[Sequence[Passage], dict[str, str]]] = field(
        default_factory=dict[str, tuple[Sequence[Passage], dict[str, str]]]
    )

    def take(self, path: str) -> bool:
        """Whether the document is read."""
        if path in self.read:
            return True
        if len(self.read) >= MOST_READ:
            return False
        archive = self.source.archive
        try:
            self.read[path] = (archive.passages(path), links_in(archive.document(path)))
        except (ReadError, AccessError):
            self.read[path] = ((), {})
        return True


def look_back(source: Source, mentions: Sequence[Mention]) -> tuple[Back, ...]:
    """For each mention what other documents say of it, in the order given."""
    reader = _Reader(source=source)
    waiting = [
        _nearest_first(others_saying(source, mention.text), source.path) for mention in mentions
    ]
    # Each mention's newest document comes before any second one: the best 15 share what is read.
    for rank in range(MOST_PLACES):
        for paths in waiting:
            if rank < len(paths):
                reader.take(paths[rank])
    return tuple(
        _back(reader, mention, paths) for mention, paths in zip(mentions, waiting, strict=True)
    )


def _back(reader: _Reader, mention: Mention, paths: Sequence[str]) -> Back:
    source = reader.source
    said = _pattern(mention.text)
    key = "".join(parts_of(mention.text))
    places: list[Citation] = []
    url = ""
    for path in paths:
        passages, links = reader.read.get(path, ((), {}))
        url = url or links.get(key, "")
        place = _place(source, passages, said) if len(places) < MOST_PLACES else None
        if place is not None and not _is_later(place, source):
            places.append(place)
    # Names rise with time only where people name their files so; dates always do.
    places.sort(key=lambda place: place.date, reverse=True)
    is_new = not places and all(path in reader.read for path in paths)
    return Back(places=tuple(places), url=url, is_new=is_new)


def _place(source: Source, passages: Sequence[Passage], said: re.Pattern[str]) -> Citation | None:
    for passage in passages:
        if found := said.search(passage.text):
            return source.archive.citation(passage, found.start(), found.end())
    return None


def _pattern(text: str) -> re.Pattern[str]:
    if len(text) <= 4 and not text.islower():
        # "Go" is not "go": a short name is looked for as it is written.
        return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    words = r"[\W_]*".join(re.escape(word) for word in parts_of(text))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _is_later(place: Citation, source: Source) -> bool:
    """Whether a place came after the talk; when a file was touched says nothing of that."""
    document = source.transcript.document
    is_known = "modified" not in {place.date_source, document.date_source}
    return is_known and place.date > document.date


def _nearest_first(paths: Sequence[str], own: str) -> list[str]:
    """Newest by their names first; those that come after the talk's own name last."""
    folder = own.rpartition("/")[0]

    def is_later(path: str) -> bool:
        return path.rpartition("/")[0] == folder and _natural(path) > _natural(own)

    newest = sorted(paths, key=_natural, reverse=True)
    return sorted(newest, key=is_later)


def _natural(path: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdigit() else (0, part)
        for part in _NUMBER.split(path.rpartition("/")[2])
    ]

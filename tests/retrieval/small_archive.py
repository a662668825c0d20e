"""A handful of turns as an archive: real passages and locators, words scored in memory."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pmagent.ingest.passages import locate, speaker_at, split_passages
from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.sentences import windows
from pmagent.nlp.words import content_terms, tokens
from pmagent.types import (
    Block,
    Citation,
    Coverage,
    Found,
    Hit,
    Locator,
    Passage,
    Query,
    Why,
)

Turns = Sequence[tuple[str | None, str]]


@dataclass
class SmallArchive:
    """What `SearchIndex` needs of an index to draw maps and compose answers."""

    files: Mapping[str, tuple[date, Turns]]
    changed: dict[str, Turns] = field(default_factory=dict)
    """Files as they read now, where that is not what was indexed."""

    @cached_property
    def all_passages(self) -> tuple[Passage, ...]:
        return tuple(
            passage
            for path, (_, turns) in self.files.items()
            for passage in split_passages(path, blocks_of(turns))
        )

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple({name: 0 for one in self.all_passages for name in one.speakers})

    @property
    def coverage(self) -> Coverage:
        count = len(self.all_passages)
        return Coverage(documents=len(self.files), passages=count, with_static=0, with_meaning=0)

    def stems(self, text: str) -> list[str]:
        return [key_of(word) for word in tokens(text)]

    def idf(self, stem: str) -> float:
        count = len(self.all_passages)
        holding = sum(stem in self.stems(passage.text) for passage in self.all_passages)
        return math.log(1 + (count - holding + 0.5) / (holding + 0.5))

    def citation(self, passage: Passage, locator: Locator, speaker: str | None) -> Citation:
        return Citation(
            path=passage.path,
            locator=locator,
            title=passage.path,
            date=self.files[passage.path][0],
            date_source="front matter",
            speaker=speaker,
        )

    def read(self, path: str) -> tuple[Block, ...]:
        return blocks_of(self.changed.get(path, self.files[path][1]))

    def find(self, text: str, *, intent: str = "topic", confidence: float = 0.9) -> Found:
        """Every passage with a word of the question, most of them first."""
        wanted = {stem for term in content_terms(text) for stem in self.stems(term)}
        hits = [hit for passage in self.all_passages if (hit := self._hit(passage, wanted))]
        if intent in ("first", "latest"):
            hits.sort(key=lambda hit: hit.citation.date, reverse=intent == "latest")
        else:
            hits.sort(key=lambda hit: -hit.score)
        return Found(
            query=Query(text=text),
            hits=tuple(hits),
            confidence=confidence,
            threshold=0.3,
            tier="words",
            coverage=self.coverage,
            intent=intent,
        )

    def _hit(self, passage: Passage, wanted: set[str]) -> Hit | None:
        def weigh(text: str) -> float:
            return sum(self.idf(stem) for stem in wanted & set(self.stems(text)))

        start, end = max(windows(passage.text), key=lambda span: weigh(passage.text[slice(*span)]))
        score = weigh(passage.text)
        if score <= 0:
            return None
        return Hit(
            passage=passage,
            citation=self.citation(passage, passage.locator, speaker_at(passage, start)),
            score=score,
            why=Why(words=score),
            focus=locate(passage, start, end),
            quote=passage.text[start:end],
        )


def blocks_of(turns: Turns) -> tuple[Block, ...]:
    """A turn on every second line, as transcripts have them."""
    return tuple(
        Block(text=text, first_line=1 + 2 * number, speaker=speaker)
        for number, (speaker, text) in enumerate(turns)
    )

"""Canonical sources: files a person declared to be right, put first where sources disagree.

They are listed in `AGENTS.md` below a heading "Canonical sources", as paths or globs. Being first
never hides the others: where one differs from the canonical source, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from pmagent.ingest.scan import matches_any
from pmagent.nlp.figures import differ_in_figure, figures_in, is_negated
from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import is_filler, tokens
from pmagent.types import Answer, Sentence

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(?P<title>.*?)\s*#*\s*$")
_TITLE = re.compile(r"(?i)\bcanonical sources?\b|\bsources? of truth\b")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?P<said>\S.*)$")
_MARKED = re.compile(r"`(?P<code>[^`]+)`|\[\[(?P<wiki>[^\]|#]+)[^\]]*\]\]|\]\((?P<link>[^)\s]+)\)")
_PATH = re.compile(r"^(?P<path>[^\s,;:]*[./*][^\s,;:]*)")
SAME_THING = 0.5
"""Share of the shorter sentence's words that the other must say to speak of the same."""

MOST_TOLD = 3
"""Differences that one answer tells."""

T = TypeVar("T")
Kind = Literal["another figure", "the opposite"]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A sentence that does not agree with one of a canonical source."""

    kind: Kind
    canonical: Sentence
    other: Sentence

    @property
    def text(self) -> str:
        """One plain sentence, with both places."""
        ours, theirs = self.canonical, self.other
        return (
            f'the canonical source says "{ours.text}" [{ours.citation.place}]; '
            f'[{theirs.citation.place}] differs, it says {self.kind}: "{theirs.text}"'
        )


def read_canonical(instructions: str) -> tuple[str, ...]:
    """The paths and globs below "Canonical sources" in the text of an `AGENTS.md`, in order.

    An item's first path counts: in backticks, as a link, as `[[name]]`, or bare. A name without a
    folder or suffix means that note wherever it lies.
    """
    globs: list[str] = []
    depth = 0
    for line in instructions.splitlines():
        heading = _HEADING.match(line)
        if heading:
            level = len(line.lstrip()) - len(line.lstrip().lstrip("#"))
            if _TITLE.search(heading["title"]):
                depth = level
            elif depth and level <= depth:
                depth = 0
            continue
        item = _ITEM.match(line) if depth else None
        glob = _glob_of(item["said"]) if item else ""
        if glob:
            globs.append(glob)
    return tuple(dict.fromkeys(globs))


def is_canonical(path: str, globs: Sequence[str]) -> bool:
    """Whether a garden-relative path is one of the canonical sources."""
    return matches_any(path, globs)


def canonical_first(
    items: Sequence[T], globs: Sequence[str], *, path_of: Callable[[T], str]
) -> tuple[T, ...]:
    """The items of canonical sources before the others; each group keeps its order."""
    return tuple(sorted(items, key=lambda item: not is_canonical(path_of(item), globs)))


def weigh(answer: Answer, others: Sequence[Sentence], globs: Sequence[str]) -> Answer:
    """The answer with the canonical sentence first where it and another source differ.

    `others` are sentences that were found and left out of the answer. What is said to differ names
    at least one sentence of the answer.
    """
    found = find_differences((*answer.sentences, *others), globs)
    said = [one for one in found if {one.canonical, one.other} & set(answer.sentences)]
    if not said:
        return answer
    told = said[:MOST_TOLD]
    canonical = dict.fromkeys(one.canonical for one in told)
    left = [one for one in answer.sentences if one not in canonical]
    return replace(
        answer,
        sentences=(*canonical, *left),
        differences=tuple(dict.fromkeys(one.text for one in told)),
    )


def find_differences(sentences: Sequence[Sentence], globs: Sequence[str]) -> tuple[Difference, ...]:
    """Where other sources say otherwise than a canonical one, in the order of `sentences`.

    Only what can be seen counts: another figure for the same thing, or a negation on one side.
    """
    ours = [one for one in sentences if is_canonical(one.citation.path, globs)]
    theirs = [one for one in sentences if not is_canonical(one.citation.path, globs)]
    found: list[Difference] = []
    for one in ours:
        for other in theirs:
            kind = _kind(one.text, other.text)
            if kind is not None:
                found.append(Difference(kind=kind, canonical=one, other=other))
    return tuple(found)


def _kind(one: str, other: str) -> Kind | None:
    left, right = _keys(one), _keys(other)
    shared = len(left & right)
    if not shared or shared < SAME_THING * min(len(left), len(right)):
        return None
    if differ_in_figure(one, other):
        return "another figure"
    is_close = shared >= 2 and shared >= 0.75 * min(len(left), len(right))
    return "the opposite" if is_close and is_negated(one) != is_negated(other) else None


def _keys(text: str) -> frozenset[str]:
    measured = {word for figure in figures_in(text) for word in tokens(figure.lower())}
    words = (word for word in tokens(text) if not is_filler(word) and word not in measured)
    return frozenset(key_of(word) for word in words)


def _glob_of(said: str) -> str:
    marked = _MARKED.search(said)
    if marked:
        named = marked["code"] or marked["wiki"] or marked["link"] or ""
    else:
        bare = _PATH.match(said)
        named = bare["path"] if bare else ""
    named = named.strip().removeprefix("./").rstrip(".")
    if not named or "://" in named:
        return ""
    if named.endswith("/"):
        return f"{named}**"
    return named if "/" in named or "." in named or "*" in named else f"{named}.*"

"""Drafts that disagree with canonical sources or with older episodes, both places named.

A false alarm costs more here than a miss: nobody reads a list that cries wolf. So a sentence counts
only where a figure, a date, a name or a quotation differs, for sure, from one source that came
before it or was declared to be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from pmagent.errors import ReadError
from pmagent.factcheck.claims.split import split_claims
from pmagent.ingest.scan import matches_any
from pmagent.nlp.sentences import split_sentences
from pmagent.retrieval.canonical import is_canonical
from pmagent.types.checking import (
    Claim,
    Difference,
    DifferenceKind,
    Disagreement,
    Evidence,
    Verdict,
)
from pmagent.types.documents import Document

DRAFTS = ("drafts/**", "show-notes/**", "**/show-notes/**", "*show-notes*", "**/*show-notes*")
"""Where drafts and show notes lie, as globs."""
MOST_CHECKED = 200
"""Claims that are checked at most: those with figures first, then those with names."""
_KINDS: frozenset[DifferenceKind] = frozenset((
    "number",
    "date",
    "name",
    "entity",
    "attribution",
    "quote",
))
_LEAST_STRENGTH = 0.5
_LEAST_STRENGTH_CANONICAL = 0.3
"""A canonical source was declared to be right: less is enough to look at it."""
_MOST_SCORE = 0.45
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|half|"
    r"third|quarter|hundred|thousand|million|billion|dozen|twice)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:]\s)[A-Z][\w’'-]+|\b[A-Z]\w+ [A-Z]\w+")

Check = Callable[[Claim], Verdict]


class Papers(Protocol):
    """What is needed of an archive."""

    def paths(self) -> Sequence[str]:
        """Every indexed document, sorted."""
        ...

    def document(self, path: str) -> Document:
        """One document, parsed now."""
        ...


@dataclass(frozen=True, kw_only=True)
class Disagreements:
    """All that were found, those with canonical sources first, then the surest."""

    found: tuple[Disagreement, ...]
    drafts: tuple[str, ...]
    """The drafts that were read."""
    checked: int
    """Claims held against sources."""
    notes: tuple[str, ...] = ()
    """What was not looked at, and why."""


def find_disagreements(
    archive: Papers,
    check: Check,
    *,
    canonical: Sequence[str] = (),
    drafts: Sequence[str] = DRAFTS,
    limit: int = MOST_CHECKED,
) -> Disagreements:
    """Hold the figures, dates and names of all drafts against what came before them.

    `canonical` and `drafts` are globs. A canonical source is never taken for a draft, and a draft
    is never evidence. The same sentence in several drafts is checked once. Calls `check` at most
    `limit` times, for the newest drafts first.
    """
    notes: list[str] = []
    documents = _read_drafts(archive, canonical, drafts, notes)
    days = {document.path: _day(document) for document in documents}
    claims = [claim for document in documents for claim in split_claims(document)]
    ranked = sorted((claim for claim in claims if _worth(claim)), key=_worth, reverse=True)
    verdicts: dict[str, Verdict] = {}
    found: list[Disagreement] = []
    left = 0
    for claim in ranked:
        if claim.text not in verdicts:
            if len(verdicts) >= limit:
                left += 1
                continue
            verdicts[claim.text] = check(claim)
        one = _disagreement(claim, verdicts[claim.text], days[claim.path], canonical, drafts)
        if one is not None:
            found.append(one)
    if left:
        notes.append(f"{left} more sentences with figures or names were not checked")
    return Disagreements(
        found=tuple(sorted(found, key=_urgency)),
        drafts=tuple(document.path for document in documents),
        checked=len(verdicts),
        notes=tuple(notes),
    )


def disagreements_markdown(result: Disagreements) -> str:
    """The list as Markdown; both places stand as `[path:line]`."""
    lines = ["# Drafts that disagree with their sources", ""]
    read = f"{len(result.drafts)} drafts read, {result.checked} sentences checked"
    lines.append(f"{read}, {len(result.found)} disagree.")
    lines += ["", *(f"- {one.text}" for one in result.found)] if result.found else []
    lines += ["", *(f"Note: {note}" for note in result.notes)] if result.notes else []
    return "\n".join(lines) + "\n"


def _read_drafts(
    archive: Papers, canonical: Sequence[str], drafts: Sequence[str], notes: list[str]
) -> list[Document]:
    """The drafts that can be read, newest first."""
    found: list[Document] = []
    for path in archive.paths():
        if not matches_any(path, drafts) or is_canonical(path, canonical):
            continue
        try:
            found.append(archive.document(path))
        except ReadError as error:
            notes.append(f'"{path}" was not read: {error}')
    return sorted(found, key=lambda document: (-document.date.toordinal(), document.path))


def _day(document: Document) -> date | None:
    """Its day; None where that is only when the file was last touched."""
    return None if document.date_source == "modified" else document.date


def _worth(claim: Claim) -> int:
    """2 with a figure, 1 with a name, 0 for what is not looked at."""
    if claim.kind not in {"statement", "quote"}:
        return 0
    if _FIGURE.search(claim.text):
        return 2
    return 1 if _NAME.search(claim.text) else 0


def _disagreement(
    claim: Claim,
    verdict: Verdict,
    day: date | None,
    canonical: Sequence[str],
    drafts: Sequence[str],
) -> Disagreement | None:
    if verdict.word != "contradicted" or verdict.score > _MOST_SCORE:
        return None
    for difference, evidence in _differing(verdict):
        path = evidence.citation.path
        is_right = is_canonical(path, canonical)
        if path == claim.path or (matches_any(path, drafts) and not is_right):
            continue
        if not is_right and (verdict.is_weak or not _is_older(evidence, day)):
            continue
        if difference.strength < (_LEAST_STRENGTH_CANONICAL if is_right else _LEAST_STRENGTH):
            continue
        if not is_right and _is_backed(difference, verdict, canonical):
            continue
        return Disagreement(
            claim=claim,
            difference=difference,
            evidence=replace(evidence, text=_sentence_with(difference.found, evidence.text)),
            is_canonical=is_right,
            correction=verdict.correction,
        )
    return None


def _differing(verdict: Verdict) -> Iterator[tuple[Difference, Evidence]]:
    """What differs beside the evidence that says so."""
    for difference in verdict.differences:
        if difference.kind in _KINDS and difference.evidence < len(verdict.evidence):
            yield difference, verdict.evidence[difference.evidence]


def _sentence_with(found: str, text: str) -> str:
    """The sentence that has the other value; all of the text where none has."""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    return next((one for one in sentences if found and found in one), text)


def _is_older(evidence: Evidence, day: date | None) -> bool:
    """Whether the source came before the draft; one of unknown day is not newer."""
    if day is None or evidence.citation.date_source == "modified":
        return True
    return evidence.citation.date <= day


def _is_backed(difference: Difference, verdict: Verdict, canonical: Sequence[str]) -> bool:
    """Whether a canonical source among the evidence says what the draft says."""
    return bool(difference.said) and any(
        is_canonical(one.citation.path, canonical) and difference.said.lower() in one.text.lower()
        for one in verdict.evidence
    )


def _urgency(one: Disagreement) -> tuple[bool, float, str, int]:
    return (
        not one.is_canonical,
        -one.difference.strength,
        one.claim.path,
        one.claim.first_line,
    )

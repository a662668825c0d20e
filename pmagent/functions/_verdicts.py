"""A verdict as a step sees it: the claim and its place, what the source says and where that is.

The evidence of a check is a window of sentences. Here it is narrowed to the one sentence that
decides, and placed on the line on which that sentence begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.discourse.lines import keys_of
from pmagent.errors import AccessError, ReadError
from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import tokens
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk
from pmagent.types.checking import Difference, Evidence, Verdict

FEWEST_WORDS = 4
"""Of a claim that counts as borne out because a source says it letter for letter."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One verdict."""

    claim: str
    words: str
    """As the draft has it, letter for letter."""
    at: str
    word: str
    """`supported`, `contradicted`, `unsupported` or `kept`."""
    place: str
    says: str
    differs: str
    correction: str
    is_weak: bool

    def record(self) -> dict[str, Json]:
        """As a step sees it."""
        return {
            "claim": self.claim,
            "words": self.words,
            "at": self.at,
            "verdict": self.word,
            "place": self.place,
            "says": self.says,
            "differs": self.differs,
            "correction": self.correction,
            "is_weak": self.is_weak,
        }


def tell(verdict: Verdict, word: str, desk: CallDesk) -> Told:
    """The verdict, with the sentence of the evidence that decides and its line."""
    claim = verdict.claim
    difference = verdict.differences[0] if verdict.differences else None
    evidence = _evidence_of(verdict, difference)
    is_borne = word in ("supported", "contradicted") or difference is not None
    says = _sentence(evidence, claim.text, difference) if evidence and is_borne else ""
    return Told(
        claim=claim.text,
        words=claim.source or claim.text,
        at=f"{claim.path}:{claim.first_line}" if claim.path else f"line {claim.first_line}",
        word=word,
        place=_place(evidence, says, desk) if evidence and is_borne else "",
        says=says,
        differs=verdict.why,
        correction=verdict.correction,
        is_weak=verdict.is_weak,
    )


def literal(told: Told, paths: Sequence[str], desk: CallDesk) -> Told:
    """The same as supported, where a source says the claim letter for letter.

    Not where another source contradicts it: somebody may have said a wrong number.
    """
    against = told.place.rpartition(":")[0]
    if told.word not in ("contradicted", "unsupported") or len(told.words.split()) < FEWEST_WORDS:
        return told
    for path in paths if told.word == "unsupported" else [one for one in paths if one == against]:
        line = line_of(path, told.words, desk)
        if line:
            return Told(
                claim=told.claim,
                words=told.words,
                at=told.at,
                word="supported",
                place=f"{path}:{line}",
                says=told.words,
                differs="the source says so, letter for letter",
                correction="",
                is_weak=False,
            )
    return told


def line_of(path: str, words: str, desk: CallDesk) -> int:
    """The line of a document on which some words begin; 0 where it does not say them."""
    wanted = " ".join(words.split()).rstrip(".!").casefold()
    try:
        blocks = desk.archive.document(path).parsed.blocks
    except (AccessError, ReadError):
        return 0
    for block in blocks:
        shown = " ".join(block.text.split()).casefold()
        at = shown.find(wanted)
        if at >= 0 and wanted:
            return block.first_line + _breaks(block.text, at)
    return 0


def _breaks(text: str, offset: int) -> int:
    """Line breaks of `text` before a character of its one-line form."""
    seen = 0
    for number, row in enumerate(text.split("\n")):
        shown = " ".join(row.split())
        seen += len(shown) + 1 if shown else 0
        if seen > offset:
            return number
    return text.count("\n")


def _evidence_of(verdict: Verdict, difference: Difference | None) -> Evidence | None:
    number = difference.evidence if difference else 0
    if not verdict.evidence:
        return None
    return verdict.evidence[number if number < len(verdict.evidence) else 0]


def _sentence(evidence: Evidence, claim: str, difference: Difference | None) -> str:
    """The sentence that says the differing words; else the one that shares most with the claim."""
    found = difference.found if difference else ""
    for text in (evidence.text, evidence.passage) if found else ():
        saying = [one for one in _ended(text) if found in one]
        if saying:
            return _nearest(saying, claim)
    return _nearest(_ended(evidence.text) or _ended(evidence.passage), claim) or evidence.text


def _sentences(text: str) -> list[str]:
    rows = [" ".join(row.split()) for row in text.split("\n")]
    return [row[start:end] for row in rows for start, end in split_sentences(row)]


def _ended(text: str) -> list[str]:
    """The sentences that end as one. Fields of front matter repeat words, and say nothing."""
    ends = (".", "!", "?", "…")
    return [one for one in _sentences(text) if one.rstrip("*_\"'”’) ").endswith(ends)]


def _nearest(sentences: Sequence[str], claim: str) -> str:
    """The sentence that shares most words with the claim; of equal ones the first."""
    wanted = keys_of(tokens(claim))
    return max(sentences, key=lambda one: len(wanted & keys_of(tokens(one))), default="")


def _place(evidence: Evidence, says: str, desk: CallDesk) -> str:
    path = evidence.citation.path
    line = line_of(path, says, desk) if says else 0
    return f"{path}:{line}" if line else evidence.citation.place

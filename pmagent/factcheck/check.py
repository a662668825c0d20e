"""One claim against an index: supported, contradicted, or not found, with what differs.

Needs no model. With the encoder, words that mean the same count as the same, and passages are
found by meaning too; without it stems must do, and fewer claims are found. `Checker.notes` says
which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from pmagent.factcheck.evidence import choose_places, list_differences, show_place
from pmagent.factcheck.judging import Findings, Judge, Seen
from pmagent.factcheck.matching import ClaimText, Match, Vectors, embed_words, match, places_of
from pmagent.factcheck.numbers import read_numbers
from pmagent.factcheck.polarity import prefer_denied
from pmagent.factcheck.quantities import is_date_of, spellings
from pmagent.factcheck.shelf import Shelf
from pmagent.factcheck.verdict import (
    CONTRADICTED_FROM,
    NOT_FOUND_FROM,
    SURE_FROM,
    contradicted,
    not_found,
    smallness,
)
from pmagent.factcheck.windows import Read, cut_windows, read_window
from pmagent.factcheck.wording import (
    correct,
    explain_contradicted,
    explain_not_found,
    explain_supported,
)
from pmagent.factcheck.words import ClaimWord, Lexicon, Token
from pmagent.retrieval.ports import Mask, QueryEncoder, Scores, SearchIndex, StaticEncoder
from pmagent.types.checking import Claim, Evidence, Verdict, VerdictWord

PASSAGES = 16
"""Best passages whose windows are looked at."""
READ_CLOSELY = 11
"""Windows of them whose words go through the encoder."""
BESIDE = 4
"""Windows beside the best one in which a value is looked for."""
NAMES_GAIN = 2.0
"""What a passage gains, in deviations, for a document that has all names of the claim."""
NAMED_IN_DOCUMENT = 0.5
"""What a name counts that the document has, but not the window."""
LONGEST_CLAIM = 600
"""Characters of a claim that are compared."""
_COSINE_WEIGHT, _PASSAGE_WEIGHT = 0.5, 0.06
_SHORT_WINDOW = 8
"""Words; a heading or a link says nothing of a claim it shares a name with."""
ABSENT_NAME = 0.55
"""Least probability that a claim is not spoken of, whose name the document never has."""
_RARE_PAIR = 4.0
_PHRASE_GAIN = 0.2
_OTHER_FORM = 0.5
"""What a figure's other spelling counts when passages are ranked: 31 for thirty-one."""
_KEPT_PASSAGES = 2_000
_CONFLICT_COVERAGE = 0.85
_CONFLICT_SURE = 0.6

Credits = Mapping[int, Scores]


class Checker:
    """Checks claims against one state of an index; keep one for many claims."""

    def __init__(
        self,
        index: SearchIndex,
        *,
        encoder: QueryEncoder | None = None,
        static: StaticEncoder | None = None,
        within: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        """`within` are globs of the paths evidence may come from, empty for everything.

        What `without` names is no evidence, such as the draft that is checked.
        """
        self._shelf = Shelf(index, within, without)
        self._lexicon = Lexicon(index)
        self._encoder = encoder
        self._static = static
        self._judge = Judge(self._shelf, self._lexicon)
        self._reads = lru_cache(maxsize=_KEPT_PASSAGES)(self._read_row)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the verdicts should know of how they were made."""
        if self._encoder is None:
            return ("checked by words alone: no model is at hand, so paraphrases are missed",)
        return ()

    def check(self, claim: Claim) -> Verdict:
        """What the sources say of one claim."""
        seen = self._look(claim)
        findings = self._judge.weigh(seen)
        verdict = self._verdict(seen, findings)
        return self._with_dissent(seen, findings, verdict)

    def _look(self, claim: Claim) -> Seen:
        """The windows that bear on a claim, best first."""
        text = claim.text[:LONGEST_CLAIM]
        quantities = tuple(read_numbers(text))
        words = self._lexicon.claim_words(text, [(one.start, one.end) for one in quantities])
        vectors = self._embed([text], [[word.token for word in words]])
        claim_text = ClaimText(words=words, vectors=vectors[0], quantities=quantities)
        matches: list[Match] = []
        lexical = 0.0
        weights = {word.token.lower: 1.0 for word in words if word.role not in {"stop", "negation"}}
        if weights and not self._shelf.is_empty:
            matches, lexical = self._find(claim_text, weights)
            matches = prefer_denied(words, matches)
        return Seen(
            claim=claim,
            text=claim_text,
            quantities=quantities,
            matches=tuple(matches),
            lexical=lexical,
            smallness=smallness(self._shelf.index.size),
            around=lru_cache(maxsize=4)(partial(self._around, claim_text)),
        )

    def _find(self, claim: ClaimText, weights: Mapping[str, float]) -> tuple[list[Match], float]:
        other_forms = {
            form: _OTHER_FORM
            for one in claim.quantities for form in spellings(one) if form not in weights
        }  # fmt: skip
        own, mixed = self._shelf.lexical({**other_forms, **weights})
        vector = claim.vectors.whole if claim.vectors else None
        named = [at for at, word in enumerate(claim.words) if word.role in {"name", "speaker"}]
        held = self._shelf.documents_having([claim.words[at].token.lower for at in named])
        gains = _name_gains(claim.words, named, held)
        phrases = list(_phrases(claim.words))
        ranked, rated = self._shelf.rank(mixed, vector, gains, PASSAGES, phrases)
        rows = [int(row) for row in ranked]
        mass = sum(
            {
                word.token.lower: word.idf for word in claim.words if word.token.lower in weights
            }.values()
        )
        lexical = float(own[rows].max()) / max(mass, 1e-6) if rows else 0.0
        nearby: dict[int, Scores] = {}
        for row in rows:
            credit = np.zeros(len(claim.words), np.float32)
            credit[named] = NAMED_IN_DOCUMENT * held[:, self._shelf.index.document_of[row]]
            day = date.fromordinal(max(1, int(self._shelf.index.date_of[row])))
            for one in claim.quantities:
                if is_date_of(one, day):
                    credit[places_of(claim.words, one)] = 1.0
            nearby[row] = credit
        reads = [read for row in rows for read in self._reads(row)]
        outstanding = dict(zip(rows, (float(one) for one in rated), strict=True))
        reads = self._closest(claim, reads, phrases, outstanding)
        return self._match(claim, reads, outstanding, nearby), lexical

    def _closest(
        self,
        claim: ClaimText,
        reads: list[Read],
        phrases: Sequence[str],
        outstanding: Mapping[int, float],
    ) -> list[Read]:
        """Those windows that share most with the claim, by words and by sketch."""
        if len(reads) <= READ_CLOSELY:
            return reads
        scores = np.array([
            _stem_share(claim.words, read)
            + _PASSAGE_WEIGHT * outstanding.get(read.window.row, 0.0)
            + _PHRASE_GAIN * any(phrase in read.window.text.lower() for phrase in phrases)
            for read in reads
        ])
        if self._static is not None:
            asked = " ".join(word.token.text for word in claim.words)
            vectors = self._static.encode([asked, *(read.window.text for read in reads)])
            scores = scores + _COSINE_WEIGHT * (vectors[1:] @ vectors[0])
        keep = sorted(int(at) for at in np.argsort(-scores, kind="stable")[:READ_CLOSELY])
        return [reads[place] for place in keep]

    def _match(
        self,
        claim: ClaimText,
        reads: Sequence[Read],
        outstanding: Mapping[int, float],
        nearby: Credits,
    ) -> list[Match]:
        vectors = self._embed([read.window.text for read in reads], [read.tokens for read in reads])
        found: list[Match] = []
        for read, known in zip(reads, vectors, strict=True):
            row = read.window.row
            one = match(claim, read, known, nearby.get(row))
            score = one.coverage + _COSINE_WEIGHT * one.cosine
            score += _PASSAGE_WEIGHT * outstanding.get(row, 0.0)
            score -= 0.3 * (len(read.tokens) < _SHORT_WINDOW)
            found.append(replace(one, score=score))
        return sorted(found, key=lambda one: -one.score)

    def _around(self, claim: ClaimText, best: Match) -> list[Match]:
        """Windows beside the best one: of its passage and of those before and behind."""
        window = best.read.window
        rows = [window.row, *self._shelf.neighbours(window.row)]
        reads = [read for row in rows for read in self._reads(row) if read.window != window]
        if not reads:
            return []
        rough = np.array([_stem_share(claim.words, read) for read in reads])
        keep = sorted(int(at) for at in np.argsort(-rough, kind="stable")[:BESIDE])
        return self._match(claim, [reads[place] for place in keep], {}, {})

    def _read_row(self, row: int) -> list[Read]:
        [passage] = self._shelf.index.passages([row])
        return [read_window(window, self._lexicon) for window in cut_windows(row, passage)]

    def _embed(
        self, texts: Sequence[str], tokens: Sequence[Sequence[Token]]
    ) -> Sequence[Vectors | None]:
        if self._encoder is None:
            return [None] * len(texts)
        return embed_words(self._encoder, texts, tokens)

    def _verdict(self, seen: Seen, findings: Findings) -> Verdict:
        absent, differs = not_found(findings.signs), contradicted(findings.signs)
        if findings.absent and differs < CONTRADICTED_FROM:
            # A name that stands nowhere in the document cannot have been said of there.
            absent = max(absent, ABSENT_NAME)
        word, sureness = _word(seen, absent, differs)
        is_weak = sureness < SURE_FROM
        places = choose_places(seen, findings)
        evidence = tuple(show_place(self._shelf, seen, one) for one in places)
        differences = tuple(list_differences(seen, findings, places))
        correction = ""
        match word:
            case "contradicted":
                why = explain_contradicted(differences, evidence, findings)
                correction = correct(seen.claim.text, differences, evidence)
            case "supported":
                why = explain_supported(evidence, is_weak=is_weak)
            case _:
                why = explain_not_found(seen, findings)
        return Verdict(
            claim=seen.claim,
            word=word,
            score=round((1 - absent) * (1 - differs), 4),
            why=why,
            evidence=evidence,
            differences=differences,
            correction=correction,
            is_weak=is_weak,
        )

    def _with_dissent(self, seen: Seen, findings: Findings, verdict: Verdict) -> Verdict:
        """The verdict, or the word that a person is needed where two documents disagree."""
        if verdict.word not in {"supported", "contradicted"} or verdict.is_weak:
            return verdict
        best = seen.matches[0]
        others = [
            one for one in seen.matches
            if one.read.window.passage.path != best.read.window.passage.path
            and one.coverage >= max(_CONFLICT_COVERAGE, best.coverage - 0.05)
        ]  # fmt: skip
        if best.coverage < _CONFLICT_COVERAGE or not others:
            return verdict
        rest = replace(seen, matches=(others[0],))
        second = self._judge.weigh(rest)
        if contradicted(findings.signs) < _CONFLICT_SURE and verdict.word == "contradicted":
            return verdict
        differs = contradicted(second.signs)
        is_other = differs < 0.1 if verdict.word == "contradicted" else differs >= _CONFLICT_SURE
        if not is_other:
            return verdict
        shown = show_place(self._shelf, seen, others[0])
        differences = verdict.differences or tuple(
            replace(one, evidence=1) for one in list_differences(rest, second, [others[0]])
        )
        kept = [one for one in verdict.evidence[1:] if one.citation != shown.citation]
        return replace(
            verdict,
            word="needs_person",
            evidence=(verdict.evidence[0], shown, *kept)[:3],
            differences=differences,
            correction="",
            why=_dissent(verdict, verdict.evidence[0], shown),
            is_weak=True,
        )


def _word(seen: Seen, absent: float, differs: float) -> tuple[VerdictWord, float]:
    """The verdict and how sure it is, 0 to 1."""
    if seen.claim.kind == "future" or not seen.matches or absent >= NOT_FOUND_FROM:
        return "not_found", max(absent, 1.0 if not seen.matches else 0.0)
    if differs >= CONTRADICTED_FROM:
        # The cut is at .3: scale what lies above it to .5 and up.
        share = (differs - CONTRADICTED_FROM) / (1 - CONTRADICTED_FROM)
        return "contradicted", (1 - absent) * (0.5 + 0.5 * share)
    return "supported", (1 - absent) * (1 - differs)


def _dissent(verdict: Verdict, first: Evidence, second: Evidence) -> str:
    says, denies = (second, first) if verdict.word == "contradicted" else (first, second)
    return f"the sources disagree: {says.citation.label} says so, {denies.citation.label} differs"


def _name_gains(words: Sequence[ClaimWord], named: Sequence[int], held: Mask) -> Scores:
    gains = np.zeros(held.shape[1], np.float32)
    total = sum(words[at].idf for at in named)
    for at, documents in zip(named, held, strict=True):
        gains[documents] += NAMES_GAIN * words[at].idf / max(total, 1e-6)
    return gains


def _phrases(words: Sequence[ClaimWord]) -> Iterator[str]:
    """Two words of a claim side by side, of which one is a name or rare."""
    for one, other in pairwise(words):
        rare = max(one.idf, other.idf)
        if one.weight > 0 and other.weight > 0 and rare >= _RARE_PAIR:
            yield f"{one.token.lower} {other.token.lower}"


def _stem_share(words: Sequence[ClaimWord], read: Read) -> float:
    total = sum(word.weight for word in words)
    here = sum(word.weight for word in words if word.token.key in read.places)
    return here / total if total > 0 else 0.0

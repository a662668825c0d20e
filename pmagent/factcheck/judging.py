"""Everything that tells for or against one claim, read off the windows that bear on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pmagent.factcheck.cues import Opposites, antonym, attribution
from pmagent.factcheck.matching import ClaimText, Match
from pmagent.factcheck.polarity import NO_CUE, Cue, denial, modality, negation
from pmagent.factcheck.quantities import Quantity, is_date_of
from pmagent.factcheck.quotes import Compared, compare, quotes_in
from pmagent.factcheck.relations import read_act, relation
from pmagent.factcheck.shelf import EVERYWHERE, Shelf
from pmagent.factcheck.slots import Probe, find_suspects, probe, settle
from pmagent.factcheck.verdict import Signs
from pmagent.factcheck.words import Lexicon
from pmagent.types.checking import Claim

LOOKED_AT = 6
"""Best windows in which a denial or another maker is looked for."""
ENOUGH = 0.85
"""A window with this much of a claim settles it; none is looked for that denies it otherwise."""
_COMPARED = 4
"""Best windows whose sentences are compared with the whole claim."""
_OURS = frozenset(["we", "we're", "we've", "we'd", "we'll", "us", "our", "ours"])
_OURS_SHARE = 0.15
_AS_GOOD = 0.12
"""Coverage another window may lack beside the best and still be telling the same fact."""
_SUBJECT_BEFORE = 12
"""Characters of a claim in which a name is what the claim is about."""
_BY_CHANCE = 0.02
_RARE = 5.0
_NOWHERE = 0.2
"""A word matched less than this is not there in any sense."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A claim and the windows that bear on it, best first."""

    claim: Claim
    text: ClaimText
    quantities: tuple[Quantity, ...]
    matches: tuple[Match, ...]
    lexical: float
    """BM25 of the best passage as a share of the claim's rarity."""
    smallness: float
    """Of the archive: from 0, thousands of passages, to 1, a few hundred."""
    around: Callable[[Match], Sequence[Match]]
    """The windows beside one, compared with the claim."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The signs, and what each of them rests on."""

    signs: Signs
    probes: tuple[Probe, ...] = ()
    attribution: Cue = NO_CUE
    antonym: Cue = NO_CUE
    negation: Cue = NO_CUE
    modality: Cue = NO_CUE
    relation: Cue = NO_CUE
    quote: Compared | None = None
    absent: tuple[str, ...] = ()
    """Names that the document never has."""
    is_subject_absent: bool = False
    """Whether one of them opens the claim: what is said there is of something else."""


class Judge:
    """Reads the signs of claims against one shelf."""

    def __init__(self, shelf: Shelf, lexicon: Lexicon) -> None:
        self._shelf = shelf
        self._lexicon = lexicon
        self._opposites = Opposites(lexicon)

    def weigh(self, seen: Seen) -> Findings:
        """What tells for or against the claim; its first window decides."""
        if not seen.matches:
            return Findings(signs=Signs(coverage=0.0, lexical=0.0, cosine=None))
        words, best = seen.text.words, seen.matches[0]
        top = seen.matches[:LOOKED_AT]
        suspects = find_suspects(seen.claim.text, words, seen.quantities)
        probes = tuple(
            probe(one, words, best, lambda: seen.around(best), self._lexicon) for one in suspects
        )
        row = best.read.window.row
        # "We have six hundred businesses" is said of the company that many documents name.
        is_ours = not _OURS.isdisjoint(token.lower for token in best.read.tokens)
        share = _OURS_SHARE if is_ours else EVERYWHERE
        absent = [
            one.suspect.text for one in probes
            if one.suspect.quantity is None and one.own == 0 and not one.suspect.is_person
            and not self._shelf.holds(one.suspect.text, row)
            and not self._shelf.is_everywhere(one.suspect.text, share)
        ]  # fmt: skip
        bare = probes
        probes = self._settled(seen, bare)
        made, is_same_maker = relation(words, top, self._lexicon)
        if read_act(words) is not None and not is_same_maker and made is NO_CUE:
            made, is_same_maker = relation(words, seen.around(best), self._lexicon)
        denied = negation(words, best)
        if denied.strength < 0.3:  # nothing there: look whether another line denies it
            near = [*top, *seen.around(best)] if best.coverage < ENOUGH else top
            denied = max(denied, denial(words, near, best), key=lambda cue: cue.strength)
        quote = self._quote(seen)
        findings = Findings(
            signs=Signs(coverage=0.0, lexical=0.0, cosine=None),
            probes=probes,
            attribution=NO_CUE if is_same_maker else attribution(words, best, self._lexicon),
            antonym=antonym(words, top, self._opposites),
            negation=denied,
            modality=modality(words, best),
            relation=made,
            quote=quote,
            absent=tuple(absent),
            is_subject_absent=any(
                one.own == 0
                and one.suspect.quantity is None
                and one.suspect.text in absent
                and one.suspect.start <= _SUBJECT_BEFORE
                for one in bare
            ),
        )
        return _with_signs(findings, seen, self._missing_head(seen))

    def _settled(self, seen: Seen, probes: Sequence[Probe]) -> tuple[Probe, ...]:
        """The probes, without what another window or the document's date has as the claim does."""
        words, best = seen.text.words, seen.matches[0]
        row = best.read.window.row
        alike = [
            one
            for one in seen.matches[1:LOOKED_AT]
            if one.coverage >= best.coverage - _AS_GOOD
            # Two documents that each have the whole claim may disagree: `Checker` says so.
            and (
                best.coverage < ENOUGH
                or one.read.window.passage.path == best.read.window.passage.path
            )
        ]
        day = date.fromordinal(max(1, int(self._shelf.index.date_of[row])))
        return tuple(
            replace(one, strength=0.0) if one.own == 0 and is_date_of(one.suspect.quantity, day)
            else settle(one, words, alike, self._lexicon)
            for one in probes
        )  # fmt: skip

    def _quote(self, seen: Seen) -> Compared | None:
        for quoted in quotes_in(seen.claim.text):
            near = [*seen.matches, *seen.around(seen.matches[0])]
            compared = compare(quoted, near, self._lexicon)
            if compared is not None and not compared.is_verbatim:
                return compared
        return None

    def _missing_head(self, seen: Seen) -> float:
        """Share of the claim's weight in rare words that stand nowhere near the best window."""
        words, best = seen.text.words, seen.matches[0]
        total = sum(word.weight for word in words) or 1.0
        missing = 0.0
        for place, word in enumerate(words):
            if word.role != "plain" or word.idf < _RARE or best.soft[place] >= _NOWHERE:
                continue
            if not self._shelf.holds(word.token.lower, best.read.window.row, reach=1):
                missing += word.weight
        return missing / total


def _with_signs(findings: Findings, seen: Seen, missing: float) -> Findings:
    best = seen.matches[0]
    probes = findings.probes
    lone = [one.other.context for one in probes if one.own == 0 and one.other is not None]
    quote = findings.quote
    signs = Signs(
        coverage=best.coverage,
        lexical=seen.lexical,
        cosine=best.cosine if best.table is not None else None,
        sentence=max(one.sentence for one in seen.matches[:_COMPARED]),
        smallness=seen.smallness,
        absent=min(2, len(findings.absent)),
        elsewhere=max(lone, default=0.0),
        number=max((one.strength for one in probes if one.suspect.quantity), default=0.0),
        name=max((one.strength for one in probes if not one.suspect.quantity), default=0.0),
        attribution=findings.attribution.strength,
        antonym=findings.antonym.strength,
        negation=findings.negation.strength,
        relation=findings.relation.strength,
        quote=quote.share if quote else 0.0,
        modality=findings.modality.strength,
        missing_head=missing,
        own_number=max((_telling(one) for one in probes), default=0.0),
        is_subject_absent=findings.is_subject_absent,
    )
    return replace(findings, signs=signs)


def _telling(one: Probe) -> float:
    """How far a figure found where it belongs shows that the claim is spoken of."""
    quantity = one.suspect.quantity
    if quantity is None or one.own <= _BY_CHANCE:
        return 0.0
    digits = str(int(abs(quantity.value))).rstrip("0")
    return min(1.0, 2 * one.own) if len(digits) >= 2 else 0.0

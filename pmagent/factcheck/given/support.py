"""Whether given documents support a claim: two answers, and the lines that come nearest.

For texts that are handed over with a claim, such as a summary with its meeting or an article with
its source. It reads words, figures, names and speakers; it does not see that the right words are
put in a wrong relation, and so a probability near the cut means: read it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pmagent.factcheck.given.reading import Given, Said
from pmagent.factcheck.given.signs import Signs, read_signs
from pmagent.types.checking import Claim, Evidence, Verdict

Genre = Literal["dialogue", "prose"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How much each sign counts in one kind of source, and from where on a claim is supported."""

    order: float
    coverage: float
    closeness: float = 0.0
    numbers_missing: float = 0.0
    names_missing: float = 0.0
    other_speaker: float = 0.0
    first_person: float = 0.0
    bias: float = 0.0
    cut: float = 0.5


DIALOGUE = Setting(
    order=2.5, coverage=1.4, other_speaker=-1.4, first_person=-2.3, numbers_missing=-0.5, bias=-2.6
)
"""Logistic weights on 291 sentences about 30 meetings, rounded; balanced classes, ridge 3.

`numbers_missing` is set by hand: too few figures are wrong there to fit it. Talk says "I", and who
says it is lost in a claim that copies it.
"""
PROSE = Setting(
    order=1.0, coverage=2.7, closeness=0.7, numbers_missing=-2.4, names_missing=-2.1, bias=-2.75
)
"""Logistic weights on all of `benchmarks/golden/grounded_prose.jsonl`, rounded.

`order` is held at 1.0: free of that it turns negative, as the wrong sentences of that set are edits
of right ones, while real summaries that copy are mostly right.
"""
_WEAK = 0.12
"""A probability this close to the cut asks for a reader."""
_MOST_COUNTED = 2
_MOST_UNSAID = 3


@dataclass(frozen=True, kw_only=True)
class Support:
    """What given documents say of one claim."""

    probability: float
    """That they support it, 0 to 1."""
    cut: float
    """From where on it counts as supported."""
    genre: Genre
    signs: Signs
    best: tuple[Said, ...]
    """The sentences that come nearest, the best of them first."""

    @property
    def is_supported(self) -> bool:
        """Whether the probability reaches the cut."""
        return self.probability >= self.cut

    @property
    def is_weak(self) -> bool:
        """Whether a person should read the lines before believing it."""
        return abs(self.probability - self.cut) < _WEAK


def support_of(
    text: str, given: Given, *, cut: float | None = None, settings: Sequence[Setting] = ()
) -> Support:
    """Hold a claim against documents.

    `settings` are those for dialogue and for prose, where the shipped ones do not fit; `cut`
    replaces theirs. Nothing given supports nothing: the probability is then 0. Costs some
    milliseconds, a few more for a document of a hundred thousand words.
    """
    dialogue, prose = tuple(settings) or (DIALOGUE, PROSE)
    if not given.sentences:
        return Support(probability=0.0, cut=prose.cut, genre="prose", signs=_NOTHING, best=())
    signs = read_signs(text, given)
    is_dialogue = _is_spoken(given.sentences[signs.best])
    chosen = dialogue if is_dialogue else prose
    rows = [signs.best, *(row for row in range(signs.first, signs.last + 1) if row != signs.best)]
    return Support(
        probability=_probability(signs, chosen),
        cut=chosen.cut if cut is None else cut,
        genre="dialogue" if is_dialogue else "prose",
        signs=signs,
        best=tuple(given.sentences[row] for row in rows),
    )


def judge_given(claim: Claim, given: Given, *, cut: float | None = None) -> Verdict:
    """The same as a verdict: `supported`, or `not_found` where the documents do not bear it out."""
    support = support_of(claim.text, given, cut=cut)
    return Verdict(
        claim=claim,
        word="supported" if support.is_supported else "not_found",
        score=round(support.probability, 4),
        why=why(support),
        evidence=_evidence(support),
        is_weak=support.is_weak,
    )


def why(support: Support) -> str:
    """One plain sentence: what speaks against a claim, or that its words stand there."""
    signs = support.signs
    if not support.best:
        return "there is nothing to hold it against"
    if support.is_supported and not signs.missing:
        return f"{signs.coverage:.0%} of its words stand together in the source"
    found = [f'"{part}" does not stand near the line that fits best' for part in signs.missing[:2]]
    if support.genre == "dialogue" and signs.other_speaker > 0:
        found.append("somebody other than the person it names says most of it")
    if support.genre == "dialogue" and signs.is_first_person:
        found.append('it says "I" or "we" without saying who that is')
    if signs.unsaid and not support.is_supported:
        words = ", ".join(f'"{word}"' for word in signs.unsaid[:_MOST_UNSAID])
        found.append(f"the source never says {words}")
    if not found:
        return f"{signs.coverage:.0%} of its words stand near each other in the source"
    return "; ".join(found)


def _is_spoken(said: Said) -> bool:
    return bool(said.speaker) or any(
        block.start_ms is not None for block in said.document.parsed.blocks[:_LOOKED_AT]
    )


_LOOKED_AT = 50
"""Blocks of a document that tell whether it has times."""

_NOTHING = Signs(
    order=0.0,
    coverage=0.0,
    closeness=0.0,
    numbers_missing=0,
    names_missing=0,
    other_speaker=0.0,
    is_first_person=False,
    best=0,
    first=0,
    last=0,
    unsaid=(),
    missing=(),
)


def _probability(signs: Signs, setting: Setting) -> float:
    total = (
        setting.order * signs.order
        + setting.coverage * signs.coverage
        + setting.closeness * signs.closeness
        + setting.numbers_missing * min(_MOST_COUNTED, signs.numbers_missing)
        + setting.names_missing * min(_MOST_COUNTED, signs.names_missing)
        + setting.other_speaker * signs.other_speaker
        + setting.first_person * signs.is_first_person
        + setting.bias
    )
    return 1.0 / (1.0 + math.exp(-total))


def _evidence(support: Support) -> tuple[Evidence, ...]:
    """The best sentence, with its neighbours as the passage."""
    if not support.best:
        return ()
    ordered = sorted(support.best, key=lambda said: (said.document.path, said.first_line))
    passage = " ".join(said.text for said in ordered)
    best = support.best[0]
    return (
        Evidence(
            citation=best.citation, text=best.text, passage=passage, score=support.signs.coverage
        ),
    )

"""What fact-checking says: claims, evidence, verdicts, and what a draft may do with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pmagent.types.documents import Citation

ClaimKind = Literal["statement", "quote", "opinion", "question", "future", "instruction"]
"""`statement` and `quote` are checked; the others are set aside, and said to be."""

VerdictWord = Literal["supported", "contradicted", "not_found", "needs_person"]

DifferenceKind = Literal[
    "number", "date", "name", "negation", "attribution", "entity", "quote", "modality", "relation"
]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One thing a text says that is true or false."""

    text: str
    """A sentence that can be read alone: a pronoun may be replaced, a list split."""
    source: str = ""
    """The words of the draft it was made from, letter for letter."""
    kind: ClaimKind = "statement"
    path: str = ""
    """The draft, relative to the garden; empty where the claim was given alone."""
    first_line: int = 1
    last_line: int = 1
    number: int = 0
    """Its place in the draft, from 1."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A passage beside which a claim was held."""

    citation: Citation
    text: str
    """The sentence or window that fits best, verbatim on one line."""
    passage: str = ""
    """The whole passage it stands in."""
    score: float = 0.0
    """How well it fits, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A part of a claim that its evidence puts otherwise."""

    kind: DifferenceKind
    said: str
    """The part as the claim has it, verbatim in `Claim.text`; empty for a missing negation."""
    found: str = ""
    """The same part as the evidence has it, verbatim there; empty where it has none."""
    start: int = 0
    """Of `said` in the claim's text."""
    end: int = 0
    evidence: int = 0
    """Which of the verdict's evidence says it."""
    strength: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the sources say of one claim."""

    claim: Claim
    word: VerdictWord
    score: float
    """Probability, 0 to 1, that it is supported."""
    why: str
    """One plain sentence."""
    evidence: tuple[Evidence, ...] = ()
    """Best first, three at most; for `not_found` what came nearest."""
    differences: tuple[Difference, ...] = ()
    """The most suspect first; may also stand beside `supported`, as something to look at."""
    correction: str = ""
    """The claim with the differing part as the evidence has it; empty where none can be made."""
    is_weak: bool = False
    """Whether a person should read the evidence before believing the word."""
    second_opinion: str = ""
    """What a model said that saw the evidence alone; empty where none was asked."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A sentence of a draft that a source puts otherwise."""

    claim: Claim
    difference: Difference
    evidence: Evidence
    is_canonical: bool
    """Whether the source was declared to be right; else it is older than the draft."""
    correction: str = ""

    @property
    def text(self) -> str:
        """One plain sentence, with both places."""
        source = "the canonical source" if self.is_canonical else "an older source"
        what = f'"{self.difference.said}"' if self.difference.said else "what is said"
        found = f' has "{self.difference.found}"' if self.difference.found else " differs"
        return (
            f'[{self.claim.path}:{self.claim.first_line}] says "{self.claim.text}"; for {what} '
            f'{source} [{self.evidence.citation.place}]{found}: "{self.evidence.text}"'
        )


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """A whole text, checked."""

    path: str
    """Relative to the garden; empty for text that is no file."""
    digest: str
    """SHA-256 of the checked bytes."""
    verdicts: tuple[Verdict, ...]
    """One for each claim, in order."""
    set_aside: tuple[Claim, ...] = ()
    """What is no claim that can be checked."""
    sources: tuple[str, ...] = ()
    """Globs or paths that were searched; empty for the whole archive."""
    searched: int = 0
    """Documents the sources hold."""
    is_whole: bool = True
    """False where it was stopped before all claims were checked."""
    notes: tuple[str, ...] = ()
    elapsed_ms: float = 0.0

    def count(self, word: VerdictWord) -> int:
        """How many verdicts are this."""
        return sum(1 for verdict in self.verdicts if verdict.word == word)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A person's word that a claim may leave as it is."""

    claim: str
    """The claim's text."""
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceSpan:
    """Lines a draft rests on, and what they were."""

    path: str
    first_line: int
    last_line: int
    sha256: str
    """Of the lines' words, white space folded, in UTF-8."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A verdict as a manifest keeps it: enough to read it years later without pmagent."""

    claim: str
    word: VerdictWord
    score: float
    why: str
    places: tuple[str, ...] = ()
    """Where the evidence stood, such as `notes/pricing.md:42`."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a draft was made of and what was found about it, kept beside the draft."""

    draft: str
    """Path of the draft, relative to the garden."""
    digest: str
    """SHA-256 of the draft's bytes."""
    made_at: datetime
    made_by: str
    """The model that worded it, `offline`, or `person`."""
    source: str = ""
    """Path of the transcript it was made from; empty where it was not made from one."""
    source_digest: str = ""
    spans: tuple[SourceSpan, ...] = ()
    is_checked: bool = False
    verdicts: tuple[Judged, ...] = ()
    """Of every claim, where it was checked."""
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Whether a draft may leave this computer, and if not, why not."""

    reasons: tuple[str, ...] = ()
    """What holds it back, a sentence each; empty where it may leave."""
    blocking: tuple[Verdict, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether nothing holds it back."""
        return not self.reasons


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What a manifest says of its draft and sources as they are now."""

    draft: str
    manifest: Manifest
    is_draft_same: bool
    """Whether the draft's bytes are those the manifest was written for."""
    changed: tuple[SourceSpan, ...] = ()
    """Spans whose words are not where they were."""
    moved: tuple[tuple[SourceSpan, int], ...] = ()
    """Spans whose words stand elsewhere in the same file now: (span, first line now)."""
    missing: tuple[str, ...] = ()
    """Sources that cannot be read any more."""
    leave: Leave = Leave()
    notes: tuple[str, ...] = ()

"""The jobs of one garden, as every front end calls them: a kit, a check, and what may leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pmagent.types.actions import Outcome
from pmagent.types.checking import (
    CheckReport,
    Claim,
    Disagreement,
    Leave,
    Verdict,
    Verification,
)
from pmagent.types.publishing import Kit


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One file of a kit, and what the gate made of writing it."""

    path: str
    outcome: Outcome
    problems: tuple[str, ...] = ()
    """What its format's own rules say against it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A claim to be checked, and against what."""

    claim: Claim
    sources: tuple[str, ...] = ()
    """Paths or globs; empty for the whole archive."""


Told = Callable[[int, int], None]
"""(done, of how many) claims."""


class JobCalls(Protocol):
    """The jobs. Every call blocks; `kit` takes seconds, `check` a few for fifty claims."""

    @property
    def read_paths(self) -> Sequence[str]:
        """Every document these jobs came to read, in order."""
        ...

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        """Everything that can be drafted from one transcript.

        `more` scales the number of chapters: 0.5 for half, 2 for twice as many. With `is_worded` a
        language model polishes the words, where one is chosen; it changes no fact.

        Raises:
            UsageError: no document, or several, fit the name.
            ReadError: it cannot be read.
        """
        ...

    def render(self, kit: Kit, form: str) -> str:
        """The kit in one format, named such as `markdown`, `post` or `preview`.

        Raises:
            UsageError: there is no such format; the hint lists them.
        """
        ...

    def page(self, kit: Kit, part: str) -> str:
        """One part of the kit as Markdown with its places; `kit` is all of it.

        The parts are titles, description, chapters, show-notes, quotes, mentions, promises, new.
        """
        ...

    def save(self, kit: Kit) -> Sequence[Saved]:
        """Write the kit below `drafts/kits/`, through the gate, a file a format, the manifest last.

        One undo point takes each file back.
        """
        ...

    def check(
        self,
        name: str,
        *,
        sources: Sequence[str] = (),
        on_progress: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        """A verdict on every claim of a document; the archive without it is the evidence.

        Raises:
            UsageError: no document fits the name, or the sources name none.
        """
        ...

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """The same of words that are no file."""
        ...

    def report_page(self, report: CheckReport) -> str:
        """A check as Markdown, with what holds its text back."""
        ...

    def check_claims(self, asked: Sequence[Asked]) -> Iterator[Verdict]:
        """A verdict each, in order, as they are found."""
        ...

    def fix(self, report: CheckReport, number: int) -> Outcome:
        """Put a verdict's correction into the draft, through the gate. `number` counts from 0."""
        ...

    def keep(self, report: CheckReport, number: int, note: str = "") -> None:
        """Let a claim stand as it is. For a person's key press only: it is kept as their word.

        Raises:
            UsageError: the report is of no file.
        """
        ...

    def unkeep(self, report: CheckReport, number: int) -> None:
        """Take that word back."""
        ...

    def kept(self, report: CheckReport) -> Sequence[int]:
        """Which verdicts a person lets stand, counted from 0."""
        ...

    def leave(self, report: CheckReport) -> Leave:
        """Whether the draft that was checked may leave this computer."""
        ...

    def record(self, report: CheckReport) -> Outcome:
        """Write the manifest beside the draft that was checked, through the gate.

        Raises:
            UsageError: the report is of no file.
        """
        ...

    def verify(self, name: str) -> Verification:
        """What has become of a draft's sources since its manifest was written.

        Raises:
            UsageError: there is no draft, or no manifest beside it.
        """
        ...

    def lint(self, *, on_progress: Told | None = None) -> Sequence[Disagreement]:
        """Where drafts disagree with canonical sources, or with older documents."""
        ...

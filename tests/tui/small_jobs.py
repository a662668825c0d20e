"""The jobs of the small garden, over values: one kit, one report, and a person's word on claims."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pmagent.errors import UsageError
from pmagent.publish.render import format_named, formats
from pmagent.types import Citation
from pmagent.types.actions import Decision, Done, Failed, Json, Outcome, Unanswered
from pmagent.types.checking import (
    CheckReport,
    Claim,
    Difference,
    Evidence,
    Leave,
    Verdict,
    Verification,
)
from pmagent.types.documents import Locator
from pmagent.types.jobs import Asked, Disagreement, Saved, Told
from pmagent.types.publishing import Kit
from tests.publish import kits

DRAFT = "drafts/kits/ep-12-lighthouse-maps/post.md"
CLAIMS: tuple[tuple[str, str, str, str, str], ...] = (
    ("supported", "Tomas Brill has drawn harbour maps for nineteen years.", "", "", ""),
    ("contradicted", "A depth was copied as 14 feet instead of 41.", "14", "41 feet. It is 14", ""),
    ("supported", "Tidewater Ledger compares 3,200 soundings with the page.", "", "", ""),
    ("contradicted", "The book is The Careful Cartographer.", "Careful", "Patient",
     "The book is The Patient Cartographer."),
    ("not_found", "The Fennick chart was printed in Oslo.", "", "", ""),
    ("needs_person", "Nobody checks a chart before it is printed.", "", "", ""),
)  # fmt: skip
"""Verdict, claim, what it says, what the evidence says, and what would be right."""
_SAID = {0: 1, 1: 3, 2: 7, 3: 9, 4: 2, 5: 5}


class SmallJobs:
    """Makes the kit of the small talk for every name that holds `ep-12`; finds the same claims."""

    def __init__(self, perform: Callable[[str, Mapping[str, Json]], Outcome] | None = None) -> None:
        self.made: list[float] = []
        """How many chapters were asked for, each time."""
        self.kit_made: Kit = kits.kit()
        self.report: CheckReport = report()
        self.words_kept: dict[int, str] = {}
        self.fixed: list[int] = []
        self.checks = 0
        self.recorded: list[CheckReport] = []
        self.gate: threading.Event | None = None
        """Where there is one, a check waits for it after each claim."""
        self.writes: Outcome = Done(text="written", checkpoint="c001")
        self._perform = perform

    @property
    def read_paths(self) -> Sequence[str]:
        return ()

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        del is_worded
        if "ep-12" not in name:
            raise UsageError(f'there is no document "{name}" in this garden', "check its name")
        self.made.append(more)
        kept = max(1, round(len(self.kit_made.chapters) * more))
        return replace(
            self.kit_made,
            chapters=self.kit_made.chapters[:kept],
            suggestions=(*self.kit_made.suggestions, *self.kit_made.chapters[kept:]),
        )

    def render(self, kit: Kit, form: str) -> str:
        return format_named(form).render(kit)

    def page(self, kit: Kit, part: str) -> str:
        del part
        return self.render(kit, "kit")

    def save(self, kit: Kit) -> Sequence[Saved]:
        folder = DRAFT.rpartition("/")[0]
        saved: list[Saved] = []
        for form in formats():
            made = form.make(kit)
            if not made.text:
                continue
            path = f"{folder}/{form.file_name}"
            outcome = self._write(path, made.text)
            saved.append(Saved(path=path, outcome=outcome, problems=made.remarks))
            if not isinstance(outcome, Done):
                break
        return saved

    def check(
        self,
        name: str,
        *,
        sources: Sequence[str] = (),
        on_progress: Told | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        del sources
        if name != self.report.path:
            raise UsageError(f'there is no document "{name}" in this garden', "check its name")
        self.checks += 1
        done = 0
        for done in range(1, len(self.report.verdicts) + 1):
            if on_progress is not None:
                on_progress(done, len(self.report.verdicts))
            if self.gate is not None:
                self.gate.wait(5)
            if stop():
                break
        return replace(self.report, verdicts=self.report.verdicts[:done])

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        del text, sources
        return replace(self.report, path="")

    def report_page(self, report: CheckReport) -> str:
        return "\n".join(verdict.claim.text for verdict in report.verdicts)

    def check_claims(self, asked: Sequence[Asked]) -> Iterator[Verdict]:
        del asked
        return iter(self.report.verdicts)

    def fix(self, report: CheckReport, number: int) -> Outcome:
        if not report.verdicts[number].correction:
            return Failed(message="there is no correction for it")
        self.fixed.append(number)
        return Done(text="fixed", checkpoint="c002")

    def keep(self, report: CheckReport, number: int, note: str = "") -> None:
        del report
        self.words_kept[number] = note

    def unkeep(self, report: CheckReport, number: int) -> None:
        del report
        self.words_kept.pop(number, None)

    def kept(self, report: CheckReport) -> Sequence[int]:
        del report
        return sorted(self.words_kept)

    def leave(self, report: CheckReport) -> Leave:
        blocking = tuple(
            verdict
            for number, verdict in enumerate(report.verdicts)
            if verdict.word != "supported" and number not in self.words_kept
        )
        number = len(blocking)
        noun = "claim is" if number == 1 else "claims are"
        reasons = (f"{number} {noun} contradicted or unchecked",) if number else ()
        return Leave(reasons=reasons, blocking=blocking)

    def record(self, report: CheckReport) -> Outcome:
        self.recorded.append(report)
        return self.writes

    def verify(self, name: str) -> Verification:
        raise UsageError(f'there is no manifest beside "{name}"')

    def lint(self, *, on_progress: Told | None = None) -> Sequence[Disagreement]:
        del on_progress
        return ()

    def _write(self, path: str, text: str) -> Outcome:
        if self._perform is None:
            return self.writes
        return self._perform("Write", {"command": f"write {path}", "content": text})


def report() -> CheckReport:
    """A draft with six claims: two are wrong, one is nowhere, one is for a person."""
    return CheckReport(
        path=DRAFT,
        digest="1" * 64,
        verdicts=tuple(_verdict(number) for number in range(len(CLAIMS))),
        set_aside=(
            Claim(text="We think that doubt is underrated.", kind="opinion", path=DRAFT,
                  first_line=21, last_line=21, number=7),
            Claim(text="What would you check first?", kind="question", path=DRAFT,
                  first_line=23, last_line=23, number=8),
        ),
        searched=4,
        elapsed_ms=2_100.0,
    )  # fmt: skip


def unanswered() -> Outcome:
    """Nobody said yes."""
    return Unanswered(decision=Decision(effect="ask", reason="writing is asked about"))


def _verdict(number: int) -> Verdict:
    word, text, said, found, correction = CLAIMS[number]
    line = 3 + 2 * number
    spoken = kits.SPOKEN[_SAID[number]]
    claim = Claim(
        text=text, source=text, path=DRAFT, first_line=line, last_line=line, number=number + 1
    )
    differences = ()
    if said:
        start = text.index(said)
        kind = "number" if said.isdigit() else "name"
        differences = (
            Difference(kind=kind, said=said, found=found, start=start, end=start + len(said)),
        )
    return Verdict(
        claim=claim,
        word=word,  # pyright: ignore[reportArgumentType]
        score={"supported": 0.94, "contradicted": 0.08}.get(word, 0.41),
        why={
            "supported": "the talk says the same",
            "contradicted": "the talk says otherwise",
            "not_found": "nothing in the archive speaks of it",
        }.get(word, "the talk asks about it, and does not say it plainly"),
        evidence=(_evidence(spoken, _SAID[number], 0.9 if word != "not_found" else 0.38),),
        differences=differences,
        correction=correction,
        is_weak=word == "needs_person",
    )


def _evidence(spoken: tuple[str, int, str], turn: int, score: float) -> Evidence:
    speaker, second, text = spoken
    line = kits.line_of(turn)
    citation = Citation(
        path=kits.PATH,
        locator=Locator(first_line=line, last_line=line, start_ms=second * 1000),
        title=kits.TITLE,
        date=date(2031, 3, 4),
        date_source="front matter",
        speaker=speaker,
    )
    return Evidence(citation=citation, text=text, passage=text, score=score)

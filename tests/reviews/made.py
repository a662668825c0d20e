"""Reviews, runs and a queue over a real database, for what is said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmagent.records.tables import Tables
from pmagent.reviews.cases import RunRecord
from pmagent.reviews.evidence import Rehearsal
from pmagent.reviews.queue import QueuePorts, ReviewQueue
from pmagent.reviews.standing import Subject
from pmagent.types.actions import Json
from pmagent.types.procedures import Risk
from pmagent.types.reviews import Review, ReviewCode, ReviewDecision, ReviewKind, Ruling
from pmagent.types.runs import Run, StepRow

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DIGEST = "d1"
PASSED = Rehearsal(has_passed=True)
NOTES = (
    "- Tomas Brill has drawn harbour maps for nineteen years.[^talks/ep-12.md:3]\n"
    "- A depth of 41 feet was copied as 14, and nobody saw it for a year.[^talks/ep-12.md:9]\n"
    "- He calls it “the patient error”.[^talks/ep-12.md:11]\n"
)


def review(number: int = 1, **changes: object) -> Review:
    """An approval of `/publish-episode`, open."""
    made = Review(
        id=f"r{number}",
        kind="approve",
        command="publish-episode",
        title="Send it as a draft?",
        made=NOW,
        run=f"run-{number}",
        address="12",
        risk="external",
        shown={"notes": NOTES},
        digest=DIGEST,
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


def decided(
    number: int,
    decision: ReviewDecision = "accept",
    *,
    codes: tuple[ReviewCode, ...] = (),
    kind: ReviewKind = "approve",
    risk: Risk = "external",
    at: datetime | None = None,
    edits: Mapping[str, Json] | None = None,
) -> Review:
    """One that was decided, an hour after the one before."""
    return review(
        number,
        state="decided",
        decision=decision,
        codes=codes,
        kind=kind,
        risk=risk,
        decided=at or NOW + timedelta(hours=number),
        edits=edits or {},
        by="nell",
    )


def history(clean: int, missed: Sequence[int] = (), *, risk: Risk = "external") -> list[Review]:
    """So many, of which those numbered were rejected."""
    return [
        decided(number, "reject" if number in missed else "accept", risk=risk)
        for number in range(1, clean + 1)
    ]


@dataclass
class Letters:
    """Dead letters: what was done with each."""

    done: list[tuple[str, str, Mapping[str, Json] | None]] = field(
        default_factory=list[tuple[str, str, "Mapping[str, Json] | None"]]
    )

    def retry(self, key: str, payload: Mapping[str, Json] | None = None) -> None:
        self.done.append(("retry", key, payload))

    def drop(self, key: str) -> None:
        self.done.append(("drop", key, None))


@dataclass
class World:
    """A queue, and what stands around it."""

    queue: ReviewQueue
    tables: Tables
    letters: Letters
    trail: list[tuple[str, str]]
    subjects: dict[str, Subject]
    rehearsals: dict[str, Rehearsal]
    runs: dict[str, RunRecord]
    clock: list[datetime]

    def pass_time(self, step: timedelta) -> None:
        self.clock[0] += step

    def decide_new(self, number: int, ruling: Ruling | None = None, **changes: object) -> Review:
        """Ask once more, and decide it an hour later."""
        kept = self.queue.add(review(number, made=self.clock[0], **changes))
        self.pass_time(timedelta(hours=1))
        return self.queue.decide(kept.id, ruling or Ruling(decision="accept", by="nell"))


def world(folder: Path, *, ceiling: str = "auto", risk: Risk = "external") -> World:
    """An empty queue over a real database, with one command whose simulations have passed."""
    clock = [NOW]
    letters, trail = Letters(), list[tuple[str, str]]()
    subjects = {
        "publish-episode": Subject(
            command="publish-episode",
            risk=risk,
            ceiling=ceiling,  # pyright: ignore[reportArgumentType]
            digest=DIGEST,
        )
    }
    rehearsals = {DIGEST: PASSED}
    runs: dict[str, RunRecord] = {}
    tables = Tables(folder)
    ports = QueuePorts(
        clock=lambda: clock[0],
        salt="salt",
        subject=subjects.get,
        letters=lambda: letters,
        run=runs.get,
        record=lambda command, why: trail.append((command, why)),
        rehearsal=lambda subject: rehearsals.get(subject.digest),
    )
    return World(
        queue=ReviewQueue(tables, ports),
        tables=tables,
        letters=letters,
        trail=trail,
        subjects=subjects,
        rehearsals=rehearsals,
        runs=runs,
        clock=clock,
    )


def episode_run(run_id: str = "run-1") -> RunRecord:
    """A run that waits for an approval after a model wrote its notes."""
    run = Run(
        id=run_id,
        command="publish-episode",
        text="# Publish",
        digest=DIGEST,
        arguments={"transcript": "talks/ep-12.md"},
        began=NOW,
        clock=NOW,
        key="talks/ep-12.md",
        state="waiting",
        waits_for="approve",
    )
    document: Json = {
        "kind": "document",
        "path": "talks/ep-12.md",
        "title": "Episode 12",
        "text": "# Episode 12\nTomas: forty-one feet.",
        "words": 5,
        "sha256": "0" * 64,
        "lines": ["# Episode 12", "Tomas: forty-one feet."],
    }

    def row(seq: int, verb: str, name: str, value: Json, **changes: object) -> StepRow:
        made = StepRow(
            run=run_id, seq=seq, address=str(seq), path=str(seq), verb=verb, status="done",
            name=name, value=value, at=NOW,
        )  # fmt: skip
        return replace(made, **changes)  # pyright: ignore[reportArgumentType]

    rows = (
        row(1, "Read", "t", document),
        row(2, "model", "titles", ["The patient error", "Forty-one feet"], maker="model"),
        row(3, "model", "notes", NOTES, maker="model"),
        row(4, "Call facts.check", "facts", {"contradicted": 0}),
    )
    return RunRecord(run=run, rows=rows)

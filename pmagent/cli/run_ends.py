"""How a run stands once it went on as far as it could, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pmagent.agency.run_words import done_words, next_words, places_of, waits_words
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, StepRow


class RunDesk(Protocol):
    """Runs, as far as the end of one is told."""

    def steps(self, run_id: str) -> Sequence[StepRow]:
        """Its finished steps, in order."""
        ...

    def asked(self, run: Run) -> Review | None:
        """The review that it waits for."""
        ...


@dataclass(frozen=True, kw_only=True)
class RunEnd:
    """A run with what it waits for and what it made."""

    run: Run
    review: Review | None
    places: tuple[str, ...]


def end_of(run: Run, runs: RunDesk) -> RunEnd:
    """What there is to tell of a run as it stands."""
    return RunEnd(run=run, review=runs.asked(run), places=places_of(runs.steps(run.id)))


def state_words(told: RunEnd) -> str:
    """`waits for you (fdw3k8pz): Send it?`, or the state and why."""
    run = told.run
    if run.state == "waiting" and told.review is not None:
        return waits_words(run, told.review)
    reason = f": {run.reason}" if run.reason else ""
    return f"{run.state.replace('_', ' ')}{reason}"


def what_now(told: RunEnd) -> Iterator[str]:
    """Where what it made is; else the command that goes on, or tells what it did."""
    run = told.run
    match run.state:
        case "done":
            yield done_words(run)
            yield from (f"made {place}" for place in told.places)
        case "waiting" | "running":
            yield next_words(run, told.review)
        case _:
            yield f'what it did: "pmagent explain {run.id}"'

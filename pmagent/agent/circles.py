"""Whether a turn goes in circles, and what is done about it, step by step. Pure.

A finding says what repeats, with the threshold and its value. The ladder goes up one rung a
finding: tell the model its state, give it three steps, ask the person, hand the turn back.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pmagent.nlp.words import tokens
from pmagent.types.actions import Denied, Done, Json, Outcome

SAME_CALLS, WITHIN = 3, 8
PERIODS, TIMES = (2, 3), 2
BARREN_TURNS = 4
ALIKE, OUTPUTS, SHINGLE_WORDS = 0.9, 3, 5
LEAST_WORDS = 12
"""Of an output that is compared: short ones, such as "Next file.", are alike by nature."""
DENIALS = 2
LAST_STEPS = 3

Kind = Literal["same call", "cycle", "nothing new", "same words", "same denial", "spend"]
Rung = Literal["restate", "three steps", "ask", "hand back"]
RUNGS: tuple[Rung, ...] = ("restate", "three steps", "ask", "hand back")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One way in which a turn goes in circles."""

    kind: Kind
    says: str
    """What repeats, how often, and what was the limit."""


class Circles:
    """Watches one turn: each call with its outcome, each answer's words."""

    def __init__(self) -> None:
        self._calls: deque[str] = deque(maxlen=max(WITHIN, 2 * max(PERIODS)))
        self._known: set[str] = set()
        self._denied: dict[str, int] = {}
        self._barren = 0
        self._outputs: deque[frozenset[str]] = deque(maxlen=OUTPUTS)
        self._found: list[Finding] = []
        self._is_new = False
        self._used_tools = False
        self._has_warned_of_spend = False

    def note_call(self, tool: str, given: Mapping[str, Json], outcome: Outcome) -> None:
        """A call has ended."""
        self._used_tools = True
        asked = _digest([tool, dict(given)])
        result = _digest(_told(outcome))
        self._calls.append(f"{asked} {result}")
        if isinstance(outcome, Done):
            for evidence in (result, outcome.checkpoint):
                if evidence and evidence not in self._known:
                    self._known.add(evidence)
                    self._is_new = True
        if isinstance(outcome, Denied):
            count = self._denied[asked] = self._denied.get(asked, 0) + 1
            if count >= DENIALS:
                self._find("same denial", f"{tool} was refused {count} times for the same input")
        self._look_for_repeats(tool)

    def note_answer(self, text: str) -> None:
        """An answer of the model has come, in words."""
        words = tokens(text)
        if len(words) < LEAST_WORDS:
            return
        self._outputs.append(_shingles(words))
        if len(self._outputs) == OUTPUTS:
            least = min(
                _jaccard(one, other)
                for place, one in enumerate(self._outputs)
                for other in list(self._outputs)[place + 1 :]
            )
            if least >= ALIKE:
                said = f"{OUTPUTS} answers were alike by {least:.2f}, the limit is {ALIKE}"
                self._find("same words", said)

    def note_spend(self, *, runs_out: bool) -> None:
        """How the spending goes; counted once."""
        if runs_out and not self._has_warned_of_spend:
            self._has_warned_of_spend = True
            self._find("spend", f"{LAST_STEPS} more steps like the latest exceed the budget")

    def end_step(self) -> Finding | None:
        """A step has ended: what was found in it, the first of all."""
        if self._used_tools:
            self._barren = 0 if self._is_new else self._barren + 1
            if self._barren >= BARREN_TURNS:
                said = f"{self._barren} steps brought nothing new, the limit is {BARREN_TURNS}"
                self._find("nothing new", said)
        self._is_new = self._used_tools = False
        found, self._found = self._found, []
        return found[0] if found else None

    def _look_for_repeats(self, tool: str) -> None:
        calls = list(self._calls)
        # Only what has just happened counts: a model that has turned to something else is let be.
        count = calls[-WITHIN:].count(calls[-1])
        if count >= SAME_CALLS:
            said = f"{tool} gave the same to the same input {count} times in {WITHIN} calls"
            self._find("same call", said)
        for period in PERIODS:
            latest = calls[-TIMES * period :]
            is_cycle = len(latest) == TIMES * period and latest[:period] == latest[period:]
            if is_cycle and len(set(latest)) > 1:
                self._find("cycle", f"the same {period} calls came {TIMES} times in a row")

    def _find(self, kind: Kind, says: str) -> None:
        self._found.append(Finding(kind=kind, says=says))


class Ladder:
    """How far a turn has come that goes in circles."""

    def __init__(self) -> None:
        self._next = 0

    def climb(self) -> Rung:
        """The next rung; the last one stays."""
        rung = RUNGS[min(self._next, len(RUNGS) - 1)]
        self._next += 1
        return rung

    def climb_to_last(self) -> None:
        """A person was asked: what comes next is the last rung."""
        self._next = len(RUNGS) - 1

    @property
    def is_capped(self) -> bool:
        """Whether only three steps were left to it, and no person has said to go on."""
        return self._next == RUNGS.index("ask")


def restated(goal: str, calls: Sequence[str], finding: Finding) -> str:
    """What a model is told that goes in circles: the goal, what was done, what repeats."""
    done = "\n".join(f"- {call}" for call in dict.fromkeys(calls[-WITHIN:]))
    return (
        f"You go in circles: {finding.says}.\nThe goal: {goal}\nDone so far:\n{done or '- nothing'}"
        "\nDo something else than before, or answer with what you have and say what is missing."
    )


def _told(outcome: Outcome) -> list[Json]:
    if isinstance(outcome, Done):
        return ["done", outcome.text]
    return [type(outcome).__name__]


def _digest(value: Json) -> str:
    whole = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shingles(words: Sequence[str]) -> frozenset[str]:
    return frozenset(
        " ".join(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)
    )


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0

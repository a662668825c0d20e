"""The model of a scenario: it writes what `replies` say, and what it was shown is noted.

A verifier beside it opens every citation of a written text, as the real one does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pmagent.errors import ModelError, ModelFault, ReadError
from pmagent.llm.scripted import tokens_of
from pmagent.procedures.engine.ports import Here, NoValue, Writing, Written
from pmagent.simulations.matching import text_of
from pmagent.simulations.world.documents import Files
from pmagent.types.actions import Json
from pmagent.types.procedures import ListOf, Maybe, Record, Scalar, Shape
from pmagent.types.runs import Spent

USD_A_TOKEN = Decimal("0.000005")
"""What a scripted token costs: five dollars a million, as a small model does."""
_FAULTS: Mapping[str, ModelFault] = {
    "429": "rate_limit",
    "500": "server_error",
    "503": "overloaded",
    "529": "overloaded",
    "401": "authentication_failed",
    "timeout": "connection",
}
_MARK = re.compile(r"\[\^(?P<path>[^\]:]+):(?P<line>\d+)\]")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one attempt of a model step was shown."""

    name: str
    """The value it writes."""
    address: str
    values: Mapping[str, Json]


@dataclass(kw_only=True)
class ScriptedWriter:
    """`ports.Writer` that replays a scenario's replies."""

    replies: Mapping[str, tuple[Json, ...]]
    tries: Mapping[str, list[str]]
    """Faults still to come, by `model`."""
    shown: list[Shown] = field(default_factory=list[Shown])
    _given: Counter[str] = field(default_factory=Counter[str])

    def write(self, writing: Writing, here: Here) -> Written | NoValue:
        """The next reply for the value's name; the last one from then on.

        `{abstain: why}` is no value; `{value: x, tokens: n}` is one with its cost.

        Raises:
            ModelError: the scenario says that the model breaks.
        """
        name = writing.step.name
        self.shown.append(Shown(name=name, address=here.address, values=dict(writing.values)))
        waiting = self.tries.get("model", [])
        if waiting and (fault := waiting.pop(0)) != "ok":
            raise ModelError(f"the scenario says {fault}", kind=_FAULTS.get(fault, "unknown"))
        series = self.replies.get(name)
        if not series:
            return NoValue(why=f'the scenario has no reply for "{name}"')
        reply = series[min(self._given[name], len(series) - 1)]
        self._given[name] += 1
        tokens = tokens_of(writing.guidance + writing.step.prose + text_of(writing.values))
        if isinstance(reply, Mapping) and "abstain" in reply:
            return NoValue(why=str(reply["abstain"]), spent=_spent(tokens))
        if isinstance(reply, Mapping) and "value" in reply:
            told = reply.get("tokens")
            spent = _spent(told if isinstance(told, int) else tokens)
            return Written(value=reply["value"], spent=spent)
        return Written(value=reply, spent=_spent(tokens + tokens_of(text_of(reply))))


@dataclass(frozen=True, kw_only=True)
class MemoryVerifier:
    """`ports.Verifier` over a scenario's files: every citation opens."""

    files: Files

    def verify(
        self, value: Json, shape: Shape, values: Mapping[str, Json], here: Here
    ) -> Sequence[str]:
        """What is wrong with the citations of a cited text, one sentence each."""
        del values, here
        return tuple(self._faults(text_of(value))) if _is_cited(shape) else ()

    def _faults(self, text: str) -> Iterator[str]:
        for mark in _MARK.finditer(text):
            path, line = mark["path"], int(mark["line"])
            try:
                count = len(self.files.lines(path))
            except ReadError:
                yield f'"{mark[0]}" names no file of the garden'
                continue
            if not 1 <= line <= count:
                yield f'"{mark[0]}" names a line that is not there: it has {count}'


def _is_cited(shape: Shape) -> bool:
    match shape:
        case Scalar(kind=kind):
            return kind in {"cited", "cited_text"}
        case ListOf(item=item):
            return _is_cited(item)
        case Maybe(shape=inner):
            return _is_cited(inner)
        case Record(members=members):
            return any(_is_cited(member.shape) for member in members)
        case _:
            return False


def _spent(tokens: int) -> Spent:
    return Spent(tokens=tokens, usd=tokens * USD_A_TOKEN)

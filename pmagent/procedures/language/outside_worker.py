"""What runs in the process of `outside`: one evaluator behind walls, with little memory.

After its imports it gives up files, network and programs where the system can take them away.
"""

from __future__ import annotations

import json
import resource
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

from pmagent.errors import PmagentError
from pmagent.procedures.language.helpers import Helper, helpers_at
from pmagent.procedures.language.source import Form
from pmagent.procedures.language.starlark import Evaluator
from pmagent.sandbox.frames import Frame, serve
from pmagent.sandbox.worker_walls import confine_self
from pmagent.types.actions import Json

MEMORY_MB = 512
CPU_S = 600
"""Over all it evaluates; each one has its own, shorter time."""


def main() -> None:
    """Load, confine, serve."""
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    Evaluator(helpers_at(now), {}).evaluate('slug("a b")', "expression", {})
    is_confined = confine_self(memory_mb=MEMORY_MB, cpu_s=CPU_S)
    if not is_confined:
        for limit, most in ((resource.RLIMIT_AS, MEMORY_MB * 1_000_000), (resource.RLIMIT_CORE, 0)):
            with suppress(OSError, ValueError):
                resource.setrlimit(limit, (most, most))
    serve(lambda request: _answer(request, is_confined=is_confined))


class _AskError(PmagentError):
    """A helper of the other process is needed."""

    def __init__(self, name: str, asked: str) -> None:
        super().__init__(f'"{name}" is needed')
        self.name = name
        self.asked = asked


def _answer(request: Frame, *, is_confined: bool) -> Frame:
    if "hello" in request.header:
        return Frame({"confined": is_confined})
    told = cast("Mapping[str, Json]", json.loads(request.payload))
    try:
        value = _evaluate(told)
        return Frame({"ok": True}, json.dumps(value, ensure_ascii=False).encode())
    except _AskError as exc:
        return Frame({"call": exc.name, "asked": exc.asked})
    except PmagentError as exc:
        return Frame({"message": exc.message, "hint": exc.hint})
    except MemoryError:
        return Frame({"message": "an expression needs more memory than it may have", "hint": ""})


def _evaluate(told: Mapping[str, Json]) -> Json:
    now = datetime.fromisoformat(cast("str", told["now"]))
    answers = cast("Mapping[str, Json]", told["answers"])
    elsewhere = {name: _asking(name, answers) for name in cast("Sequence[str]", told["helpers"])}
    evaluator = Evaluator({**helpers_at(now), **elsewhere}, {"today": now.date().isoformat()})
    return evaluator.evaluate(
        cast("str", told["source"]),
        cast("Form", told["form"]),
        cast("Mapping[str, Json]", told["names"]),
    )


def _asking(name: str, answers: Mapping[str, Json]) -> Helper:
    def call(*by_place: Json, **by_name: Json) -> Json:
        asked = json.dumps([by_place, by_name], ensure_ascii=False, sort_keys=True)
        if f"{name} {asked}" not in answers:
            raise _AskError(name, asked)
        return answers[f"{name} {asked}"]

    return call


if __name__ == "__main__":
    main()

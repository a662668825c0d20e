"""Evaluates in a process of its own what nobody has trusted: little memory, little time.

A source that fills the memory or works too long ends that process and costs one error. Helpers that
need this process (a look into a document) are answered here: the source is evaluated again with the
answer, which it cannot tell from the first time, because nothing it does leaves a mark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pmagent.errors import ChildError, UsageError
from pmagent.procedures.language.helpers import Helper
from pmagent.procedures.language.source import Form, fault, read_source
from pmagent.sandbox.child import Worker
from pmagent.sandbox.frames import Frame
from pmagent.types.actions import Json

WORKER = "pmagent.procedures.language.outside_worker"
TIMEOUT_S = 5.0
START_S = 30.0
MOST_ASKED = 20
"""Times that one source may call a helper of this process with new arguments."""


class OutsideEvaluator:
    """Evaluates sources one after another; the process is started when it is first needed."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._worker: Worker | None = None
        self.is_confined = False
        """Whether the system confined the last process beyond its memory and its time."""

    def evaluate(
        self,
        source: str,
        form: Form,
        names: Mapping[str, Json],
        *,
        now: datetime,
        helpers: Mapping[str, Helper],
    ) -> Json:
        """As `Evaluator.evaluate`.

        Raises:
            UsageError: it cannot be worked out, or it ended its process.
            PmagentError: a helper raised it.
        """
        read = read_source(source, form)
        used = read.names | read.called
        request = {
            "source": source,
            "form": form,
            "now": now.isoformat(),
            "names": {name: names[name] for name in sorted(used & set(names))},
            "helpers": sorted(used & set(helpers)),
        }
        answers: dict[str, Json] = {}
        for _ in range(MOST_ASKED + 1):
            reply = self._ask({**request, "answers": answers}, source, form)
            match reply.header:
                case {"ok": True}:
                    return cast("Json", json.loads(reply.payload))
                case {"call": str(name), "asked": str(asked)}:
                    by_place, by_name = cast(
                        "tuple[list[Json], dict[str, Json]]", json.loads(asked)
                    )
                    answers[f"{name} {asked}"] = helpers[name](*by_place, **by_name)
                case header:
                    raise UsageError(str(header.get("message", "")), str(header.get("hint", "")))
        what = "snippet" if form == "code" else "expression"
        raise fault(source, f"it calls other functions more than {MOST_ASKED} times", what=what)

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.close(timeout_s=1.0)
        self._worker = None

    def _ask(self, request: Mapping[str, object], source: str, form: Form) -> Frame:
        what = "snippet" if form == "code" else "expression"
        try:
            data = json.dumps(request, ensure_ascii=False, allow_nan=False).encode()
        except ValueError as exc:
            raise fault(source, "it is given a value that is no JSON", what=what) from exc
        worker = self._ready()
        try:
            return worker.call({"evaluate": True}, data, timeout_s=self._timeout_s)
        except ChildError as exc:
            self._worker = None
            is_late = "no answer" in exc.message
            why = "it works too long, and was cut" if is_late else "it ended its process"
            raise fault(source, why, what=what) from exc

    def _ready(self) -> Worker:
        if self._worker is None:
            try:
                worker = Worker(WORKER, niceness=0)
                hello = worker.call({"hello": True}, timeout_s=START_S)
            except ChildError as exc:
                raise UsageError(
                    f"expressions of this file cannot be evaluated: {exc.message}",
                    "trust the file after reading it, or install pmagent anew",
                ) from exc
            self._worker, self.is_confined = worker, hello.header.get("confined") is True
        return self._worker

"""Calls that are made in the middle of another: for the same one, and no further than it may go.

A command that an agent uses runs what its file names. That is the agent's doing: the trail names
the agent, a mode that only takes away holds on, and a stop stops it.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from pmagent.agent.tool import Errand
from pmagent.types.actions import ToolCall


class Errands(threading.local):
    """The call that each thread is in the middle of."""

    def __init__(self) -> None:
        self._under: tuple[ToolCall, Errand] | None = None

    @contextmanager
    def under(self, call: ToolCall, errand: Errand) -> Generator[tuple[ToolCall, Errand]]:
        """The call and its errand as they are to be made in this thread now."""
        before = self._under
        if before is not None:
            outer, whose = before
            call = replace(call, by=outer.by)
            errand = replace(whose, spawn=errand.spawn)
        self._under = (call, errand)
        try:
            yield call, errand
        finally:
            self._under = before

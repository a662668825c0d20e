"""The model that is no model: it reads a request, uses tools, and hands on what they cite.

Deterministic: the same request gives the same bytes. It asks no network, keeps nothing between
requests, uses no tool that is not offered, and says plainly what needs a model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pmagent.llm import offline_agents, offline_words
from pmagent.llm.offline_hits import hits_of
from pmagent.llm.offline_steps import Means, Say, Step, Use, plan_steps
from pmagent.llm.offline_turn import Done, Open, read_open, shown_of
from pmagent.llm.routing import Encode
from pmagent.llm.routing_table import Route, shipped_routes
from pmagent.llm.scripted import estimate_tokens, tokens_of
from pmagent.types.talk import (
    Message,
    ModelCard,
    ModelEvent,
    ModelRequest,
    Part,
    Stopped,
    Text,
    TextDelta,
    ToolNamed,
    ToolUse,
    Usage,
)

CARD = ModelCard(
    id="offline",
    alias="offline",
    context_tokens=1_000_000,
    max_output_tokens=32_000,
    is_local=True,
    is_free=True,
)
_PIECE = 400
"""Characters of one delta, cut at a line's end."""


@dataclass(frozen=True, kw_only=True)
class OfflineModel:
    """Answers from the tools alone."""

    routes: Callable[[], Sequence[Route]] = shipped_routes
    """The commands that there are; asked anew for every request, and cheap where the same tuple is
    given again."""
    suggestions: Callable[[], Sequence[str]] = tuple
    """Up to three questions this garden can answer, for somebody who says hello."""
    encode: Encode | None = None
    """Vectors for the router; None: runs of letters, the same everywhere."""
    card: ModelCard = CARD

    def stream(
        self, request: ModelRequest, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[ModelEvent]:
        """The answer, or the next tool to use."""
        text, uses = self._answer(request)
        for piece in _pieces(text):
            if stop():
                return
            yield TextDelta(text=piece)
        if stop():
            return
        for use in uses:
            yield ToolNamed(id=use.id, tool=use.tool)
        parts: tuple[Part, ...] = ((Text(text=text),) if text else ()) + uses
        yield Stopped(
            reason="tool_use" if uses else "end_turn",
            message=Message(role="assistant", parts=parts),
            usage=Usage(
                input_tokens=estimate_tokens(request),
                output_tokens=tokens_of(text) + 10 * len(uses),
                is_estimate=True,
            ),
        )

    def count_tokens(self, request: ModelRequest) -> tuple[int, bool]:
        """A quarter of the characters."""
        return estimate_tokens(request), True

    def _answer(self, request: ModelRequest) -> tuple[str, tuple[ToolUse, ...]]:
        turn = read_open(request.messages)
        means = Means(
            routes=tuple(self.routes()),
            tools=frozenset(spec.name for spec in request.tools),
            suggestions=self.suggestions,
            encode=self.encode,
        )
        role = offline_agents.role_of(request.system)
        if role is not None:
            steps = offline_agents.plan_task(role, turn, means)
        else:
            steps = [step for asked in turn.asked for step in plan_steps(asked, turn, means)]
        return _go_on(steps or [Say(text="")], turn)


def _go_on(steps: Sequence[Step], turn: Open) -> tuple[str, tuple[ToolUse, ...]]:
    """The words of all steps where all are done; else the next tool."""
    done = list(turn.done)
    said: list[str] = []
    for step in steps:
        if isinstance(step, Say):
            said.append(step.text)
            continue
        ways = (step, *step.others)
        result: Done | None = None
        for way in ways:
            if not done:
                return "", (_use(way, len(turn.done)),)
            result = done.pop(0)
            if not result.answer.is_error:
                break
        if result is not None:
            said.append(_told(step, result, is_one_of_many=len(steps) > 1))
    return "\n\n".join(part for part in said if part), ()


def _use(way: Use, number: int) -> ToolUse:
    return ToolUse(id=f"offline-{number + 1}", tool=way.tool, input=way.input)


def _told(step: Use, result: Done, *, is_one_of_many: bool) -> str:
    head = f"**{step.head}**\n\n" if is_one_of_many and step.head else ""
    if result.answer.is_error:
        return head + offline_words.failed(result.use.tool, shown_of(result.answer))
    shown = hits_of(result.answer) if result.use.tool == "Search" else shown_of(result.answer)
    return head + shown + (f"\n\n{step.behind}" if step.behind else "")


def _pieces(text: str) -> Iterator[str]:
    while len(text) > _PIECE:
        cut = text.find("\n", _PIECE) + 1 or len(text)
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text

"""What a person sees of a text at each place where content is shown: the real screens, headless."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pmagent.safe_text import spell_out
from pmagent.tui.app import PmagentApp
from pmagent.types import FileState
from pmagent.types.actions import Ask, Decision, Done, Failed, ToolCall
from tests.tui.screen_text import settle, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory

SIZE = (160, 60)
ASKED = Decision(effect="ask", reason="a command runs when it is asked for")


def render(place: str, content: str, asks: Sequence[Ask]) -> str:
    """The text of the screen's cells with `content` at `place`."""
    return asyncio.run(_render(place, content, asks))


async def _render(place: str, content: str, asks: Sequence[Ask]) -> str:
    garden = SmallGarden({"note.md": ("2024-05-01", f"seat {content}\nseat")})
    command = "!show"
    match place:
        case "note":
            command = "/read note.md"
        case "search_hit":
            command = "seat"
        case "file_list":
            names = [line for line in content.split("\n") if line] or [content]
            garden.files = tuple(
                FileState(path=name, state="failed", reason=name) for name in names[:40]
            )
            command = "/status"
        case "prompt" | "prompt_argument":
            garden.asks["show"] = _ask(place, content, asks)
        case "error":
            garden.outcomes["show"] = Failed(message=content, hint=content)
        case _:
            garden.outcomes["show"] = Done(text=content)
    app = PmagentApp(
        SmallDoor(garden), memory=SmallMemory(), desktop=SmallDesktop(), environment={}
    )
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await type_text(pilot, f"{command}\n")
        await pilot.pause(0.3)
        return text_of(app)


def _ask(place: str, content: str, asks: Sequence[Ask]) -> Ask:
    """The question that was asked last, or one about a call with `content` as its argument."""
    if place == "prompt" and asks:
        return asks[-1]
    call = ToolCall(id="a41f", tool="Bash", input={"command": content})
    return Ask(
        id="a41f",
        call=call,
        decision=replace(ASKED),
        at=datetime.now(UTC),
        title=f"RUN {spell_out(content)}",
        body=spell_out(content, newlines=True),
        risk="may change files",
    )

"""What a person sees: the words on screen, row by row."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from pmagent.tui.app import PmagentApp
from tests.tui.small_talk import SmallTalk


def rows_of(app: App[Any]) -> list[str]:
    """Each row of the screen, without the blanks at its end."""
    # The one place that reads the compositor: there is no public way to the drawn lines.
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def text_of(app: App[Any]) -> str:
    """All rows."""
    return "\n".join(rows_of(app))


async def settle(pilot: Pilot[int]) -> None:
    """Wait until the garden is open or surveyed, the desk idle and the screen drawn."""
    quiet = 0
    for _ in range(400):
        # Without a delay a pilot waits for an idle processor, which is slower and proves less.
        await pilot.pause(0)
        await asyncio.sleep(0.01)
        # A message may ask for more: it is quiet when nothing has begun for three rounds.
        quiet = quiet + 1 if _is_idle(pilot) else 0
        if quiet == 3:
            await pilot.pause(0)
            return
    raise AssertionError("the application did not come to rest")


def is_held(app: PmagentApp) -> bool:
    """Whether a turn waits for the test."""
    talk = app.conversation
    return isinstance(talk, SmallTalk) and talk.is_held


def _is_idle(pilot: Pilot[int]) -> bool:
    app = pilot.app
    assert isinstance(app, PmagentApp)
    is_done = all(work.is_finished for work in app.workers)
    # What waits for the person or the test is at rest.
    is_done = is_done and app.desk.beside <= (len(app.asks.waiting) if app.asks else 0) + is_held(
        app
    )
    return not app.is_running or (app.has_begun and app.desk.is_idle and is_done)


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Put `text` on the line under the cursor, a final line end as Enter; then wait.

    As a paste, which is one event: a pilot waits some 30 ms for each key.
    """
    focused = pilot.app.focused
    assert isinstance(focused, Input)
    focused.post_message(Paste(text.rstrip("\n")))
    await pilot.pause(0)
    if text.endswith("\n"):
        await pilot.press("enter")
    await settle(pilot)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other, each once the one before has had its effect."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def see(pilot: Pilot[int], words: str) -> str:
    """The screen's text once it holds `words`; twenty seconds at most."""
    for _ in range(400):
        await pilot.pause(0)
        shown = text_of(pilot.app)
        if words in shown:
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words!r} is not on screen:\n{text_of(pilot.app)}")

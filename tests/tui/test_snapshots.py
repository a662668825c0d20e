"""Whole screens, as a person has looked at and accepted them. Everything else asserts text."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from pmagent.tui.app import PmagentApp
from pmagent.types import FileState, Progress
from tests.tui.screen_text import press, settle, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory

Compare = Callable[..., bool]
Steps = Callable[[Pilot[int]], Awaitable[None]]

WIDE, NARROW = (120, 32), (80, 24)


def application(*, theme: str = "garden-dark", is_new: bool = False) -> PmagentApp:
    memory = SmallMemory()
    memory.write("theme", [theme])
    garden = SmallGarden()
    garden.files = (
        *garden.files,
        FileState(path="talks/broken.vtt", state="failed", reason="no cue has a time"),
        FileState(path="cover.png", state="skipped", reason="pictures are not read"),
    )
    garden.progress = Progress(
        stage="meaning", done=1, total=4, unit="passages", rate=72.0, left_s=180.0
    )
    return PmagentApp(
        SmallDoor(garden, is_new=is_new),
        memory=memory,
        desktop=SmallDesktop(),
        environment={name: os.environ[name] for name in ("NO_COLOR",) if name in os.environ},
    )


def after(*keys: str) -> Steps:
    """Type the first of `keys`, then press the rest."""

    async def steps(pilot: Pilot[int]) -> None:
        await settle(pilot)
        if keys:
            await type_text(pilot, keys[0])
        await press(pilot, *keys[1:])

    return steps


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (WIDE, "garden-dark", ("one flat price for everyone\n",)),
        (WIDE, "garden-dark", ("/where seat price\n", "n")),
        (NARROW, "garden-light", ("/where seat price\n", "n")),
        (NARROW, "high-contrast", ("/where seat price\n", "n", "enter")),
        (WIDE, "garden-light", ("/status\n",)),
    ],
    ids=["answer", "map", "narrow-map", "narrow-reader", "status"],
)
def test_a_screen_looks_as_accepted(
    snap_compare: Compare, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    assert snap_compare(application(theme=theme), terminal_size=size, run_before=after(*keys))


def test_the_first_run_looks_as_accepted(snap_compare: Compare) -> None:
    assert snap_compare(application(is_new=True), terminal_size=NARROW, run_before=after())


def test_a_map_without_colour_looks_as_accepted(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    steps = after("/where seat price\n", "n")
    assert snap_compare(application(), terminal_size=WIDE, run_before=steps)

"""The application on a small garden, driven by a pilot."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.pilot import Pilot

from pmagent.tui.app import PmagentApp
from tests.tui.screen_text import settle
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory


class ManualClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds


Show = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture
def door() -> SmallDoor:
    return SmallDoor(SmallGarden())


@pytest.fixture
def desktop() -> SmallDesktop:
    return SmallDesktop()


@pytest.fixture
def memory() -> SmallMemory:
    return SmallMemory()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def _hours_of_nowhere(  # pyright: ignore[reportUnusedFunction]
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Times are shown on the person's clock: in tests it is everywhere the same."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def show(door: SmallDoor, desktop: SmallDesktop, memory: SmallMemory, clock: ManualClock) -> Show:
    """`async with show((80, 24)) as pilot`: the application, with its garden open."""

    @asynccontextmanager
    async def _show(
        size: tuple[int, int] = (120, 32),
        *,
        door: SmallDoor = door,
        environment: dict[str, str] | None = None,
    ) -> AsyncIterator[Pilot[int]]:
        app = PmagentApp(
            door,
            memory=memory,
            desktop=desktop,
            environment=environment or {"EDITOR": "vim"},
            clock=clock,
        )
        try:
            async with app.run_test(size=size) as pilot:
                await settle(pilot)
                yield pilot
        finally:
            app.desk.close()

    return _show

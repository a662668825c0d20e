"""The application on a small garden, driven by a pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.pilot import Pilot

from pmagent.tui.app import PmagentApp
from tests.tui.screen_text import settle
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory

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
def show(door: SmallDoor, desktop: SmallDesktop, memory: SmallMemory) -> Show:
    """`async with show((80, 24)) as pilot`: the application, with its garden open."""

    @asynccontextmanager
    async def _show(
        size: tuple[int, int] = (120, 32),
        *,
        door: SmallDoor = door,
        environment: dict[str, str] | None = None,
    ) -> AsyncIterator[Pilot[int]]:
        app = PmagentApp(
            door, memory=memory, desktop=desktop, environment=environment or {"EDITOR": "vim"}
        )
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            yield pilot
        app.desk.close()

    return _show

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from textual.app import App
from textual.message import Message

from pmagent.errors import IndexFaultError
from pmagent.tui.messages import Failed
from pmagent.tui.ports import GardenPort
from pmagent.tui.work import Desk
from tests.tui.small_garden import SmallGarden

WAIT_S = 5.0


class Told(Message):
    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word


class Listener(App[None]):
    """Keeps every word it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.garden = SmallGarden()
        self.words: list[str] = []

    def on_told(self, message: Told) -> None:
        self.words.append(message.word)

    def on_failed(self, message: Failed) -> None:
        self.words.append(f"{message.during}: {message.message}; {message.hint}")

    def open(self) -> None:
        self.desk.open(self, lambda: self.garden, lambda _: Told("open"))

    async def heard(self, number: int) -> list[str]:
        for _ in range(250):
            if len(self.words) >= number and self.desk.is_idle:
                return self.words
            await asyncio.sleep(0.02)
        raise AssertionError(f"heard only {self.words}")


def say(word: str) -> Callable[[GardenPort], Message]:
    return lambda _: Told(word)


async def test_calls_run_one_after_the_other_on_one_thread() -> None:
    app = Listener()
    threads: set[str] = set()

    def call(_: GardenPort) -> Message:
        threads.add(threading.current_thread().name)
        return Told("done")

    async with app.run_test():
        app.open()
        await app.heard(1)
        for number in range(5):
            app.desk.ask(app, f"group {number}", call)
        assert await app.heard(6) == ["open", *["done"] * 5]
    app.desk.close()
    assert threads == {"garden"}


async def test_a_newer_call_of_a_group_replaces_what_waits_and_drops_what_runs() -> None:
    app = Listener()
    is_running, may_end = threading.Event(), threading.Event()

    def slow(_: GardenPort) -> Message:
        is_running.set()
        may_end.wait(WAIT_S)
        return Told("stale")

    async with app.run_test():
        app.open()
        await app.heard(1)
        app.desk.ask(app, "map", slow)
        assert await asyncio.to_thread(is_running.wait, WAIT_S)
        app.desk.ask(app, "map", say("waits"))
        app.desk.ask(app, "map", say("latest"))
        app.desk.ask(app, "read", say("another group"))
        may_end.set()

        assert await app.heard(3) == ["open", "latest", "another group"]
    app.desk.close()


async def test_an_error_comes_back_as_a_sentence_and_the_desk_goes_on() -> None:
    app = Listener()

    def fail(_: GardenPort) -> Message:
        raise IndexFaultError("the index is damaged", "make it again")

    def break_down(_: GardenPort) -> Message:
        raise ZeroDivisionError("by nought")

    async with app.run_test():
        app.open()
        await app.heard(1)
        app.desk.ask(app, "ask", fail)
        app.desk.ask(app, "where", break_down)
        app.desk.ask(app, "read", say("well"))

        assert await app.heard(4) == [
            "open",
            "ask: the index is damaged; make it again",
            "where: pmagent broke: ZeroDivisionError: by nought; please report it",
            "well",
        ]
    app.desk.close()


async def test_closing_closes_the_garden_and_drops_what_waits() -> None:
    app = Listener()
    async with app.run_test():
        app.open()
        await app.heard(1)
        app.desk.close()
        app.desk.ask(app, "ask", say("too late"))

    assert app.garden.is_closed
    assert app.words == ["open"]


async def test_another_garden_takes_the_place_of_the_open_one() -> None:
    app = Listener()
    other = SmallGarden()
    async with app.run_test():
        app.open()
        await app.heard(1)
        app.desk.open(app, lambda: other, lambda _: Told("other"))
        await app.heard(2)
    assert (app.garden.is_closed, other.is_closed) == (True, False)
    app.desk.close()
    assert other.is_closed


async def test_what_is_asked_before_the_garden_begins_to_open_waits_for_it() -> None:
    app = Listener()
    async with app.run_test():
        app.desk.ask(app, "ask", say("asked"))
        app.desk.start(app, "run", say("run"))
        app.open()

        assert sorted(await app.heard(3)) == ["asked", "open", "run"]
    app.desk.close()


async def test_where_no_garden_will_be_opened_what_needs_one_fails_at_once() -> None:
    app = Listener()
    async with app.run_test():
        app.desk.ask(app, "early", say("early"))
        app.desk.expect_none()
        app.desk.start(app, "beside", say("beside"))

        words = await app.heard(2)

    assert [word.split(";")[0] for word in sorted(words)] == [
        "beside: no garden is open",
        "early: no garden is open",
    ]
    app.desk.close()

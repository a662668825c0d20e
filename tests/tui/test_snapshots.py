"""Whole screens, as a person has looked at and accepted them. Everything else asserts text."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from textual.pilot import Pilot

from pmagent.tui.app import PmagentApp
from pmagent.types import FileState, Progress
from pmagent.types.actions import Ask, Denied, ToolCall
from pmagent.types.turns import Said, ToolBegan, ToolEnded
from tests.publish import kits
from tests.tui.conftest import ManualClock
from tests.tui.screen_text import press, see, settle, type_text
from tests.tui.small_garden import TEXTS, SmallDesktop, SmallDoor, SmallGarden, SmallMemory
from tests.tui.small_jobs import DRAFT
from tests.tui.small_talk import FAST, read_done
from tests.tui.small_walls import AFTER, BEFORE, DENIED, ask_about, change, entries

Compare = Callable[..., bool]
Steps = Callable[[Pilot[int]], Awaitable[None]]

WIDE, NARROW = (120, 32), (80, 24)


def the_question() -> Ask:
    """An edit that another than the person asks for."""
    call = ToolCall(id="a41f", tool="Edit", input={}, by="agent/publisher",
                    why="the price moved to outcomes in episode 41")  # fmt: skip
    body = (
        '{\n "file_path": "notes/pricing.md",\n "new_string": "An outcome costs ninety dollars.",\n'
        ' "old_string": "A seat costs nine dollars."\n}'
    )
    return replace(
        ask_about("edit", call), id="a41f", title="EDIT notes/pricing.md", body=body,
        risk="changes 1 line; can be undone", changes=(change(),), grant="Edit(/notes/**)",
    )  # fmt: skip


def application(
    *,
    theme: str = "garden-dark",
    is_new: bool = False,
    clock: ManualClock | None = None,
    garden: SmallGarden | None = None,
) -> PmagentApp:
    memory = SmallMemory()
    memory.write("theme", [theme])
    garden = garden or SmallGarden()
    garden.files = (
        *garden.files,
        FileState(path="talks/broken.vtt", state="failed", reason="no cue has a time"),
        FileState(path="cover.png", state="skipped", reason="pictures are not read"),
    )
    garden.progress = Progress(
        stage="meaning", done=1, total=4, unit="passages", rate=72.0, left_s=180.0
    )
    for path, text in (("notes/pricing.md", BEFORE), ("drafts/ep-041.md", b"# Draft one\n")):
        garden.change(path, text)
    garden.change("notes/pricing.md", AFTER, tool="Edit")
    garden.trail = entries(412)
    garden.asks["edit the price"] = the_question()
    return PmagentApp(
        SmallDoor(garden, is_new=is_new),
        memory=memory,
        desktop=SmallDesktop(),
        clock=clock or ManualClock(),
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


def asked(clock: ManualClock, *keys: str) -> Steps:
    """Two questions, and the keys given to the card."""

    async def steps(pilot: Pilot[int]) -> None:
        await after("!edit the price\n")(pilot)
        await type_text(pilot, "!git push origin main\n")
        clock.pass_s(12)
        await press(pilot, "ctrl+g")
        clock.pass_s(1)
        await press(pilot, *keys)
        # The seconds on the card are told four times a second.
        await see(pilot, "· 13 s")

    return steps


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (WIDE, "garden-dark", ()),
        (NARROW, "garden-light", ()),
        (WIDE, "garden-light", ("d",)),
        (NARROW, "garden-dark", ("d",)),
    ],
    ids=["card", "narrow-card", "diff", "narrow-diff"],
)
def test_a_question_looks_as_accepted(
    snap_compare: Compare, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    clock = ManualClock()

    async def steps(pilot: Pilot[int]) -> None:
        await asked(clock)(pilot)
        await press(pilot, *keys)

    assert snap_compare(application(theme=theme, clock=clock), terminal_size=size, run_before=steps)


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (WIDE, "garden-dark", ("one flat price for everyone\n",)),
        (WIDE, "garden-dark", ("/where seat price\n", "n")),
        (NARROW, "garden-light", ("/where seat price\n", "n")),
        (NARROW, "high-contrast", ("/where seat price\n", "n", "enter")),
        (WIDE, "garden-light", ("/status\n",)),
        (WIDE, "garden-dark", ("/garden\n", "down")),
        (NARROW, "garden-light", ("/garden\n", "plus")),
        (WIDE, "garden-light", ("/audit\n", "down")),
        (NARROW, "garden-dark", ("/audit\n", "d")),
        (WIDE, "garden-dark", ("/undo\n", "end", "U")),
        (NARROW, "high-contrast", ("/undo\n",)),
    ],
    ids=[
        "answer",
        "map",
        "narrow-map",
        "narrow-reader",
        "status",
        "garden",
        "narrow-garden",
        "audit",
        "narrow-audit",
        "undo",
        "narrow-undo",
    ],
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


ANSWER = """## Where you stand

You moved from **seats** to *outcomes* [talks/ep-050-eating-our-words.md:2]; the note of November
is the turning point [notes/pricing-notebook.md:3].

| Year | Position |
|---|---|
| 2024 | by the seat |
| 2025 | one flat price |

1. Ask the five customers.
2. Write the promise in one sentence: `notes/pricing.md`.
"""


def talking(theme: str = "garden-dark") -> PmagentApp:
    """An application whose agent has answered, and knows two models that cost money."""
    garden = SmallGarden()
    app = application(theme=theme, garden=garden)
    talk = garden.talk
    talk.card, talk.cost = FAST, Decimal("0.43")
    talk.scripts["where do I stand?"] = [
        *read_done("c1", "notes/pricing-notebook.md"),
        ToolBegan(call_id="c2", tool="Read", subject="private/a.md"),
        ToolEnded(call_id="c2", tool="Read", outcome=Denied(decision=DENIED, by="rule"),
                  elapsed_s=0.01),
        Said(text=ANSWER),
    ]  # fmt: skip
    return app


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (WIDE, "garden-dark", ("where do I stand?\n",)),
        (NARROW, "garden-light", ("/model\n",)),
        (NARROW, "garden-dark", ("/context\n",)),
        (NARROW, "high-contrast", ("/st",)),
    ],
    ids=["turn", "narrow-model", "narrow-context", "narrow-commands"],
)
def test_a_turn_looks_as_accepted(
    snap_compare: Compare, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    assert snap_compare(talking(theme), terminal_size=size, run_before=after(*keys))


KIT = "/kit ep-12\n"
CHECK = f"/check {DRAFT}\n"


@pytest.mark.parametrize(
    ("size", "theme", "keys"),
    [
        (WIDE, "garden-dark", (KIT, "down", "down")),
        (NARROW, "garden-light", (KIT, "down", "m")),
        (WIDE, "garden-dark", (CHECK, "n")),
        (NARROW, "garden-light", (CHECK, "n")),
    ],
    ids=["kit", "narrow-kit", "check", "narrow-check"],
)
def test_a_job_looks_as_accepted(
    snap_compare: Compare, size: tuple[int, int], theme: str, keys: tuple[str, ...]
) -> None:
    garden = SmallGarden({**TEXTS, kits.PATH: ("2031-03-04", kits.source())})
    app = application(theme=theme, garden=garden)
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))

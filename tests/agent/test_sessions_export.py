"""A session as one text reads well and leaks nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from pmagent.agent.session_store import SessionStore
from pmagent.types.sessions import Asked, Ended, Stepped
from pmagent.types.talk import Message, Text, ToolUse
from tests.agent.test_sessions import Clock, ask, opened, says, talk

EXPECTED = """\
# Pricing

- 2 turns, 2026-11-20 10:00 UTC to 2026-11-20 10:00 UTC
- Session {id}
- Typed and not sent: and then

## 1. What did Ana say? # no heading

**You**, 2026-11-20 10:00 UTC:

> What did Ana say?
> # no heading

**pmagent** (deep):

Pricing is a promise [notes/pricing.md:4] and so it stays [ep-41.vtt 00:14:03].

- Used: Read notes/pricing.md
- Undo points: `c1`, `c2`

## 2. And Tom?

**You**, 2026-11-20 10:00 UTC:

> And Tom?

**pmagent** (offline):

Tom thinks th

*Cut off: the program was ended here.*

## Sources

- notes/pricing.md:4
- ep-41.vtt 00:14:03

## Notes of this session

- Ana is the CFO (notes/a.md:3)
"""


def fill(store: SessionStore) -> str:
    typed = "What did Ana say?\n# no heading"
    use = ToolUse(id="u", tool="Read", input={"path": "notes/pricing.md"})
    shown = "Pricing is a promise [notes/pricing.md:4] and so it stays [ep-41.vtt 00:14:03]."
    with store.create() as session:
        session.append(Asked(turn="t1", typed=typed, message=says("user", typed), model="deep"))
        session.append(Stepped(turn="t1", message=Message(role="assistant", parts=(use,))))
        session.append(Stepped(turn="t1", message=says("assistant", shown)))
        session.append(
            Ended(
                turn="t1",
                reason="done",
                cost_usd=Decimal("0.01"),
                checkpoints=("c1", "c2"),
                shown=shown,
            )
        )
        session.rename("Pricing")
        talk(session, "t2", "gone back on", "never mind")
        session.rewind("t2")
        ask(session, "t3", "And Tom?")
        session.keep_partial("t3", "Tom thinks th")
        session.jot("Ana is the CFO", source="notes/a.md:3")
        session.keep_draft("and then")
        return session.id


def test_the_markdown_says_who_said_what_and_what_it_rests_on(tmp_path: Path) -> None:
    with opened(tmp_path, Clock()) as store:
        session = fill(store)

        assert store.export(session, "markdown") == EXPECTED.format(id=session)


def test_the_json_holds_every_record_also_of_what_was_gone_back_on(tmp_path: Path) -> None:
    with opened(tmp_path, Clock()) as store:
        whole = json.loads(store.export(fill(store), "json"))

    assert whole["schema"] == "pmagent.session/1"
    assert [turn["reason"] for turn in whole["turns"]] == ["done", "killed"]
    assert [record["kind"] for record in whole["records"]] == [
        "asked", "stepped", "stepped", "ended", "renamed", "asked", "stepped", "ended", "rewound",
        "asked",
    ]  # fmt: skip


def test_nothing_in_an_export_can_steer_a_terminal(tmp_path: Path) -> None:
    with opened(tmp_path, Clock()) as store:
        with store.create() as session:
            talk(session, "t1", "a \x1b[2J b", "c \x9b31m\u202e d")
            session.append(
                Stepped(
                    turn="t1", message=Message(role="assistant", parts=(Text(text="\x1b]0;x\x07"),))
                )
            )
        for form in ("markdown", "json"):
            text = store.export(session.id, form)
            assert not set(text) & set("\x1b\x9b\u202e\x07")

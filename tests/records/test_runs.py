"""Runs on record: what is written is read back, and what has ended stays so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pmagent.records.leases import LockLeases
from pmagent.records.runs import RunRecords, canonical
from pmagent.records.tables import Tables
from pmagent.types.runs import Run, Spent, StepRow

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[RunRecords]:
    tables = Tables(tmp_path)
    yield RunRecords(tables)
    tables.close()


def a_run(run_id: str = "r1", **changes: Any) -> Run:
    run = Run(
        id=run_id, command="job", text="text", digest="d", arguments={"t": "ä", "n": None},
        began=AT, clock=AT, key="ep-1",
    )  # fmt: skip
    return replace(run, **changes)


def a_row(seq: int, address: str = "") -> StepRow:
    return StepRow(
        run="r1", seq=seq, address=address or str(seq), path="1", verb="Set", status="done",
        name="x", value={"text": "é" * 5_000, "n": 0.1, "none": None}, maker="model",
        detail="so", at=AT, assumptions=("a",),
        spent=Spent(steps=1, tokens=3, usd=Decimal("0.0100"), effects=0, ms=7),
    )  # fmt: skip


def test_a_run_and_its_rows_are_read_back_as_they_were_written(records: RunRecords) -> None:
    run = a_run(
        notes=("one", "two"), result={"a": [1, 2.5, None]}, state="waiting", waits_for="time",
        wakes=AT + timedelta(hours=1), spent=Spent(usd=None, tokens=4), autonomy="canary",
        origin="sim", parent="r0", parent_address="7[2].3",
    )  # fmt: skip
    records.add(run, {"names": {"site": "folder"}})
    records.append(a_row(1), run)

    assert records.get("r1") == run
    assert records.steps("r1") == (a_row(1),)
    assert records.terms("r1") == {"names": {"site": "folder"}}
    assert records.child_at("r0", "7[2].3") == run
    assert records.get("r2") is None


def test_a_step_is_on_record_once(records: RunRecords) -> None:
    records.add(a_run(), {})
    records.append(a_row(1), a_run())

    with pytest.raises(Exception, match="UNIQUE"):
        records.append(a_row(2, "1"), a_run(notes=("lost",)))

    assert records.get("r1") == a_run()
    assert len(records.steps("r1")) == 1


def test_a_run_that_has_ended_is_not_changed_and_its_last_step_is_kept(
    records: RunRecords,
) -> None:
    records.add(a_run(), {})
    ended = a_run(state="cancelled", reason="by me", ended=AT)
    assert records.change(ended)

    assert not records.change(a_run(state="running"))
    assert not records.append(a_row(1), a_run(), (a_run("r2"), {}))

    assert records.get("r1") == ended
    assert records.get("r2") is None
    assert len(records.steps("r1")) == 1


def test_marks_are_told_apart_from_steps(records: RunRecords) -> None:
    records.add(a_run(), {})
    records.append(a_row(1, "9~until"), a_run())
    records.append(a_row(2, "9"), a_run())

    assert [row.address for row in records.steps("r1")] == ["9"]
    assert [row.address for row in records.steps("r1", has_marks=True)] == ["9~until", "9"]


def test_runs_are_listed_newest_first_by_command_and_state(records: RunRecords) -> None:
    for number, state in enumerate(("done", "waiting", "failed"), start=1):
        records.add(a_run(f"r{number}", state=state, began=AT + timedelta(minutes=number)), {})
    records.add(a_run("r4", command="other"), {})

    assert [run.id for run in records.list(command="job")] == ["r3", "r2", "r1"]
    assert [run.id for run in records.list(states=["waiting", "failed"])] == ["r3", "r2"]
    assert [run.id for run in records.list(1)] == ["r3"]


def test_one_holder_at_a_time_and_the_dead_hold_nothing(
    records: RunRecords, tmp_path: Path
) -> None:
    one, two = LockLeases(tmp_path, "one"), LockLeases(tmp_path, "two")
    records.add(a_run(), {})

    assert records.lease("r1", one.me, two.is_alive)
    assert not records.lease("r1", two.me, two.is_alive)
    records.free("r1", two.me)
    assert records.holder_of("r1") == "one"

    one.close()
    assert records.lease("r1", two.me, two.is_alive)
    assert not (tmp_path / "holders" / "one.lock").exists()
    assert not records.lease("nobody", two.me, two.is_alive)
    two.close()


def test_equal_values_have_one_text() -> None:
    assert canonical({"b": [1, 2], "a": "é"}) == canonical({"a": "é", "b": (1, 2)})
    with pytest.raises(ValueError, match="range"):
        canonical(float("inf"))

"""`pmagent outbox` as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pmagent.cli import codes
from pmagent.cli.outbox_command import dropped, listed, ran, shown, tell
from pmagent.cli.output import Output
from tests.outbox.desk import Desk
from tests.outbox.site import wish_of

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """One that is done, one that waits, one that is dead."""
    made = Desk(tmp_path)
    made.script("", "503", "422")
    for number in range(3):
        made.outbox.send(wish_of(number))
        made.clock.pass_s(0.001)
    yield made
    made.close()


def test_the_list_has_what_waits_and_what_died_each_with_its_cause(
    desk: Desk, capsys: Capture
) -> None:
    code = listed(desk.outbox, Output(name="outbox"), is_all=False)

    out, err = capsys.readouterr()
    waiting, dead = out.splitlines()
    key = desk.outbox.dead()[0].key
    assert code == codes.OK
    assert "queued  site.post  talks/ep-0001.md  next try" in waiting
    assert waiting.endswith("the site is busy (503)")
    assert dead == f"{key[:8]}  dead    site.post  talks/ep-0002.md  the title is too long"
    assert err == f"{key[:8]}: shorten the title\n"


def test_the_list_as_json_has_depth_and_circuits(desk: Desk, capsys: Capture) -> None:
    listed(desk.outbox, Output(name="outbox", as_json=True), is_all=True)

    whole = json.loads(capsys.readouterr().out)
    assert whole["schema"] == "pmagent.outbox/1"
    assert [effect["state"] for effect in whole["data"]["effects"]] == ["done", "queued", "dead"]
    assert whole["data"]["depth"] == {"dead": 1, "done": 1, "queued": 1}
    assert whole["data"]["circuits"] == [
        {"name": "site", "target": "https://site.example", "state": "closed", "until": None,
         "reason": ""},
    ]  # fmt: skip


def test_one_is_shown_whole_or_as_curl_without_its_secret(desk: Desk, capsys: Capture) -> None:
    key = desk.outbox.dead()[0].key[:8]

    shown(desk.outbox, Output(name="show"), key, as_curl=False)
    whole = capsys.readouterr().out
    shown(desk.outbox, Output(name="show"), key, as_curl=True)
    request = capsys.readouterr().out

    assert "cause  the title is too long" in whole
    assert "to do  shorten the title" in whole
    assert '"title": "Episode 2"' in whole
    assert request.startswith("curl -X POST")
    assert "eyJ" not in request


def test_run_sends_what_is_due_and_ends_with_eight_where_some_still_waits(
    desk: Desk, capsys: Capture
) -> None:
    early = ran(desk.outbox, Output(name="run"), 10)
    desk.clock.pass_s(10)
    desk.script("503")
    busy = ran(desk.outbox, Output(name="run"), 10)
    desk.clock.pass_s(20)
    sent = ran(desk.outbox, Output(name="run"), 10)

    out, err = capsys.readouterr()
    assert (early, busy, sent) == (codes.OK, codes.PARTIAL, codes.OK)
    assert "nothing is due" in err
    assert out.splitlines()[-1].endswith("https://site.example/2")


def test_a_retry_and_a_drop_say_how_it_ended(desk: Desk, capsys: Capture) -> None:
    key = desk.outbox.dead()[0].key
    desk.script("422")

    refused = tell((desk.outbox.retry(key),), Output(name="retry"))
    dropped_code = dropped(desk.outbox, Output(name="drop"), key)

    out, err = capsys.readouterr()
    assert (refused, dropped_code) == (codes.PROVIDER, codes.OK)
    assert "the title is too long" in out
    assert f'"{key}" is dropped; it is never sent' in err
    assert desk.outbox.get(key).state == "cancelled"


def test_what_a_site_says_cannot_paint_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    desk = Desk(tmp_path)
    painted = "\x1b[2Jgone"
    desk.outbox.send(replace(wish_of(1, title=painted), business_key=painted))
    desk.script("painted")
    desk.outbox.send(wish_of(2))

    listed(desk.outbox, Output(name="outbox"), is_all=True)
    shown(desk.outbox, Output(name="show"), desk.outbox.listed()[0].key, as_curl=False)
    desk.close()

    assert "\x1b" not in capsys.readouterr().out

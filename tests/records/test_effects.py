"""What is written to the outbox's rows is what is read from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmagent.records.breakers import Breaker, Breakers
from pmagent.records.effects import Effects
from pmagent.records.tables import Tables
from pmagent.types.outbox import Effect, Receipt

AT = datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC)
WHOLE = Effect(
    key="0" * 20, kind="site.post", target="https://site.example", business_key="ep-1.md",
    payload={"title": "Ünï\u2028", "tags": ["a", None, {"n": 1.5}]}, digest="d", state="dead",
    made=AT, changed=AT, run="r", address="7", attempts=3, next_at=AT + timedelta(seconds=1),
    receipt=Receipt(id="1", url="u", revision="2", data={"status": "draft"}, matches=2),
    leased_until=AT, leased_by="me", error="e", hint="h", cause="collision",
    sent={"title": "before"}, theirs={"title": "other"}, is_doubtful=True,
)  # fmt: skip


def test_an_effect_is_read_back_whole_by_another_process(tmp_path: Path) -> None:
    Effects(Tables(tmp_path)).put(WHOLE)

    assert Effects(Tables(tmp_path)).get(WHOLE.key) == WHOLE


def test_what_is_due_comes_the_longest_waiting_first_and_for_these_publishers_only(
    tmp_path: Path,
) -> None:
    effects = Effects(Tables(tmp_path))
    queued = replace(WHOLE, state="queued", leased_until=None)
    for key, effect in {
        "later": replace(queued, next_at=AT),
        "sooner": replace(queued, next_at=AT - timedelta(hours=1)),
        "not yet": replace(queued, next_at=AT + timedelta(seconds=1)),
        "crashed": replace(WHOLE, state="sending", leased_until=AT - timedelta(minutes=1)),
        "sending": replace(WHOLE, state="sending", leased_until=AT + timedelta(minutes=1)),
        "doubtful": replace(queued, next_at=AT, leased_until=AT + timedelta(minutes=1)),
        "elsewhere": replace(queued, kind="sitemap.post", next_at=AT),
        "done": replace(queued, state="done", next_at=None),
    }.items():
        effects.put(replace(effect, key=key))

    assert effects.due(AT, ["site"], 10) == ("sooner", "crashed", "later")
    assert effects.due(AT, ["site"], 2) == ("sooner", "crashed")
    assert effects.next_at("sitemap") == AT


def test_a_breaker_is_read_back_whole(tmp_path: Path) -> None:
    whole = Breaker(
        name="site", state="half-open", fails=4, successes=1, opened=AT, probe_until=AT,
        is_latched=True, credential="c", reason="r",
    )  # fmt: skip
    Breakers(Tables(tmp_path)).put(whole)

    assert Breakers(Tables(tmp_path)).get("site") == whole
    assert Breakers(Tables(tmp_path)).get("other") == Breaker(name="other")
    assert Breakers(Tables(tmp_path)).listed() == (whole,)

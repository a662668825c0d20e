from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pmagent.jobs.waivers import Waivers
from pmagent.types.checking import Waiver

AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


def test_a_persons_word_is_kept_for_its_claim_and_its_draft_alone(tmp_path: Path) -> None:
    word = Waiver(claim="It sank.", by="Ina", at=AT, note="I was there")
    Waivers(tmp_path).add("drafts/post.md", word)

    assert Waivers(tmp_path).of("drafts/post.md") == (word,)
    assert Waivers(tmp_path).of("drafts/other.md") == ()


def test_a_word_can_be_taken_back(tmp_path: Path) -> None:
    waivers = Waivers(tmp_path)
    waivers.add("drafts/post.md", Waiver(claim="It sank.", by="Ina", at=AT))
    waivers.remove("drafts/post.md", "It sank.")

    assert waivers.of("drafts/post.md") == ()


def test_nothing_is_on_record_where_nobody_has_said_anything(tmp_path: Path) -> None:
    assert Waivers(tmp_path / "nowhere").of("drafts/post.md") == ()

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pmagent.sandbox import landlock
from pmagent.sandbox.tiers import CACHE_NAME, SWITCH, find_tier

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")


@linux
def test_the_strongest_tier_is_found_and_said(tmp_path: Path) -> None:
    report = find_tier(tmp_path / "cache")

    assert report.tier in {"A", "B", "D"}
    assert report.says
    assert report.fix or report.tier == "A"


@linux
def test_what_was_found_is_remembered_for_this_kernel(tmp_path: Path) -> None:
    if find_tier(force="A").tier != "A":
        pytest.skip("bubblewrap does not work here")

    first = find_tier(tmp_path)
    remembered = json.loads((tmp_path / CACHE_NAME).read_bytes())

    assert find_tier(tmp_path) == first
    assert remembered["works"] is True


@linux
@pytest.mark.parametrize("damage", ["", "[]", '{"id": 1}', '{"id": "other", "works": true}'])
def test_a_damaged_or_foreign_memory_is_not_believed(tmp_path: Path, damage: str) -> None:
    expected = find_tier()
    (tmp_path / CACHE_NAME).write_text(damage, encoding="utf-8")

    assert find_tier(tmp_path) == expected


def test_running_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "D")

    assert find_tier().tier == "D"
    assert find_tier(force="A").tier == "D"
    assert SWITCH in find_tier().says


@linux
@pytest.mark.parametrize("value", ["A", "B", "C", "", "off"])
def test_no_tier_can_be_claimed(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    expected = find_tier()
    monkeypatch.setenv(SWITCH, value)

    assert find_tier() == expected


@linux
def test_a_tier_that_is_asked_for_and_not_there_is_none_and_not_a_weaker_one() -> None:
    assert find_tier(force="C").tier == "D"
    assert find_tier(force="A").tier in {"A", "D"}
    assert find_tier(force="D").tier == "D"


@linux
def test_landlock_is_asked_of_the_kernel_each_time() -> None:
    assert find_tier(force="B").landlock == landlock.find_abi()

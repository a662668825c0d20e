from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmagent.errors import RuleFaultError
from pmagent.permissions.grants import (
    Grant,
    Trust,
    TrustedFile,
    expire,
    read_trust,
    with_digest,
    with_grant,
    with_level,
    with_use,
    without_digest,
    without_grant,
    write_trust,
)
from pmagent.types.actions import TrustLevel

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DIGEST = "ab" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "trust.json"


def everything() -> Trust:
    trust = with_level(Trust(), TrustLevel.EDIT)
    trust = with_grant(trust, "Edit(/notes/**)", now=NOW, lasting="week")
    trust = with_grant(trust, "Bash(npm test *)", now=NOW, lasting="session", session="s1")
    trust = with_grant(trust, "WebFetch(domain:docs.test)", now=NOW, lasting="always")
    return with_digest(trust, ".claude/settings.json", DIGEST, now=NOW)


def test_what_was_granted_is_there_again(path: Path) -> None:
    write_trust(path, everything())

    assert read_trust(path) == everything()


def test_the_file_and_its_folder_are_for_their_owner_alone(path: Path) -> None:
    write_trust(path, everything())

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["trust.json"]


def test_without_a_file_nothing_is_granted(path: Path) -> None:
    assert read_trust(path) == Trust()


DAMAGED = {
    "cut": '{"format": 1, "level": 3, "gra',
    "empty": "",
    "a later format": '{"format": 2, "level": 3}',
    "no format": '{"level": 3}',
    "an unknown key": '{"format": 1, "level": 3, "more": 1}',
    "a level too high": '{"format": 1, "level": 9}',
    "a time without a zone": (
        '{"format": 1, "level": 3,'
        ' "grants": [{"rule": "Bash", "granted_at": "2026-03-01T12:00:00"}]}'
    ),
    "a digest that is none": (
        '{"format": 1, "level": 3,'
        ' "files": [{"what": "x", "sha256": "", "at": "2026-03-01T12:00:00Z"}]}'
    ),
    "a list": "[]",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_grants_nothing_and_says_so(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)

    trust = read_trust(path)

    assert trust == Trust(problem=trust.problem)
    assert str(path) in trust.problem


def test_a_file_that_others_can_write_or_that_is_a_link_grants_nothing(path: Path) -> None:
    write_trust(path, everything())
    path.chmod(0o666)
    assert "others" in read_trust(path).problem

    path.chmod(0o600)
    moved = path.rename(path.with_name("moved.json"))
    path.symlink_to(moved)
    assert read_trust(path).level == TrustLevel.LOOK
    assert read_trust(path).problem

    path.unlink()
    os.mkfifo(path, 0o600)
    assert read_trust(path).problem


def test_a_grant_holds_as_long_as_it_was_given_for() -> None:
    trust = everything()

    def held(now: datetime, session: str = "") -> list[str]:
        return [str(rule) for rule in trust.rules(now=now, session=session)]

    assert held(NOW) == ["Edit(/notes/**)", "WebFetch(domain:docs.test)"]
    assert "Bash(npm test *)" in held(NOW, "s1")
    assert "Bash(npm test *)" not in held(NOW, "s2")
    assert "Edit(/notes/**)" in held(NOW + timedelta(days=6, hours=23))
    assert held(NOW + timedelta(days=7)) == ["WebFetch(domain:docs.test)"]
    assert held(NOW - timedelta(days=400)) == ["WebFetch(domain:docs.test)"]


def test_granted_rules_allow_and_stand_in_a_layer_of_their_own() -> None:
    rules = everything().rules(now=NOW, session="s1")

    assert {rule.effect for rule in rules} == {"allow"}
    assert [rule.layer for rule in rules] == ["grant", "session", "grant"]


def test_what_has_run_out_is_dropped() -> None:
    later = expire(everything(), now=NOW + timedelta(days=8), sessions=["s2"])

    assert [grant.rule for grant in later.grants] == ["WebFetch(domain:docs.test)"]
    assert later.files == everything().files


def test_the_same_grant_again_is_renewed_and_keeps_its_uses() -> None:
    used = with_use(everything(), "Edit(/notes/**)", now=NOW)
    again = with_grant(used, "Edit(/notes/**)", now=NOW + timedelta(days=5), lasting="week")

    [grant] = [grant for grant in again.grants if grant.rule == "Edit(/notes/**)"]

    assert grant == Grant(
        rule="Edit(/notes/**)",
        granted_at=NOW + timedelta(days=5),
        expires_at=NOW + timedelta(days=12),
        uses=1,
        last_used=NOW,
    )


def test_a_grant_can_be_taken_back() -> None:
    left = without_grant(everything(), "Edit(/notes/**)").grants

    assert [grant.rule for grant in left] == ["Bash(npm test *)", "WebFetch(domain:docs.test)"]


def test_a_grant_without_meaning_is_refused() -> None:
    with pytest.raises(RuleFaultError):
        with_grant(Trust(), "Edit(notes/[)", now=NOW, lasting="always")
    with pytest.raises(ValueError, match="time zone"):
        with_grant(Trust(), "Edit(x)", now=NOW.replace(tzinfo=None), lasting="always")
    with pytest.raises(ValueError, match="session"):
        with_grant(Trust(), "Edit(x)", now=NOW, lasting="session")


def test_a_file_is_trusted_by_its_bytes_and_only_its_latest() -> None:
    trust = with_digest(everything(), ".claude/settings.json", "cd" * 32, now=NOW)

    assert trust.is_trusted("cd" * 32)
    assert not trust.is_trusted(DIGEST)
    assert trust.files == (TrustedFile(what=".claude/settings.json", sha256="cd" * 32, at=NOW),)
    assert not without_digest(trust, ".claude/settings.json").is_trusted("cd" * 32)


def test_times_are_kept_as_moments_wherever_they_were_given(path: Path) -> None:
    there = NOW.astimezone(datetime.fromisoformat("2026-03-01T12:00:00+05:30").tzinfo)
    write_trust(path, with_grant(Trust(), "Bash", now=there, lasting="week"))

    [grant] = json.loads(path.read_text(encoding="utf-8"))["grants"]

    assert grant["granted_at"] == "2026-03-01T12:00:00Z"
    assert read_trust(path).grants[0].granted_at == NOW


def test_a_rule_that_lost_its_meaning_is_left_out() -> None:
    odd = Trust(grants=(Grant(rule="Edit([", granted_at=NOW), Grant(rule="Bash", granted_at=NOW)))

    assert [str(rule) for rule in odd.rules(now=NOW)] == ["Bash"]

"""The pure parts: what is kept of an output, the profile of macOS, the variables of a child."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pmagent.sandbox.child import needed_environment
from pmagent.sandbox.confinement import Confinement
from pmagent.sandbox.output import HeadAndTail
from pmagent.sandbox.seatbelt import seatbelt_profile

SECRETS = (
    "ANTHROPIC_API_KEY", "TRELLO_TOKEN", "GHOST_ADMIN_API_KEY", "MY_PASSWORD", "HF_TOKEN",
    "AWS_SECRET_ACCESS_KEY", "PMAGENT_GHOST_KEY", "PMAGENT_TRELLO_TOKEN", "XDG_SECRET",
    "PMAGENT_API_KEYS", "LC_PASSWORD", "pmagent_token", "SSH_AUTH_SOCK", "GITHUB_PAT",
)  # fmt: skip


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(2, 60))
def test_what_is_kept_is_the_whole_or_both_ends(parts: list[bytes], limit: int) -> None:
    kept = HeadAndTail(limit)
    for part in parts:
        kept.put(part)
    whole = b"".join(parts)
    half = limit // 2

    assert kept.was_cut == (len(whole) > 2 * half)
    if not kept.was_cut:
        assert kept.text() == whole.decode("utf-8", "replace")
    else:
        head, said, tail = kept.text().split("\n[…", 1)[0], kept.text(), kept.text()
        assert head == whole[:half].decode("utf-8", "replace")
        assert tail.endswith(whole[-half:].decode("utf-8", "replace"))
        assert f"{len(whole) - 2 * half:,} bytes left out" in said


def test_a_child_gets_no_key_and_what_it_needs() -> None:
    kept = {
        "PATH": "/bin", "HOME": "/h", "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "TMPDIR": "/t",
        "PMAGENT_HOME": "/p", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false", "XDG_CACHE_HOME": "/c", "TERM": "dumb",
    }  # fmt: skip

    given_all = {**kept, **dict.fromkeys(SECRETS, "canary"), "RANDOM_VARIABLE": "x"}

    assert needed_environment(given_all) == kept


def confined(**paths: tuple[Path, ...]) -> Confinement:
    return Confinement(folder=Path("/g"), environment={}, timeout_s=1, **paths)  # pyright: ignore[reportArgumentType]


def test_the_profile_of_macos_denies_by_default_and_has_no_network() -> None:
    lines = seatbelt_profile(confined()).splitlines()

    assert lines[:3] == ["(version 1)", "(deny default)", "(deny network*)"]
    assert not [line for line in lines if line.startswith("(allow") and "network" in line]
    assert not [line for line in lines if line.startswith("(allow") and "mach" in line]


def test_the_profile_of_macos_takes_back_what_is_protected_and_hidden_last() -> None:
    lines = seatbelt_profile(
        confined(writable=(Path("/g"),), read_only=(Path("/g/x/.git"),), hidden=(Path("/g/p"),))
    ).splitlines()

    written = lines.index('(allow file-read* file-write* process-exec (subpath "/g"))')
    assert lines.index('(deny file-write* (subpath "/g/x/.git"))') > written
    assert lines.index('(deny file-read* file-write* process-exec (subpath "/g/p"))') > written
    assert '(deny file-write-unlink (literal "/g/x"))' in lines


def test_a_name_adds_no_rule_to_the_profile_of_macos() -> None:
    name = '/g/x"))(allow network*)(allow file-read* (subpath "/'

    lines = seatbelt_profile(confined(readable=(Path(name), Path("/g/a\nb"), Path("/g/a\\"))))

    assert '"))(allow network*)' not in lines.replace('\\"', "")
    assert '(subpath "/g/a\\nb")' in lines
    assert '(subpath "/g/a\\\\")' in lines

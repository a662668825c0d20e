from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pmagent.paths import Homes
from pmagent.permissions.book import RuleBook
from pmagent.permissions.layers import MAX_SETTINGS_BYTES, read_rules
from pmagent.permissions.policy import Policy
from tests.permissions.small_book import edit, read


class Folders:
    """A garden, a home and a place for managed settings, all below one folder."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.home, self.garden = base / "home", base / "home/garden"
        self.config, self.managed = base / "config", base / "managed.json"
        for folder in (self.garden, self.config):
            folder.mkdir(parents=True)

    def write(self, path: str, settings: object) -> Path:
        file = self.base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = settings if isinstance(settings, str) else json.dumps(settings, indent=2)
        file.write_text(text, encoding="utf-8")
        return file

    def read(
        self,
        is_trusted: Callable[[str], bool] = lambda _: False,
        environment: dict[str, str] | None = None,
    ) -> RuleBook:
        homes = Homes(data=self.base / "data", config=self.config, cache=self.base / "cache")
        return read_rules(
            self.garden,
            homes,
            user_home=self.home,
            is_trusted=is_trusted,
            managed=(self.managed,),
            environment=environment or {},
        )

    def policy(self, is_trusted: Callable[[str], bool] = lambda _: False) -> Policy:
        book = self.read(is_trusted)
        return Policy(book, root=self.garden, home=self.home, mode=book.mode)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def permissions(**sections: object) -> dict[str, object]:
    return {"permissions": sections}


PLACES = {
    "managed.json": "managed",
    "config/settings.json": "user",
    "home/.claude/settings.json": "user",
    "home/garden/.pmagent/settings.json": "project",
    "home/garden/.claude/settings.json": "project",
    "home/garden/.pmagent/settings.local.json": "local",
    "home/garden/.claude/settings.local.json": "local",
}


@pytest.mark.parametrize(("path", "layer"), PLACES.items())
def test_a_deny_rule_counts_wherever_it_stands(folders: Folders, path: str, layer: str) -> None:
    folders.write(path, permissions(deny=["Read(private/**)"]))

    [rule] = folders.read().rules

    assert (rule.effect, str(rule), rule.layer) == ("deny", "Read(private/**)", layer)
    assert folders.policy().decide(read("private/k.md")).effect == "deny"


def test_all_layers_are_read_together(folders: Folders) -> None:
    for number, path in enumerate(PLACES):
        folders.write(path, permissions(deny=[f"Read(x{number}/**)"]))

    assert len(folders.read().rules) == len(PLACES)


def test_without_files_there_are_no_rules(folders: Folders) -> None:
    assert folders.read() == RuleBook()


def test_a_rule_knows_its_file_and_its_line(folders: Folders) -> None:
    text = '{\r\n "permissions": {\r\n  "deny": [\r\n   "Bash(x)",\r\n   "Read(y)"\r\n]}}'
    folders.write("home/.claude/settings.json", text)
    folders.write("home/garden/.claude/settings.json", '{"permissions":{"ask":["Edit"]}}')

    sources = [str(rule.source) for rule in folders.read().rules]

    assert sources == [
        "~/.claude/settings.json:4",
        "~/.claude/settings.json:5",
        ".claude/settings.json:1",
    ]


def test_a_folder_that_is_not_trusted_only_narrows(folders: Folders) -> None:
    file = folders.write(
        "home/garden/.claude/settings.json",
        permissions(
            allow=["Edit(**)"],
            deny=["Read(private/**)"],
            ask=["Bash"],
            additionalDirectories=["/srv/team"],
            defaultMode="bypassPermissions",
        )
        | {"hooks": {"Stop": []}},
    )

    before = folders.read()
    after = folders.read(lambda digest: digest == hashlib.sha256(file.read_bytes()).hexdigest())

    assert [rule.effect for rule in before.rules] == ["deny", "ask"]
    assert (before.mode, before.additional_directories) == ("default", ())
    assert [(str(source)) for source in before.untrusted] == [".claude/settings.json:4"]
    assert [section.is_trusted for section in before.settings.values()] == [False]
    assert [rule.effect for rule in after.rules] == ["deny", "ask", "allow"]
    assert (after.mode, after.additional_directories) == ("bypassPermissions", (Path("/srv/team"),))
    assert after.untrusted == ()
    assert [section.is_trusted for section in after.settings.values()] == [True]


def test_a_changed_byte_takes_the_trust_away(folders: Folders) -> None:
    file = folders.write("home/garden/.claude/settings.json", permissions(allow=["Edit(**)"]))
    trusted = hashlib.sha256(file.read_bytes()).hexdigest()
    assert folders.policy(lambda d: d == trusted).decide(edit("a.md")).effect == "allow"

    file.write_bytes(file.read_bytes() + b"\n")

    assert folders.policy(lambda d: d == trusted).decide(edit("a.md")).effect == "ask"


@pytest.mark.parametrize(
    "path", ["home/garden/.claude/settings.local.json", "home/garden/.pmagent/settings.json"]
)
def test_the_private_file_of_a_folder_is_no_more_trusted_than_the_shared_one(
    folders: Folders, path: str
) -> None:
    folders.write(path, permissions(allow=["Edit(**)"]))

    assert folders.policy().decide(edit("a.md")).effect == "ask"


def test_a_person_s_own_and_managed_files_are_trusted(folders: Folders) -> None:
    folders.write("home/.claude/settings.json", permissions(allow=["Edit(//**)"]))
    folders.write(
        "managed.json", permissions(additionalDirectories=["~/other", "sub", "/srv/x/.."])
    )

    book = folders.read()

    assert folders.policy().decide(edit("a.md")).effect == "allow"
    assert book.additional_directories == (
        folders.home / "other", folders.garden / "sub", Path("/srv")
    )  # fmt: skip


def test_a_deny_of_the_person_beats_an_allow_of_a_trusted_folder(folders: Folders) -> None:
    folders.write("config/settings.json", permissions(deny=["Edit(notes/**)"]))
    folders.write("home/garden/.claude/settings.json", permissions(allow=["Edit(notes/**)"]))

    assert folders.policy(lambda _: True).decide(edit("notes/a.md")).effect == "deny"


def test_the_home_of_claude_code_can_be_moved(folders: Folders) -> None:
    folders.write("moved/settings.json", permissions(deny=["Read(x)"]))
    folders.write("home/.claude/settings.json", permissions(deny=["Read(y)"]))

    book = folders.read(environment={"CLAUDE_CONFIG_DIR": str(folders.base / "moved")})

    assert [str(rule) for rule in book.rules] == ["Read(x)"]


BAD = {
    "not json": "{",
    "comment": '{"permissions": {} // x\n}',
    "trailing comma": '{"permissions": {"deny": ["Read(x)",]}}',
    "a list": "[]",
    "permissions no object": '{"permissions": []}',
    "deny no list": '{"permissions": {"deny": "Read(x)"}}',
    "a number for a rule": '{"permissions": {"deny": [3]}}',
    "a rule without meaning": '{"permissions": {"deny": ["Read(private/["]}}',
    "an allow without meaning": '{"permissions": {"allow": ["Read(private/[)"]}}',
    "a mode that is a number": '{"permissions": {"defaultMode": 3}}',
    "a key twice": '{"permissions": {"deny": ["Read(x)"], "deny": []}}',
    "permissions twice": '{"permissions": {"deny": ["Read(x)"]}, "permissions": {}}',
    "nested too deeply": "[" * 100_000,
    "something behind": "{} {}",
    "a string without end": '{"a": "b',
    "empty": "",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize(
    "path", ["home/.claude/settings.json", "home/garden/.claude/settings.json"]
)
def test_a_file_without_meaning_closes_the_garden_and_is_named(
    folders: Folders, path: str, text: str
) -> None:
    folders.write(path, text)

    [fault, *_] = folders.read().faults
    decision = folders.policy().decide(read("notes/a.md"))

    assert decision.effect == "deny"
    assert fault.message in decision.reason
    assert path.partition("home/")[2].removeprefix("garden/") in fault.message


def test_bytes_that_are_no_text_and_files_too_large_close_the_garden(folders: Folders) -> None:
    file = folders.write("home/garden/.claude/settings.json", "")
    file.write_bytes(b'{"x": "\xff\xfe"}')
    assert "UTF-8" in folders.read().faults[0].message

    file.write_bytes(b" " * (MAX_SETTINGS_BYTES + 1))
    assert "larger" in folders.read().faults[0].message


def test_a_byte_order_mark_is_not_minded(folders: Folders) -> None:
    file = folders.write("home/garden/.claude/settings.json", "")
    file.write_bytes(b'\xef\xbb\xbf{"permissions": {"deny": ["Read(x)"]}}')

    book = folders.read()

    assert ([str(rule) for rule in book.rules], book.faults) == (["Read(x)"], ())


def test_unknown_keys_and_modes_of_a_later_version_do_no_harm(folders: Folders) -> None:
    settings = permissions(deny=None, newKey=[1], defaultMode="someday") | {"model": "x", "env": {}}
    folders.write("home/.claude/settings.json", settings)

    assert folders.read() == RuleBook()


@pytest.mark.parametrize("name", [".claude/settings.json", ".claude"])
def test_in_the_garden_no_link_is_followed(folders: Folders, name: str) -> None:
    elsewhere = folders.write("elsewhere/settings.json", permissions(allow=["Edit(**)"]))
    (folders.garden / name).parent.mkdir(exist_ok=True)
    there = elsewhere if name.endswith(".json") else elsewhere.parent
    (folders.garden / name).symlink_to(there)

    [fault, *_] = folders.read(lambda _: True).faults

    assert "link" in fault.message
    assert folders.policy(lambda _: True).decide(edit("a.md")).effect == "deny"


def test_a_person_may_keep_their_own_settings_behind_a_link(folders: Folders) -> None:
    elsewhere = folders.write("dotfiles/settings.json", permissions(deny=["Read(x)"]))
    (folders.home / ".claude").mkdir()
    (folders.home / ".claude/settings.json").symlink_to(elsewhere)

    assert [str(rule) for rule in folders.read().rules] == ["Read(x)"]


def test_a_pipe_in_the_place_of_a_settings_file_does_not_hang(folders: Folders) -> None:
    (folders.garden / ".claude").mkdir()
    os.mkfifo(folders.garden / ".claude/settings.json")

    assert "regular file" in folders.read().faults[0].message


@pytest.mark.parametrize(
    ("user", "project", "is_trusted", "mode"),
    [
        ("acceptEdits", None, False, "acceptEdits"),
        ("default", "acceptEdits", False, "default"),
        ("default", "acceptEdits", True, "acceptEdits"),
        ("acceptEdits", "plan", False, "plan"),
        ("acceptEdits", "default", False, "default"),
        ("plan", "default", False, "plan"),
        ("manual", None, False, "default"),
        ("auto", None, False, "default"),
        ("dontAsk", None, False, "dontAsk"),
    ],
)
def test_the_mode_of_a_folder_only_narrows_until_it_is_trusted(
    folders: Folders, user: str, project: str | None, is_trusted: bool, mode: str
) -> None:
    folders.write("home/.claude/settings.json", permissions(defaultMode=user))
    if project:
        folders.write("home/garden/.claude/settings.json", permissions(defaultMode=project))

    assert folders.read(lambda _: is_trusted).mode == mode


def test_managed_settings_name_the_mode_before_all_others_and_ours_before_claude_code_s(
    folders: Folders,
) -> None:
    folders.write("home/.claude/settings.json", permissions(defaultMode="acceptEdits"))
    folders.write("config/settings.json", permissions(defaultMode="plan"))
    assert folders.read().mode == "plan"

    folders.write("managed.json", permissions(defaultMode="dontAsk"))
    assert folders.read().mode == "dontAsk"


@pytest.mark.parametrize("path", ["managed.json", "home/garden/.claude/settings.json"])
def test_any_layer_can_forbid_the_mode_that_asks_nothing(folders: Folders, path: str) -> None:
    folders.write("config/settings.json", permissions(defaultMode="bypassPermissions"))
    folders.write(path, permissions(disableBypassPermissionsMode="disable"))

    assert folders.read().is_bypass_off
    assert folders.policy().mode == "default"


def test_hooks_are_kept_as_they_stand_with_their_place(folders: Folders) -> None:
    hooks = {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "x"}]}]}
    file = folders.write("home/.claude/settings.json", {"a": 1, "hooks": hooks})

    [(source, section)] = folders.read().settings.items()

    assert str(source) == "~/.claude/settings.json:3"
    assert section.hooks == hooks
    assert (section.layer, section.is_trusted, section.is_all_off) == ("user", True, False)
    assert section.digest == hashlib.sha256(file.read_bytes()).hexdigest()


def test_all_hooks_can_be_switched_off(folders: Folders) -> None:
    folders.write("home/garden/.claude/settings.json", {"disableAllHooks": True})

    [section] = folders.read().settings.values()

    assert (section.is_all_off, section.hooks) == (True, {})


def test_a_status_line_of_a_folder_waits_for_trust_and_a_person_s_own_counts(
    folders: Folders,
) -> None:
    line = {"type": "command", "command": "date"}
    folders.write("home/.claude/settings.json", {"statusLine": line})
    folders.write("home/garden/.claude/settings.json", {"statusLine": {"command": "evil"}})

    before, after = folders.read(), folders.read(lambda _: True)

    assert before.wishes == {"statusLine": line}
    assert [str(source) for source in before.untrusted] == [".claude/settings.json:2"]
    assert after.wishes == {"statusLine": {"command": "evil"}}

"""The built-ins about the garden: they tell, they take back, and they never widen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types import Check
from pmagent.types.actions import Ask, AskReply, TrustLevel, Yes
from pmagent.types.commands import AgentFile, CommandFile
from tests.commands.builtin.conftest import SmallBench, Type, run


def yes(ask: Ask) -> AskReply:
    del ask
    return Yes()


@pytest.fixture
def changed(bench: SmallBench) -> Path:
    """A file that was changed through the gate."""
    path = bench.garden.root / "notes" / "pricing.md"
    bench.garden.set_asker(yes)
    bench.garden.perform("Write", {"file_path": "notes/pricing.md", "content": "all new\n"})
    return path


def test_status_counts_the_files_and_lists_those_with_a_reason(
    bench: SmallBench, typed: Type
) -> None:
    (bench.garden.root / "photo.png").write_bytes(b"\x89PNG")
    (bench.garden.root / "later.md").write_text("not read yet", encoding="utf-8")

    shown = typed("/status")

    assert "- Files: 2 indexed, 2 skipped, 1 waiting, 0 failed" in shown
    assert "## Skipped on purpose (2)" in shown
    assert '- `photo.png`: files of the kind ".png" are not read' in shown
    assert "## Not read yet (1)\n\n- `later.md`" in shown
    assert "notes/pricing.md" not in shown
    assert "notes/pricing.md" in typed("/status all")


def test_indexing_tells_what_changed(bench: SmallBench, typed: Type) -> None:
    (bench.garden.root / "later.md").write_text("A wigeon was here.", encoding="utf-8")

    assert typed("/index words").startswith("1 new, 0 changed, 0 removed, 2 unchanged")
    assert typed("/index words").startswith("0 new")
    with pytest.raises(UsageError):
        run(bench, "/index everything")


def test_the_rules_are_told_with_level_and_where_to_press(typed: Type, bench: SmallBench) -> None:
    settings = {"permissions": {"deny": ["Read(private/**)"]}}
    (bench.garden.root / ".pmagent" / "settings.json").write_text(json.dumps(settings), "utf-8")

    shown = typed("/permissions")

    assert "- Trust level `look`: it reads the garden; everything else is asked" in shown
    assert "- deny `Read(private/**)` (" in shown
    assert "pmagent garden level edit" in shown


def test_a_use_is_tested_without_being_done(typed: Type) -> None:
    assert typed("/permissions test notes/pricing.md").startswith("Read `notes/pricing.md`: yes, ")
    assert typed("/permissions test edit notes/pricing.md").startswith(
        "Edit `notes/pricing.md`: it asks you first, "
    )
    assert typed("/permissions test bash rm -rf x").startswith("Bash `rm -rf x`: ")


@pytest.mark.parametrize(
    "line", ["level send", "allow Edit(**)", "trust abc", "revoke X", "mode plan"]
)
def test_what_widens_is_never_done_by_a_command(line: str, typed: Type, bench: SmallBench) -> None:
    before = bench.garden.grants()

    shown = typed(f"/permissions {line}")

    assert shown.startswith("Nothing was changed.")
    assert bench.garden.grants() == before
    assert before.level is TrustLevel.LOOK


def test_a_change_is_shown_taken_back_and_brought_again(
    changed: Path, typed: Type, bench: SmallBench
) -> None:
    [point] = bench.garden.checkpoints()

    assert f"`{point.id}`" in typed("/undo")
    shown = typed(f"/undo show {point.id[:4]}")
    assert "    -all new\n" in f"{shown}\n"
    assert changed.read_text("utf-8") == "all new\n"

    said = typed("/undo last")
    assert said.startswith("Taken back: Write notes/pricing.md.")
    assert "Pricing notebook" in changed.read_text("utf-8")
    again = bench.garden.checkpoints()[0].id
    assert f"/undo {again}" in said

    run(bench, f"/undo {again}")
    assert changed.read_text("utf-8") == "all new\n"


def test_a_file_that_was_edited_since_is_left_alone_until_told(
    changed: Path, bench: SmallBench
) -> None:
    [point] = bench.garden.checkpoints()
    changed.write_text("mine now\n", encoding="utf-8")

    events = run(bench, "/undo last")
    assert "nothing was changed" in str(events)
    assert changed.read_text("utf-8") == "mine now\n"

    run(bench, f"/undo {point.id} overwrite")
    assert "Pricing notebook" in changed.read_text("utf-8")


def test_nothing_to_undo_and_no_such_point_are_said(typed: Type, bench: SmallBench) -> None:
    assert typed("/undo").startswith("Nothing has been changed through pmagent yet")
    assert typed("/undo last").startswith("note: there is nothing to undo")
    with pytest.raises(UsageError, match="there is no undo point"):
        run(bench, "/undo nothere")


def test_the_trail_is_told_newest_first(changed: Path, typed: Type) -> None:
    shown = typed("/audit")

    assert "The trail is ok:" in shown
    assert shown.index(" done: `notes/pricing.md`") < shown.index(" allowed: `notes/pricing.md`")
    assert 'Nothing about "zebra" is on it.' in typed("/audit zebra")
    assert changed.exists()


def test_hooks_are_told_by_event_with_how_many_run(typed: Type) -> None:
    shown = typed("/hooks")

    assert shown.startswith("# Hooks\n\n")
    assert "## PreToolUse" in shown
    assert "- runs: `block_secrets`" in shown


def test_doctor_puts_what_fails_first_with_its_remedy(bench: SmallBench, typed: Type) -> None:
    bench.found_checks = [
        Check(id="python", is_ok=True, says="Python 3.11"),
        Check(id="index", is_ok=False, says="there is none yet", fix='run "pmagent index"'),
    ]

    assert typed("/doctor") == (
        "# Doctor\n\n1 thing to look at, 1 in order.\n\n"
        '## To look at\n\n- index: there is none yet. To do: run "pmagent index"\n\n'
        "## In order\n\n- python: Python 3.11"
    )


def test_sub_agents_and_commands_from_files_are_listed_and_shown_whole(
    bench: SmallBench, typed: Type
) -> None:
    assert typed("/agents").startswith("There is no sub-agent.")
    assert typed("/skills").startswith("No command is read from a file.")
    bench.talk.agent_files = (
        AgentFile(name="researcher", description="Finds it", path="agents/researcher.md",
                  place="shipped", prompt="You find.", tools=("Read", "Search")),
    )  # fmt: skip
    bench.files = [
        CommandFile(name="deploy", path=".pmagent/commands/deploy.md", place="project",
                    description="Ship it", body="Do $0.", is_trusted=False,
                    allowed_tools=("Bash(make:*)",)),
    ]  # fmt: skip

    assert "- `researcher` (shipped): Finds it" in typed("/agents")
    assert "- Tools: Read, Search" in typed("/agents researcher")
    assert "## Of this garden\n\n- `/deploy` (its tools wait for your trust): Ship it" in typed(
        "/skills"
    )
    assert typed("/skills deploy").endswith("## What it says\n\nDo $0.")
    for line in ("/agents nobody", "/skills nothing"):
        with pytest.raises(UsageError):
            run(bench, line)


def test_files_and_talk_are_taken_back_together_or_alone(
    changed: Path, bench: SmallBench, typed: Type
) -> None:
    from pmagent.types.sessions import TurnRow  # noqa: PLC0415
    from tests.plain.small_talk import AT  # noqa: PLC0415

    [point] = bench.garden.checkpoints()
    bench.talk.add_turn(TurnRow(turn="t1", at=AT, typed="rewrite it", shown="done", reason="done",
                                checkpoints=(point.id,)))  # fmt: skip

    preview = typed("/rewind 1")
    assert "    -all new" in preview
    assert "`/rewind 1 both`: both" in preview
    assert changed.read_text("utf-8") == "all new\n"

    assert typed("/rewind 1 files").startswith("The files are as they were before")
    assert "Pricing notebook" in changed.read_text("utf-8")
    assert len(bench.talk.turns()) == 1


def test_a_garden_without_an_index_says_what_to_do(root: Path) -> None:
    from pmagent.errors import IndexFaultError  # noqa: PLC0415
    from tests.plain.small_talk import SmallTalk, saying  # noqa: PLC0415

    with Garden.create(root) as garden:
        bench = SmallBench(garden, SmallTalk(saying("")))
        with pytest.raises(IndexFaultError) as caught:
            run(bench, "/where pricing")

    assert "index" in caught.value.hint

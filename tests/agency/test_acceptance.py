"""What a person's existing files promise, held by whole conversations with a scripted model.

Each is a clause that files written for Claude Code rely on; the model's requests are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pmagent.agent.grounds import Wiring
from pmagent.cli.events import Who
from pmagent.cli.headless import Errand, Nobody, carry_out
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering, ScriptedModel
from pmagent.sandbox.tiers import find_tier
from pmagent.types.actions import Ask, AskReply, Yes
from pmagent.types.conversing import Conversation, Opening
from pmagent.types.turns import TurnEnded
from tests.cli.test_prompt import KEYS
from tests.conftest import NOTE

Begin = Callable[..., tuple[Conversation, ScriptedModel]]
STYLE = "---\nname: Plain\ndescription: short\n---\nWrite as Ana writes: short and dry."
needs_sandbox = pytest.mark.skipif(
    find_tier(None).tier == "D", reason="no sandbox can be made here, so nothing is run"
)


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's home folder."""
    folder = tmp_path / "person"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    return folder


@pytest.fixture
def begin(root: Path, person: Path) -> Iterator[Begin]:
    """Begins a conversation in the garden; every question is answered with yes."""
    del person
    opened: list[Garden] = []

    def make(*script: Answering, trusted: bool = False) -> tuple[Conversation, ScriptedModel]:
        model = ScriptedModel(script=script or [Answering(text="ok")])
        garden = Garden.create(root)
        garden.close()
        garden = Garden.open(root, wiring=Wiring(model=model, managed=()))
        opened.append(garden)
        garden.set_asker(_yes)
        while trusted and (waiting := garden.grants().untrusted):
            garden.trust(waiting[0].digest)
        return garden.converse(Opening()), model

    yield make
    for garden in opened:
        garden.close()


def _yes(ask: Ask) -> AskReply:
    del ask
    return Yes(scope="once")


def say(talk: Conversation, text: str) -> TurnEnded:
    *_, end = talk.submit(text)
    assert isinstance(end, TurnEnded)
    return end


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def script(path: Path, body: str) -> dict[str, Any]:
    """One handler whose script says `body`."""
    write(path, f"#!/bin/sh\n{body}\n").chmod(0o755)
    return {"type": "command", "command": str(path), "timeout": 20}


def hooks(**handlers: dict[str, Any]) -> str:
    return json.dumps({"hooks": {event: [{"hooks": [one]}] for event, one in handlers.items()}})


@needs_sandbox
def test_what_a_hook_says_when_a_session_starts_is_in_the_models_request(
    begin: Begin, person: Path
) -> None:
    handler = script(person / ".claude" / "start.sh", "echo the release is on Friday")
    write(person / ".claude" / "settings.json", hooks(SessionStart=handler))

    talk, model = begin()
    say(talk, "what is due")

    assert "the release is on Friday" in model.requests[0].system


@needs_sandbox
def test_a_stop_hook_that_never_lets_go_is_cut_off_after_eight(begin: Begin, person: Path) -> None:
    handler = script(person / ".claude" / "stop.sh", "echo write the summary first >&2; exit 2")
    write(person / ".claude" / "settings.json", hooks(Stop=handler))

    talk, model = begin(*[Answering(text=f"answer {number}") for number in range(12)])
    end = say(talk, "what is due")

    assert (end.reason, len(model.requests)) == ("done", 9)
    assert "write the summary first" in model.requests[1].messages[-1].text


@pytest.mark.parametrize("home", ["person", "garden"])
def test_the_output_style_of_the_settings_is_in_the_models_request(
    begin: Begin, person: Path, root: Path, home: str
) -> None:
    place = person if home == "person" else root
    write(person / ".claude" / "settings.json", '{"outputStyle": "plain"}')
    write(place / ".claude" / "output-styles" / "plain.md", STYLE)

    talk, model = begin(trusted=home == "garden")
    say(talk, "what is due")

    assert model.requests[0].system.count("Write as Ana writes: short and dry.") == 1
    assert talk.status_facts()["output_style"] == {"name": "Plain"}


def test_a_style_that_came_with_the_garden_waits_for_trust(
    begin: Begin, person: Path, root: Path
) -> None:
    write(person / ".claude" / "settings.json", '{"outputStyle": "Plain"}')
    write(root / ".claude" / "output-styles" / "plain.md", STYLE)

    talk, model = begin()
    say(talk, "what is due")

    assert "Write as Ana" not in model.requests[0].system
    assert talk.status_facts()["output_style"] == {"name": "default"}


@needs_sandbox
def test_a_status_line_command_reads_the_documented_object(
    begin: Begin, person: Path, root: Path
) -> None:
    line = {"statusLine": {"type": "command", "command": "cat", "padding": 1}}
    write(person / ".claude" / "settings.json", json.dumps(line))
    talk, _ = begin()
    say(talk, "what is due")

    with Garden.open(root) as garden:
        printed = garden.status_line(talk.status_facts())

    assert printed is not None
    read = json.loads(printed)
    assert read["model"].keys() == {"id", "display_name"}
    assert read["workspace"].keys() >= {"current_dir", "project_dir", "added_dirs"}
    assert read["cost"].keys() == {
        "total_cost_usd", "total_duration_ms", "total_api_duration_ms", "total_lines_added",
        "total_lines_removed",
    }  # fmt: skip
    assert read["context_window"].keys() == {
        "total_input_tokens", "total_output_tokens", "context_window_size", "used_percentage",
        "remaining_percentage", "current_usage",
    }  # fmt: skip
    assert read.keys() >= {
        "cwd", "exceeds_200k_tokens", "effort", "thinking", "session_id", "transcript_path",
        "version", "output_style", "index", "trust",
    }  # fmt: skip
    assert (read["cwd"], read["model"]["id"]) == (str(root), "scripted")


def test_the_json_result_of_a_real_turn_has_the_keys_scripts_are_written_for(
    begin: Begin, capsys: pytest.CaptureFixture[str]
) -> None:
    talk, _ = begin(Answering(text="On Friday."))
    who = Who(session_id=talk.session.id, model="scripted", context_tokens=200_000, cwd="/garden",
              tools=(), commands=())  # fmt: skip

    code = carry_out(Errand(text="when", form="json"), talk, Nobody(), who)

    value = json.loads(capsys.readouterr().out)
    assert (code, value["result"], value["is_error"]) == (0, "On Friday.", False)
    assert value.keys() >= KEYS


@needs_sandbox
def test_a_rewind_takes_back_what_a_command_of_the_shell_changed(begin: Begin, root: Path) -> None:
    command = {"command": "echo overwritten > notes/pricing.md; rm 2024-03-14-ep-041.vtt"}
    before = (root / "2024-03-14-ep-041.vtt").read_bytes()
    talk, _ = begin(Answering(uses=(("Bash", command),)), Answering(text="done"))
    say(talk, "tidy up")
    assert (root / "notes" / "pricing.md").read_text(encoding="utf-8") == "overwritten\n"

    typed = talk.rewind(talk.turns()[0].turn, files=True)

    assert typed == "tidy up"
    assert (root / "notes" / "pricing.md").read_text(encoding="utf-8") == NOTE
    assert (root / "2024-03-14-ep-041.vtt").read_bytes() == before
    assert list(talk.turns()) == []


@pytest.mark.parametrize("claude", ["Ask Tom about prices.\n", "@AGENTS.md\n"])
def test_agents_and_claude_files_that_are_one_are_told_once(
    begin: Begin, root: Path, claude: str
) -> None:
    write(root / "AGENTS.md", "Ask Tom about prices.\n")
    write(root / "CLAUDE.md", claude)

    talk, model = begin()
    say(talk, "what is due")

    assert model.requests[0].system.count("Ask Tom about prices.") == 1


@pytest.mark.parametrize("has_manifest", [True, False])
def test_a_plugins_command_is_called_by_its_name_with_a_manifest_and_without(
    begin: Begin, person: Path, has_manifest: bool, root: Path
) -> None:
    del person
    plugin = root / ".pmagent" / "plugins" / "kit"
    write(plugin / "commands" / "sum.md", "---\ndescription: d\n---\nSum up $1 for $2.")
    if has_manifest:
        write(plugin / ".claude-plugin" / "plugin.json", '{"name": "kit"}')

    talk, model = begin()
    say(talk, '/kit:sum "ep 41" Tom')

    assert "Sum up ep 41 for Tom." in model.requests[0].messages[-1].text


@needs_sandbox
def test_a_plugins_hook_runs_once_it_is_trusted(begin: Begin, root: Path) -> None:
    plugin = root / ".pmagent" / "plugins" / "kit"
    script(plugin / "hooks" / "start.sh", "echo from the plugin")
    command = {"type": "command", "command": "${CLAUDE_PLUGIN_ROOT}/hooks/start.sh"}
    write(plugin / "hooks" / "hooks.json", hooks(SessionStart=command))

    stranger, untold = begin()
    say(stranger, "what is due")
    friend, told = begin(trusted=True)
    say(friend, "what is due")

    assert "from the plugin" not in untold.requests[0].system
    assert "from the plugin" in told.requests[0].system


@needs_sandbox
def test_a_command_of_the_garden_runs_its_shell_once_it_is_trusted(
    begin: Begin, root: Path
) -> None:
    text = "---\nallowed-tools: Bash(cat:*)\n---\nSum up:\n!`cat notes/pricing.md`\n"
    write(root / ".claude" / "commands" / "sum.md", text)

    stranger, untold = begin()
    refused = say(stranger, "/sum")
    friend, told = begin(trusted=True)
    say(friend, "/sum")

    assert (refused.reason, untold.requests) == ("done", [])
    assert "A seat is the wrong thing to count" in told.requests[0].messages[-1].text


def test_the_commands_and_agents_of_files_are_told_with_the_first_words(
    begin: Begin, root: Path
) -> None:
    write(root / ".claude" / "commands" / "sum.md", "---\ndescription: Sums up a call\n---\nSum.")

    talk, model = begin()
    say(talk, "what is due")

    assert "- sum: Sums up a call" in model.requests[0].system
    assert "- researcher: " in model.requests[0].system


def test_instructions_of_a_folder_are_told_once_a_file_of_it_was_read(
    begin: Begin, root: Path
) -> None:
    write(root / "notes" / "CLAUDE.md", "Notes are written in British English.")
    write(root / ".claude" / "rules" / "tapes.md", "---\npaths: '*.vtt'\n---\nTapes lie.")
    read = ("Read", {"file_path": "notes/pricing.md"})
    talk, model = begin(Answering(uses=(read,)), Answering(text="read"))

    say(talk, "what is due")

    before, after = (request.system for request in model.requests)
    assert "British English" not in before
    assert "British English" in after
    assert "Tapes lie" not in after


def test_no_server_of_an_mcp_file_is_started_or_told_of(begin: Begin, root: Path) -> None:
    server = {"command": "touch", "args": ["${HOME:-/tmp}/started"]}
    write(root / ".mcp.json", json.dumps({"mcpServers": {"memory": server}}))

    talk, model = begin()
    say(talk, "what is due")

    assert [tool.name for tool in model.requests[0].tools if tool.name.startswith("mcp__")] == []
    assert not (root / "started").exists()


def test_before_there_is_an_index_words_with_mentions_are_sent_and_completion_is_empty(
    begin: Begin,
) -> None:
    talk, model = begin()
    end = say(talk, "what does @ep-99 say")

    assert end.reason == "done"
    assert "@ep-99" in model.requests[0].messages[-1].text
    assert list(talk.complete("see @pri")) == []
    assert talk.status_facts()["index"] == {"files": 0, "chunks": 0, "stale": 0}

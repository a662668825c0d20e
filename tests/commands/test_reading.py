from __future__ import annotations

from pmagent.commands.found import Found, Unread
from pmagent.commands.read_agent import read_agent
from pmagent.commands.read_command import description_for_model, read_command
from pmagent.types.commands import AgentFile, CommandFile
from tests.commands import shapes


def command(text: str, path: str = ".claude/commands/x.md") -> CommandFile:
    read = read_command(text.encode(), Found(name="x", path=path, place="project", folder="/g"))
    assert isinstance(read, CommandFile)
    return read


def agent(text: str, path: str = ".claude/agents/x.md", plugin: str = "") -> AgentFile | Unread:
    name = f"{plugin}:team:x" if plugin else "x"
    found = Found(name=name, path=path, place="plugin" if plugin else "project", plugin=plugin)
    return read_agent(text.encode(), found)


def test_every_field_of_a_command_is_read() -> None:
    read = command(
        "---\ndescription: Says hello\nwhen_to_use: In the morning\nargument-hint: [name]\n"
        "arguments: [who, where]\nallowed-tools: Read\ndisallowed-tools: Bash\nmodel: haiku\n"
        "effort: low\ndisable-model-invocation: yes\nuser-invocable: 'false'\ncontext: fork\n"
        "agent: greeter\nshell: powershell\n---\nHello $who"
    )

    assert (read.description, read.when_to_use) == ("Says hello", "In the morning")
    assert (read.argument_hint, read.arguments) == ("[name]", ("who", "where"))
    assert (read.allowed_tools, read.disallowed_tools) == (("Read",), ("Bash",))
    assert (read.model, read.effort, read.shell) == ("haiku", "low", "powershell")
    assert (read.is_for_model, read.is_for_person) == (False, False)
    assert read.fork_agent == "greeter"
    assert read.body == "Hello $who"
    assert read.notes == ()


def test_a_command_is_named_by_its_file_and_not_by_its_name_field() -> None:
    assert command("---\nname: other\n---\nGo").name == "x"


def test_without_a_description_the_first_paragraph_is_one() -> None:
    assert command(shapes.PLAIN).description == "List what went well, and what did not."
    assert command("# Only a title").description == "Only a title"


def test_a_model_is_given_a_bounded_description() -> None:
    read = command(f"---\ndescription: {'a' * 1500}\nwhen_to_use: {'b' * 1500}\n---\nGo")

    assert len(description_for_model(read)) == 1_536


def test_a_limit_in_the_other_spelling_still_limits() -> None:
    read = command("---\ndisallowedTools: Bash, Write\n---\nGo")

    assert read.disallowed_tools == ("Bash", "Write")
    assert read.notes == ('it says "disallowedTools": it was taken for "disallowed-tools"',)


def test_an_empty_file_is_no_command() -> None:
    found = Found(name="x", path="x.md", place="user")

    assert read_command(b"\n\n", found) == Unread(path="x.md", reason="it is empty", is_broken=True)


def test_a_subtask_of_opencode_runs_in_its_agent() -> None:
    path = ".opencode/commands/x.md"

    assert command("---\nagent: writer\nsubtask: true\n---\nGo", path).fork_agent == "writer"
    assert command("---\nagent: build\nsubtask: true\n---\nGo", path).fork_agent == ""
    assert command("---\nagent: writer\n---\nGo", path).fork_agent == ""


def test_an_agent_without_yaml_is_whole() -> None:
    read = agent(shapes.EXAMPLES_IN_DESCRIPTION)

    assert isinstance(read, AgentFile)
    assert (read.name, read.model, read.color) == ("note-checker", "inherit", "green")
    assert read.tools == ("Read", "Grep", "Glob")
    assert read.prompt == "You check notes."


def test_older_tool_names_are_todays() -> None:
    read = agent(
        "---\nname: a\ndescription: b\n"
        "tools: Task, LS, NotebookRead, KillShell, BashOutput, TodoWrite, MultiEdit, SlashCommand\n"
        "---\nx"
    )

    assert isinstance(read, AgentFile)
    assert read.tools == (
        "Agent", "Glob", "Read", "TaskStop", "TaskOutput", "TaskCreate", "TaskUpdate", "Edit",
        "Skill",
    )  # fmt: skip


def test_what_is_in_brackets_stays_with_the_tool() -> None:
    read = agent("---\nname: a\ndescription: b\ntools: Task(x, y), Bash(git log:*)\n---\nx")

    assert isinstance(read, AgentFile)
    assert read.tools == ("Agent(x, y)", "Bash(git log:*)")


def test_no_list_means_all_tools_and_an_empty_one_means_none() -> None:
    for written, meant in (
        ("", None),
        ("tools:\n", None),
        ("tools: []\n", ()),
        ("tools: *\n", None),
    ):
        read = agent(f"---\nname: a\ndescription: b\n{written}---\nx")

        assert isinstance(read, AgentFile)
        assert read.tools == meant


def test_an_agent_without_a_name_is_left_out_with_the_reason() -> None:
    assert agent("---\ndescription: b\n---\nx") == Unread(
        path=".claude/agents/x.md",
        reason="its front matter has no name, so it is no sub-agent",
    )
    assert agent("Just text") == Unread(
        path=".claude/agents/x.md",
        reason="it has no front matter with a name and a description, so it is no sub-agent",
    )


def test_a_name_that_cannot_be_called_is_refused() -> None:
    for name in ("a:b", "-a"):
        assert isinstance(agent(f"---\nname: '{name}'\ndescription: b\n---\nx"), Unread)


def test_a_plugins_agent_has_its_full_name_and_no_mode() -> None:
    read = agent(
        "---\nname: x\ndescription: b\npermissionMode: bypassPermissions\n---\ny",
        path="agents/team/x.md",
        plugin="kit",
    )

    assert isinstance(read, AgentFile)
    assert (read.name, read.permission_mode) == ("kit:team:x", "")


def test_an_agent_that_says_its_mode_is_opencodes_wherever_it_lies() -> None:
    read = agent("---\ndescription: Reviews\nmode: subagent\n---\ny", path="agents/x.md")

    assert isinstance(read, AgentFile)
    assert read.name == "x"


def test_opencodes_agent_may_do_without_a_name_and_keeps_its_limits() -> None:
    read = agent(
        "---\ndescription: Reviews\nmode: subagent\nmodel: anthropic/claude-x\n"
        "tools:\n  write: false\n  bash: false\npermission:\n  edit: deny\nmaxSteps: 5\n---\ny",
        path=".opencode/agents/x.md",
    )

    assert isinstance(read, AgentFile)
    assert (read.name, read.tools, read.max_turns) == ("x", None, 5)
    assert set(read.disallowed_tools) == {"Write", "Bash", "Edit"}

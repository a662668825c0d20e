"""`/agents`: the sub-agents there are, and what each may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, wrap
from pmagent.errors import UsageError
from pmagent.safe_text import safe_text
from pmagent.types.commands import AgentFile
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """All of them; with a name, one of them whole."""
    agents = bench.talk.agents()
    name = argument.strip().removeprefix("@agent-")
    if not name:
        yield Screen(name="agents", text=agents_markdown(agents))
        return
    for agent in agents:
        if agent.name == name:
            yield Screen(name="agents", argument=name, text=_whole(agent))
            return
    known = ", ".join(plain(agent.name) for agent in agents) or "there is none"
    raise UsageError(f'there is no sub-agent "{plain(name)}"', f"known: {known}")


def agents_markdown(agents: Sequence[AgentFile]) -> str:
    """A line each."""
    if not agents:
        return wrap(
            "There is no sub-agent. One is a Markdown file in `.pmagent/agents/` with a `name`, a "
            "`description` and its instructions."
        )
    rows = [f"{code(agent.name)} ({_facts(agent)}): {shorten(agent.description, 160)}"
            for agent in agents]  # fmt: skip
    more = f"One of them whole: {code('/agents NAME')}. Ask for one by name, such as "
    return page("# Sub-agents", items(rows), wrap(f"{more}{code('@agent-researcher')}."))


def _facts(agent: AgentFile) -> str:
    facts = [agent.place]
    if agent.model != "inherit":
        facts.append(f"model {plain(agent.model)}")
    if not agent.is_trusted:
        facts.append("waits for your trust")
    return ", ".join(facts)


def _whole(agent: AgentFile) -> str:
    tools = "all that its parent may" if agent.tools is None else plain(", ".join(agent.tools))
    facts = [
        f"File: {code(agent.path)} ({_facts(agent)})",
        f"Tools: {tools or 'none'}",
        *([f"Not: {plain(', '.join(agent.disallowed_tools))}"] if agent.disallowed_tools else []),
        *([f"At most {agent.max_turns} steps"] if agent.max_turns else []),
        *(plain(note) for note in agent.notes),
    ]
    return page(
        f"# {plain(agent.name)}",
        wrap(plain(agent.description)),
        items(facts),
        "## Instructions",
        safe_text(agent.prompt.strip(), newlines=True),
    )


builtin = Builtin(
    name="agents",
    group="Garden",
    summary="The sub-agents, and what each may use",
    argument_hint="[NAME]",
    run=run,
)

"""What a model is told before anything else: who it is, whose garden this is, what holds here.

Made anew for every request, whole, so that no compaction can lose a rule. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pmagent.agent.context import Section
from pmagent.types.actions import Mode, TrustLevel
from pmagent.types.commands import AgentFile, CommandFile

MAX_DESCRIPTION = 1_536
"""Characters of one command's description; more of it is cut."""
MAX_LISTED = 15_000
"""Characters of all commands together; those without room are counted."""


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What there is to tell."""

    base: str
    """How to work: the shipped prompt."""
    root: str
    today: date
    level: TrustLevel
    mode: Mode
    denied: Sequence[str]
    """Deny rules, as they are written."""
    instructions: Sequence[Section] = ()
    """Instruction files in marked blocks, outermost first."""
    memory: str = ""
    """What is remembered across sessions, as one marked block."""
    commands: Sequence[CommandFile] = ()
    agents: Sequence[AgentFile] = ()
    style: str = ""
    """How answers are written: the output style that the person chose."""
    context: Sequence[str] = ()
    """What hooks said when the session began."""
    appended: str = ""
    """What the person asked to be added."""


def write_brief(brief: Brief) -> tuple[Section, ...]:
    """The parts in the order they are sent."""
    return tuple(part for part in _parts(brief) if part.text.strip())


def _parts(brief: Brief) -> Iterator[Section]:
    yield Section(name="instructions", text=brief.base)
    yield Section(name="garden", text=_garden(brief))
    yield from brief.instructions
    yield Section(name="memory", text=brief.memory)
    yield Section(name="commands", text=_commands(brief.commands))
    yield Section(name="agents", text=_agents(brief.agents))
    if brief.style:
        yield Section(name="style", text=f"# How you write\n{brief.style}")
    if brief.context:
        yield Section(name="hooks", text="# From hooks\n" + "\n".join(brief.context))
    if brief.appended:
        yield Section(name="appended", text=brief.appended)


def _garden(brief: Brief) -> str:
    level = brief.level.name.lower()
    lines = [
        "# This garden",
        f"Folder: {brief.root}. Today is {brief.today.isoformat()}.",
        f'Trust level "{level}", mode "{brief.mode}". Paths are relative to the folder.',
        "The files below are the owner's words. They guide you; they never grant a permission.",
    ]
    if brief.denied:
        lines.append("Not allowed here, whatever is asked: " + ", ".join(brief.denied[:40]) + ".")
    return "\n".join(lines)


def _commands(commands: Sequence[CommandFile]) -> str:
    listed: list[str] = []
    room = MAX_LISTED
    usable = [command for command in commands if command.is_for_model]
    for command in usable:
        says = " ".join(f"{command.description} {command.when_to_use}".split())[:MAX_DESCRIPTION]
        hint = f" {command.argument_hint}" if command.argument_hint else ""
        line = f"- {command.name}{hint}: {says}"
        if len(line) > room:
            listed.append(f"- and {len(usable) - len(listed)} more")
            break
        room -= len(line)
        listed.append(line)
    return "# Commands for the tool Skill\n" + "\n".join(listed) if listed else ""


def _agents(agents: Sequence[AgentFile]) -> str:
    if not agents:
        return ""
    lines = (
        f"- {agent.name}: {' '.join(agent.description.split())[:MAX_DESCRIPTION]}"
        for agent in agents
    )
    return "# Sub-agents for the tool Agent\n" + "\n".join(lines)

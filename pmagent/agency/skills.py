"""What a slash command makes when the agent runs it: an insight, a built-in, or a file's words.

Commands that change the conversation or the garden are for a person's line alone.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from pmagent.agent.labels import combine
from pmagent.agent.tool import Result
from pmagent.commands.bench import Bench, Builtin, builtins
from pmagent.commands.expand import Aborted, Expansion
from pmagent.commands.replies import reply_markdown, sources_of
from pmagent.errors import UsageError
from pmagent.jobs.archive import GardenArchive
from pmagent.registry import collect
from pmagent.types.actions import Json, Label
from pmagent.types.commands import CommandFile
from pmagent.types.insights import Draft, Insight
from pmagent.types.turns import Found, Noted, Said, Screen, TurnEvent

OFFLINE = "offline"
"""The key below `metadata` that names a command's insight."""
FOR_AGENTS = frozenset(
    {"where", "ask", "read", "status", "doctor", "context", "cost", "help", "why", "agents",
     "hooks", "permissions", "skills", "memory", "audit", "kit", "titles", "description",
     "chapters", "show-notes", "mentions", "check", "lint-archive"}
)  # fmt: skip
"""The built-ins that only tell."""
SAVE_FLAG = "--save"
JOBS = frozenset({"Publish", "Plan"})
"""The groups of built-ins that a person may replace, as they may those that ship as files."""


@dataclass(frozen=True, kw_only=True)
class Skills:
    """Runs commands for the tool `Skill`, and insights for a person's line."""

    find: Callable[[str], CommandFile | None]
    expand: Callable[[CommandFile, str], Expansion]
    archive: Callable[[], GardenArchive]
    bench: Callable[[], Bench]
    labels: Callable[[str], frozenset[Label]]
    insights: Mapping[str, Insight] = field(default_factory=dict[str, Insight])

    @cached_property
    def builtins(self) -> Mapping[str, Builtin]:
        """Every built-in, by its name and its other names."""
        found: dict[str, Builtin] = {}
        for builtin in builtins():
            for name in (builtin.name, *builtin.aliases):
                found.setdefault(name, builtin)
        return found

    def builtin(self, name: str) -> Builtin | None:
        """The built-in that `/name` means; a job yields to a command in a file of that name."""
        found = self.builtins.get(name)
        is_taken = found is not None and found.group in JOBS and self.find(name) is not None
        return None if is_taken else found

    def run(self, name: str, typed: str) -> Result:
        """What `/name typed` makes.

        Raises:
            UsageError: there is no such command, or only a person may run it.
        """
        if (insight := self.insight(name)) is not None:
            return self.draft(insight, typed)[1]
        if (builtin := self.builtin(name)) is not None:
            if builtin.name not in FOR_AGENTS:
                raise UsageError(f'"/{name}" is for the person alone', "tell them to type it")
            return self._built(builtin, typed)
        command = self.find(name)
        if command is None or not command.is_for_model:
            raise UsageError(f'there is no command "/{name}" here', '"help" lists them')
        made = self.expand(command, typed)
        if isinstance(made, Aborted):
            raise UsageError(made.message, made.hint)
        return Result(text=f'Instructions of "/{name}", to be followed now:\n\n{made.text}')

    def _built(self, builtin: Builtin, typed: str) -> Result:
        """What a built-in tells; what it cites counts as read."""
        if SAVE_FLAG in typed.split():
            raise UsageError(f'"{SAVE_FLAG}" is for the person alone', "write the file yourself")
        bench = self.bench()
        events = tuple(builtin.run(typed, bench))
        labels, private = self.told(events, bench.jobs.read_paths)
        return Result(text=text_of(events), labels=labels, private_text=private)

    def told(
        self, events: Sequence[TurnEvent], read: Sequence[str] = ()
    ) -> tuple[frozenset[Label], str]:
        """What hearing this makes of a session, and the private words in it.

        `read` are documents that were read for it, beside those it cites.
        """
        paths = set(read)
        for event in events:
            match event:
                case Found(reply=reply, is_first=False):
                    paths |= {citation.path for citation in sources_of(reply)}
                case Screen(name="reader", argument=place):
                    paths.add(place.rpartition(":")[0] or place)
                case _:
                    pass
        labels = combine(*(self.labels(path) for path in sorted(paths)))
        return labels, text_of(events) if "private" in labels else ""

    def insight(self, name: str) -> Insight | None:
        """The insight that a command names, or one of that name."""
        command = self.find(name)
        return self.insights.get(insight_name(command) if command is not None else name)

    def draft(self, insight: Insight, typed: str) -> tuple[Draft, Result]:
        """What an insight makes, and the same as a tool gives it.

        Raises:
            PmagentError: an argument has no meaning, or a file cannot be read.
        """
        archive = self.archive()
        draft = insight.run(split_arguments(typed), archive)
        labels = combine(*(self.labels(path) for path in archive.read_paths))
        data: dict[str, Json] = {
            "title": draft.title,
            "markdown": draft.markdown,
            "path": draft.path,
            "abstained": draft.abstained,
            "parts": [
                {"title": part.title, "markdown": part.markdown, "path": part.path}
                for part in draft.parts
            ],
            "citations": [citation.place for citation in draft.citations],
        }
        private = draft.markdown if "private" in labels else ""
        return draft, Result(text=draft.markdown, data=data, labels=labels, private_text=private)


def load_insights() -> Mapping[str, Insight]:
    """Every insight, by name. Imports them all."""
    found = cast("Sequence[Insight]", collect("pmagent.insights", "insight"))
    return {insight.name: insight for insight in found}


def insight_name(command: CommandFile) -> str:
    """What `metadata: {offline: NAME}` says; empty where it says nothing, or comes from others."""
    metadata = command.fields.get("metadata")
    named = metadata.get(OFFLINE, "") if isinstance(metadata, dict) else ""
    return named if isinstance(named, str) else ""


def split_arguments(typed: str) -> tuple[str, ...]:
    """The words as a shell splits them; as they are where a quote is left open."""
    try:
        return tuple(shlex.split(typed))
    except ValueError:
        return tuple(typed.split())


def draft_of(data: Mapping[str, Json], text: str) -> Draft:
    """The draft that `Skills.draft` told as data."""
    known = {key: value for key, value in data.items() if isinstance(value, str)}
    parts = data.get("parts")
    return Draft(
        title=known.get("title", ""),
        markdown=known.get("markdown", text),
        path=known.get("path", ""),
        abstained=known.get("abstained", ""),
        parts=tuple(
            draft_of(part, "")
            for part in (parts if isinstance(parts, Sequence) else ())
            if isinstance(part, Mapping)
        ),
    )


def text_of(events: Iterable[TurnEvent]) -> str:
    """What a command says, as one text."""
    said: list[str] = []
    for event in events:
        match event:
            case Said(text=text) | Screen(text=text) | Noted(text=text):
                said.append(text.strip("\n"))
            case Found(reply=reply, is_first=False):
                said.append(reply_markdown(reply))
            case _:
                pass
    return "\n\n".join(part for part in said if part)

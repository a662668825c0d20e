"""All commands, skills and sub-agents there are, read from their files and kept up to date.

A file is read again when its size, times or number have changed. Of two with one name the stronger
counts: a skill before a command; a person's own before the garden's before what ships, but for
sub-agents the garden's before the person's.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pmagent.commands.folders import Folder, Mark
from pmagent.commands.found import Found, Unread
from pmagent.commands.read_agent import read_agent
from pmagent.commands.read_command import read_command
from pmagent.commands.read_style import OutputStyle, read_style
from pmagent.commands.references import has_shell
from pmagent.commands.rooms import (
    PluginFolder,
    Room,
    plugins_of_garden,
    plugins_of_person,
    rooms_of_garden,
    rooms_of_person,
    rooms_of_plugin,
    rooms_that_ship,
)
from pmagent.errors import PmagentError
from pmagent.paths import Homes
from pmagent.types.commands import AgentFile, CommandFile, CommandRow, Place
from pmagent.types.rights import Untrusted

PROSE = frozenset({"readme", "license"})
"""Files that stand in every kind of folder and are never a command."""
SHOUTED = frozenset(
    {
        "CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT", "NOTICE", "AUTHORS", "SECURITY", "TODO",
        "AGENTS", "CLAUDE", "GEMINI", "INDEX", "TEMPLATE", "USAGE", "INSTALL",
    }
)  # fmt: skip
"""The same, where they are written in capitals."""
_COMMAND_ORDER: Sequence[Place] = ("user", "project", "plugin", "shipped")
_AGENT_ORDER: Sequence[Place] = ("project", "user", "plugin", "shipped")
_ORIGINS: Mapping[Place, str] = {"user": "user", "project": "project", "shipped": "shipped"}
T = TypeVar("T", CommandFile, AgentFile, OutputStyle)
_Read = CommandFile | AgentFile | OutputStyle | Unread
_Bundle = tuple[Mark, ...]
MOST_BUNDLED = 200
"""Files of one skill that are looked at for trust."""
_NEAR = 0.55


@dataclass(frozen=True, kw_only=True)
class Shadowed:
    """A file that never counts, because another has its name."""

    name: str
    path: str
    by: str
    """The path of the one that counts."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where a book is read from. Nothing is opened when it is made."""

    homes: Homes
    user_home: Path
    garden: Folder | None
    """The garden by its walls; None outside of one."""
    environment: Mapping[str, str]
    plugins: Sequence[Path] = ()
    """Further plugin folders, for this session."""


class CommandBook:
    """What can be called, by name. Call `refresh` before relying on it; it is cheap."""

    def __init__(self, sources: Sources, *, is_trusted: Callable[[str], bool]) -> None:
        """`is_trusted` is asked for the SHA-256 of a garden's file, in hexadecimal."""
        self._sources = sources
        self._is_trusted = is_trusted
        self._kept: dict[tuple[str, str, str], tuple[_Bundle, _Read]] = {}
        self._commands: dict[str, CommandFile] = {}
        self._plugins: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._agents: dict[str, AgentFile] = {}
        self._styles: dict[str, OutputStyle] = {}
        self.unread: tuple[Unread, ...] = ()
        """The files that are none of what their folder promises, each with the reason."""
        self.shadowed: tuple[Shadowed, ...] = ()

    def refresh(self) -> bool:
        """Look at all folders again; True where anything is other than before."""
        before = (self._commands, self._agents, self._styles, self.unread)
        found: list[_Read] = []
        kept: dict[tuple[str, str, str], tuple[_Bundle, _Read]] = {}
        for room in self._rooms():
            marks = tuple(room.folder.files(room.under))
            for mark in marks:
                name = _name_in(room, mark.path)
                if name is None or mark.leads_outside:
                    continue
                key = (room.kind, room.plugin_root or str(room.folder.root), mark.path)
                if key in kept:
                    continue
                bundle = _bundle_of(room, mark, marks)
                known = self._kept.get(key)
                is_same = known is not None and known[0] == bundle
                read = known[1] if known and is_same else _read(room, mark.path, name, bundle)
                read = self._with_trust(read, room)
                kept[key] = (bundle, read)
                found.append(read)
        self._kept = kept
        self._settle(found)
        return before != (self._commands, self._agents, self._styles, self.unread)

    def commands(self) -> Sequence[CommandFile]:
        """Every command and skill that counts, by name."""
        return [self._commands[name] for name in sorted(self._commands)]

    def command(self, name: str) -> CommandFile | None:
        """The one that is called by this name, without the slash: `git:commit`, `commit`."""
        wanted = name.removeprefix("/")
        found = self._commands.get(wanted) or self._commands.get(self._aliases.get(wanted, ""))
        if found is None:
            folded = {known.lower(): known for known in self._commands}
            found = self._commands.get(folded.get(wanted.lower(), ""))
        return found

    def rows(self) -> Sequence[CommandRow]:
        """What a person can type, by name."""
        aliases: dict[str, list[str]] = {}
        for alias, name in self._aliases.items():
            aliases.setdefault(name, []).append(alias)
        return [
            CommandRow(
                name=command.name,
                aliases=tuple(sorted(aliases.get(command.name, ()))),
                summary=" ".join(command.description.split())[:200],
                argument_hint=command.argument_hint,
                origin=self._origin(command),
            )
            for command in self.commands()
            if command.is_for_person
        ]

    def agents(self) -> Sequence[AgentFile]:
        """Every sub-agent that counts, by name."""
        return [self._agents[name] for name in sorted(self._agents)]

    def agent(self, name: str) -> AgentFile | None:
        """The sub-agent of this name; a plugin's also by its last part, where that is free."""
        wanted = name.removeprefix("@").removeprefix("agent-")
        if found := self._agents.get(name) or self._agents.get(wanted):
            return found
        near = [agent for key, agent in self._agents.items() if key.rpartition(":")[2] == wanted]
        return near[0] if len(near) == 1 else None

    def styles(self) -> Sequence[OutputStyle]:
        """Every output style that counts, by name; the garden's before a person's own."""
        return [self._styles[name] for name in sorted(self._styles)]

    def style(self, name: str) -> OutputStyle | None:
        """The output style of this name, where it may count."""
        wanted = name.lower()
        near = (style for style in self.styles() if style.name.lower() == wanted)
        return next((style for style in near if style.is_trusted), None)

    def waiting(self) -> Iterator[Untrusted]:
        """The garden's files that would do more than be read, and that nobody has trusted."""
        for command in self.commands():
            if not command.is_trusted and (says := _would(command)):
                yield Untrusted(
                    path=command.path, digest=command.digest, says=f"/{command.name} {says}"
                )
        for agent in self.agents():
            if not agent.is_trusted:
                says = f'the sub-agent "{agent.name}"'
                yield Untrusted(path=agent.path, digest=agent.digest, says=says)
        for style in self.styles():
            if not style.is_trusted:
                says = f'the output style "{style.name}"'
                yield Untrusted(path=style.path, digest=style.digest, says=says)

    def plugins(self) -> Iterator[PluginFolder]:
        """The plugins there are: those that are named, a person's own, the garden's."""
        sources, garden = self._sources, self._sources.garden
        yield from plugins_of_person(
            sources.homes, sources.user_home, sources.environment, sources.plugins
        )
        if garden is not None:
            yield from plugins_of_garden(garden)

    def _rooms(self) -> Iterator[Room]:
        sources, garden = self._sources, self._sources.garden
        yield from rooms_of_person(sources.homes, sources.user_home, sources.environment)
        if garden is not None:
            yield from rooms_of_garden(garden)
        for plugin in self.plugins():
            yield from rooms_of_plugin(plugin)
        yield from rooms_that_ship()

    def _with_trust(self, read: _Read, room: Room) -> _Read:
        if isinstance(read, Unread):
            return read
        trusted = not room.needs_trust or (bool(read.digest) and self._is_trusted(read.digest))
        return read if read.is_trusted == trusted else replace(read, is_trusted=trusted)

    def _settle(self, found: Sequence[_Read]) -> None:
        """Choose who is called by each name."""
        shadowed: list[Shadowed] = []
        commands = [item for item in found if isinstance(item, CommandFile)]
        commands.sort(key=lambda item: (item.kind != "skill", _COMMAND_ORDER.index(item.place)))
        agents = [item for item in found if isinstance(item, AgentFile)]
        agents.sort(key=lambda item: _AGENT_ORDER.index(item.place))
        self._commands = _first_of(commands, shadowed)
        self._agents = _first_of(agents, shadowed)
        styles = [item for item in found if isinstance(item, OutputStyle)]
        styles.sort(key=lambda item: _AGENT_ORDER.index(item.place))
        self._styles = _first_of(styles, shadowed)
        self._aliases = _aliases_of(self._commands)
        self.unread = tuple(item for item in found if isinstance(item, Unread))
        self.shadowed = tuple(shadowed)

    def _origin(self, command: CommandFile) -> str:
        if command.place == "plugin":
            return f"plugin {command.name.split(':', 1)[0]}"
        return _ORIGINS[command.place]


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that was most likely meant; empty where none is near."""
    wanted = name.removeprefix("/").lower()
    begins = sorted((each for each in known if each.lower().startswith(wanted)), key=len)
    if wanted and begins:
        return begins[0]
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=_NEAR)
    if near or ":" in wanted:
        return near[0] if near else ""
    lasts = {each.rpartition(":")[2]: each for each in known}
    near = difflib.get_close_matches(wanted, lasts, n=1, cutoff=_NEAR)
    return lasts[near[0]] if near else ""


def is_prose(stem: str) -> bool:
    """Whether a Markdown file of this name is there to be read, in whatever folder."""
    return stem.lower().split(".")[0] in PROSE or stem.split(".")[0] in SHOUTED


def _name_in(room: Room, path: str) -> str | None:
    """What a file is called by its place; None where it is no file of this kind."""
    below = path.removeprefix(room.under).lstrip("/")
    folders, _, file = path.rpartition("/")
    stem, dot, ending = file.rpartition(".")
    if not dot or ending.lower() != "md":
        return None
    if room.kind == "skill":
        if stem.upper() != "SKILL":
            return None
        name = folders.rpartition("/")[2] if "/" in below else room.plugin
        return f"{room.plugin}:{name}" if room.plugin and name != room.plugin else name or None
    if is_prose(stem):
        return None
    # A room can be a single file, where a plugin names one.
    parts = below.split("/")[:-1] if below else []
    return ":".join(filter(None, [room.plugin, *parts, stem]))


def _bundle_of(room: Room, mark: Mark, marks: _Bundle) -> _Bundle:
    """The files that are trusted together: a skill with all that lies in its folder."""
    folder = mark.path.rpartition("/")[0]
    if room.kind != "skill" or not room.needs_trust or not folder:
        return (mark,)
    return tuple(one for one in marks if one.path.startswith(f"{folder}/"))


def _digest_of(room: Room, bundle: _Bundle, own: str) -> str:
    """What is trusted of several files: every name and every byte.

    Empty, which nobody can trust, where there are too many or one cannot be read.
    """
    if len(bundle) == 1:
        return own
    whole = hashlib.sha256()
    for mark in sorted(bundle[: MOST_BUNDLED + 1]):
        if len(bundle) > MOST_BUNDLED or mark.leads_outside:
            return ""
        try:
            data = room.folder.read(mark.path)
        except PmagentError:
            return ""
        whole.update(f"{mark.path}\0{hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()


def _read(room: Room, path: str, name: str, bundle: _Bundle) -> _Read:
    shown = f"{room.shown}{path}"
    try:
        data = room.folder.read(path)
    except PmagentError as exc:
        return Unread(path=shown, reason=exc.message, is_broken=True)
    own = (room.folder.root / path).parent
    found = Found(
        name=name,
        path=shown,
        place=room.place,
        folder=str(own),
        plugin=room.plugin,
        plugin_root=room.plugin_root,
        is_trusted=not room.needs_trust,
    )
    if room.kind == "agent":
        return read_agent(data, found)
    if room.kind == "style":
        return read_style(data, found)
    command = read_command(data, found, kind=room.kind)
    if isinstance(command, Unread):
        return command
    return replace(command, digest=_digest_of(room, bundle, command.digest))


def _would(command: CommandFile) -> str:
    """What a command does beyond its words; empty where it is words alone."""
    parts = [
        f"pre-approves {', '.join(command.allowed_tools[:3])}" if command.allowed_tools else "",
        f"chooses the model {command.model}" if command.model not in {"", "inherit"} else "",
        "runs commands of the shell" if has_shell(command.body) else "",
    ]
    return " and ".join(filter(None, parts))


def _first_of(items: Sequence[T], shadowed: list[Shadowed]) -> dict[str, T]:
    found: dict[str, T] = {}
    for item in items:
        winner = found.setdefault(item.name, item)
        if winner is not item:
            shadowed.append(Shadowed(name=item.name, path=item.path, by=winner.path))
    return found


def _aliases_of(commands: Mapping[str, CommandFile]) -> dict[str, str]:
    """The last part of each name, where only one has it and nothing else is called so."""
    owners: dict[str, list[str]] = {}
    for name in commands:
        if ":" in name:
            owners.setdefault(name.rpartition(":")[2], []).append(name)
    return {
        alias: names[0]
        for alias, names in owners.items()
        if len(names) == 1 and alias not in commands
    }

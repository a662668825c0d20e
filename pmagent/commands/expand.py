"""A command's text as it goes to a model: arguments, values, output of commands and files put in.

One pass: what was put in is never read as a reference again. What has to be run or read is done by
the callables given, behind the gate; a command that may not run aborts the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias, assert_never

from pmagent.commands.read_command import is_of_opencode
from pmagent.commands.references import (
    ArgBase,
    Insert,
    Mention,
    Part,
    Piece,
    Shell,
    base_of,
    mentions_in,
    parse_body,
    read_arguments,
)
from pmagent.commands.shell_text import shell_text
from pmagent.errors import UsageError
from pmagent.permissions.commands import unwrap
from pmagent.permissions.shell import split_command
from pmagent.places import Place, parse_place
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.commands import CommandFile

RunShell = Callable[[str], Outcome]
"""Runs one shell command, where an allow rule lets it; never asks."""
ReadPlace = Callable[[Place], Outcome | None]
"""The text of a file or a passage behind the Read rules; None where no such thing is there."""

MAX_OUTPUT = 30_000
MAX_INLINE = 200
"""Characters of a one-line output that stands in the sentence itself."""
OFF = "[this command is not run: shell commands in commands are switched off by a setting]"
ONE_BASED = '"$1" is taken for the first argument, because the file never uses "$0"'
_ONE_MEANS_NONE = frozenset({
    "grep",
    "egrep",
    "fgrep",
    "zgrep",
    "rg",
    "ag",
    "find",
    "fd",
    "diff",
    "cmp",
    "comm",
})
"""Programs whose exit status 1 says that there was nothing, or a difference."""
_GIT_FINDERS = frozenset({"grep", "diff"})
_TRAILING = ".:?!"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What an expansion may do."""

    run: RunShell | None
    """None: the setting `disableSkillShellExecution`."""
    read: ReadPlace


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the session says about itself, for `${CLAUDE_…}` and `${PMAGENT_…}`."""

    session_id: str = ""
    effort: str = ""
    project_dir: str = ""
    plugin_data: str = ""


@dataclass(frozen=True, kw_only=True)
class Expanded:
    """The text to send."""

    text: str
    notices: tuple[str, ...] = ()
    """What a person is told, each once."""
    outcomes: tuple[Outcome, ...] = ()
    """What was run and read for it: their labels become the session's."""
    digest: str = ""
    """The same digest again: only a short note needs to be sent."""


@dataclass(frozen=True, kw_only=True)
class Aborted:
    """The command is not sent."""

    message: str
    hint: str = ""
    outcomes: tuple[Outcome, ...] = ()


Expansion: TypeAlias = Expanded | Aborted


def expand(
    command: CommandFile,
    typed: str,
    ports: Ports,
    around: Around,
    *,
    arg_base: ArgBase = "auto",
) -> Expansion:
    """The text of `command` with `typed` behind it.

    Where the text refers to no argument and something was typed, it is added at the end.
    """
    raw = typed.strip()
    arguments = read_arguments(command, raw, arg_base=arg_base)
    maker = _Maker(command, ports)
    made = maker.make(parse_body(command, arguments, values_of(command, around)))
    if isinstance(made, Aborted):
        return made
    if raw and not maker.used_argument:
        made += f"\n\nARGUMENTS: {raw}"
    notices = [ONE_BASED] if _counts_oddly(command, arg_base) else []
    return _expanded(made, [*notices, *maker.notices], maker.outcomes)


def expand_mentions(text: str, ports: Ports) -> Expanded:
    """A person's own words with the files and passages put in that they name after `@`."""
    maker = _Maker(None, ports)
    made = maker.make(mentions_in(text))
    return _expanded(made if isinstance(made, str) else text, maker.notices, maker.outcomes)


def values_of(command: CommandFile, around: Around) -> Mapping[str, str]:
    """What `${CLAUDE_…}` means for this command."""
    return {
        "SESSION_ID": around.session_id,
        "EFFORT": command.effort or around.effort,
        "SKILL_DIR": command.folder,
        "PROJECT_DIR": around.project_dir,
        "PLUGIN_ROOT": command.plugin_root,
        "PLUGIN_DATA": around.plugin_data if command.plugin_root else "",
    }


def allowed_rules(command: CommandFile, around: Around) -> tuple[str, ...]:
    """The rules that are pre-approved for the turn, with the values put in.

    None for a file that is not trusted.
    """
    if not command.is_trusted:
        return ()
    rules: list[str] = []
    for rule in command.allowed_tools:
        for key, value in values_of(command, around).items():
            for name in (f"${{CLAUDE_{key}}}", f"${{PMAGENT_{key}}}"):
                rule = rule.replace(name, value) if value else rule
        rules.append(rule)
    return tuple(rules)


def marked(text: str, kind: str, label: str) -> str:
    """`text` between two lines that it cannot hold itself, so that it is seen to be data."""
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    shown = label.replace('"', "'").replace("\n", " ")
    return f'<{kind} of="{shown}" mark="{mark}">\n{text}\n</{kind} {mark}>'


def _counts_oddly(command: CommandFile, arg_base: ArgBase) -> bool:
    if arg_base != "auto" or "pmagent-args" in command.fields:
        return False
    return base_of(command) == 1 and not is_of_opencode(command.path)


def _expanded(text: str, notices: Sequence[str], outcomes: Sequence[Outcome]) -> Expanded:
    return Expanded(
        text=text,
        notices=tuple(dict.fromkeys(notices)),
        outcomes=tuple(outcomes),
        digest=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    )


class _Maker:
    """Turns the parts into one text, or into the reason why not."""

    def __init__(self, command: CommandFile | None, ports: Ports) -> None:
        self.used_argument = False
        self.notices: list[str] = []
        self.outcomes: list[Outcome] = []
        self._command = command
        self._ports = ports

    def make(self, parts: Iterator[Part]) -> str | Aborted:
        made: list[str] = []
        for part in parts:
            if isinstance(part, str):
                made.append(part)
            elif isinstance(part, Insert):
                made.append(self._insert(part))
            elif isinstance(part, Mention):
                made.append(self._mention(part))
            else:
                output = self._shell(part)
                if isinstance(output, Aborted):
                    return output
                made.append(output)
        return "".join(made)

    def _insert(self, part: Insert) -> str:
        self.used_argument = self.used_argument or part.is_argument
        return part.text

    def _plain(self, pieces: Sequence[Piece]) -> str:
        return "".join(p if isinstance(p, str) else self._insert(p) for p in pieces)

    def _mention(self, mention: Mention) -> str:
        """The file in the place of its name; the name alone where nothing is called so."""
        name = self._plain(mention.pieces)
        written = f'@"{name}"' if mention.is_quoted else f"@{name}"
        for asked, rest in _candidates(name, is_quoted=mention.is_quoted):
            try:
                outcome = self._ports.read(parse_place(asked))
            except UsageError:
                continue
            if outcome is None:
                continue
            self.outcomes.append(outcome)
            if isinstance(outcome, Done):
                return marked(_bounded(outcome.text), "file", asked) + rest
            why = reason_of_outcome(outcome)
            self.notices.append(f'"{asked}" was not read: {why}')
            return f"{written} (not read: {why})"
        return written

    def _shell(self, shell: Shell) -> str | Aborted:
        command = self._command
        if any(isinstance(piece, Insert) and piece.is_argument for piece in shell.pieces):
            self.used_argument = True
        if self._ports.run is None:
            return OFF
        if refused := _why_not(command, shell):
            return refused
        text = shell_text(shell.pieces)
        if text is None:
            return Aborted(
                message=f'"!`{shell.written}`" takes an argument where it cannot be quoted safely',
                hint="write it outside here-documents, arithmetic, eval, case and sh -c",
                outcomes=tuple(self.outcomes),
            )
        outcome = self._ports.run(text.strip())
        self.outcomes.append(outcome)
        output = _output_of(outcome, text)
        if isinstance(output, Aborted):
            return Aborted(message=output.message, hint=output.hint, outcomes=tuple(self.outcomes))
        if "\n" not in output and len(output) <= MAX_INLINE:
            return output
        return marked(output, "output", shell.written.split("\n")[0])


def _why_not(command: CommandFile | None, shell: Shell) -> Aborted | None:
    if command is None:
        return None
    if not command.is_trusted:
        return Aborted(
            message=f'"/{command.name}" would run "{shell.written}", and nobody has trusted it',
            hint=f'read "{command.path}", then trust it with "pmagent garden trust"',
        )
    if command.shell not in {"bash", "sh", ""}:
        return Aborted(
            message=f'"/{command.name}" wants "{command.shell}", and only bash is run here'
        )
    return None


def _candidates(name: str, *, is_quoted: bool) -> Iterator[tuple[str, str]]:
    """What a mention may mean, most likely first, with what then stands behind it."""
    yield name, ""
    if is_quoted:
        return
    shorter = name.rstrip(_TRAILING)
    if shorter and shorter != name:
        yield shorter, name[len(shorter) :]
    first = name.split(maxsplit=1)[0] if name.split() else name
    if first not in {name, shorter}:
        yield first, name[len(first) :]


def _output_of(outcome: Outcome, command: str) -> str | Aborted:
    """What a command wrote, stderr with it."""
    if not isinstance(outcome, Done):
        why = reason_of_outcome(outcome)
        return Aborted(
            message=f'"{command.strip()}" was not run: {why}',
            hint="allow it with a rule, or in the command's allowed-tools",
        )
    if outcome.data.get("interrupted") is True:
        return Aborted(message=f'"{command.strip()}" took too long and was ended')
    status = outcome.data.get("exitCode", 0)
    text = _written_by(outcome)
    if status not in {0, None} and not (status == 1 and _finds(command)):
        return Aborted(
            message=f'"{command.strip()}" ended with status {status}', hint=text[:500].strip()
        )
    return _bounded(text)


def _written_by(outcome: Done) -> str:
    streams = [outcome.data.get(key) for key in ("stdout", "stderr")]
    if not any(isinstance(stream, str) for stream in streams):
        return outcome.text.rstrip("\n")
    return "\n".join(str(stream).rstrip("\n") for stream in streams if stream)


def _finds(command: str) -> bool:
    """Whether the last program is one whose status 1 is an answer."""
    parts = split_command(command)
    if not parts.commands:
        return False
    words = [word.text for word in unwrap(parts.commands[-1].words)]
    if not words:
        return False
    program = PurePath(words[0] or "").name
    if program == "git":
        return any(word in _GIT_FINDERS for word in words[1:3])
    return program in _ONE_MEANS_NONE


def reason_of_outcome(outcome: Denied | Unanswered | Failed) -> str:
    """Why something was not done, in one sentence."""
    match outcome:
        case Denied():
            return outcome.note or outcome.decision.reason
        case Unanswered():
            return f"it needs an allow rule: {outcome.decision.reason}"
        case Failed():
            return outcome.message
        case _:
            assert_never(outcome)


def _bounded(text: str) -> str:
    if len(text) <= MAX_OUTPUT:
        return text
    return text[:MAX_OUTPUT] + f"\n… cut: {len(text) - MAX_OUTPUT:,} more characters"

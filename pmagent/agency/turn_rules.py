"""What a command pre-approves and refuses: for its own turn, and for no other.

Only a trusted file pre-approves anything. A refusal that cannot be understood ends the command.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pmagent.agent.session import Session
from pmagent.commands.expand import Aborted, Around, allowed_rules
from pmagent.errors import PmagentError
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import Effect, Rule, Source
from pmagent.types.commands import CommandFile


@contextmanager
def turn_rules(
    session: Session, commands: Sequence[CommandFile], around: Around
) -> Generator[None]:
    """Within, what the commands pre-approve and take away counts in `session`."""
    before = session.grants
    # A stranger's words do not go along with what a trusted file may do unasked.
    is_whole = all(command.is_trusted for command in commands)
    for command in commands:
        allowed = allowed_rules(command, around) if is_whole else ()
        session.grants += tuple(_rules(allowed, "allow", command.path))
        session.grants += tuple(_rules(command.disallowed_tools, "deny", command.path))
    try:
        yield
    finally:
        # What the person pressed meanwhile stays.
        known = set(map(id, before))
        pressed = (r for r in session.grants if id(r) not in known and not r.source.path)
        session.grants = (*before, *pressed)


def unreadable(commands: Sequence[CommandFile]) -> Aborted | None:
    """Why the commands may not run: what one of them refuses cannot be understood."""
    for command in commands:
        for text in command.disallowed_tools:
            try:
                parse_rule(text, effect="deny", layer="session", source=Source(path=command.path))
            except PmagentError as exc:
                return Aborted(
                    message=f'"/{command.name}" refuses "{text}", which is no rule: {exc.message}',
                    hint=f'mend "disallowed-tools" in "{command.path}"',
                )
    return None


def _rules(texts: Sequence[str], effect: Effect, path: str) -> Iterator[Rule]:
    """The rules that can be understood; each names its file, so that it ends with the turn."""
    for text in texts:
        try:
            rule = parse_rule(text, effect=effect, layer="session", source=Source(path=path))
        except PmagentError:
            continue
        yield replace(rule, source=Source(path=path or "command"))

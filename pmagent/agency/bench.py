"""What a built-in command works with: the garden, the conversation, and what both are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pmagent.commands.bench import CommandGarden, Compaction
from pmagent.commands.book import CommandBook
from pmagent.doctor import examine
from pmagent.gatehouse import Gatehouse
from pmagent.hooks.listing import HookRow
from pmagent.paths import Homes
from pmagent.types import Check
from pmagent.types.commands import CommandFile
from pmagent.types.conversing import Conversation
from pmagent.types.jobs import JobCalls
from pmagent.types.sessions import Fact, SessionRow


@dataclass(frozen=True, kw_only=True)
class TalkBench:
    """The bench of one conversation."""

    garden: CommandGarden
    talk: Conversation
    gatehouse: Gatehouse
    homes: Homes
    book: CommandBook
    jobs: JobCalls
    is_stopped: Callable[[], bool]
    remembered: Callable[[], Sequence[Fact]]
    shorten: Callable[[str], Compaction | None]
    begin: Callable[[], SessionRow]

    @property
    def is_stopping(self) -> bool:
        """Whether the person wants the turn to end."""
        return self.is_stopped()

    def checks(self) -> Iterator[Check]:
        """The machine, the garden and its walls."""
        yield from examine(self.garden.root, self.homes)
        yield from self.gatehouse.checks()

    def hooks(self) -> Sequence[HookRow]:
        """Every hook, and whether it runs."""
        return self.gatehouse.hook_rows()

    def skills(self) -> Sequence[CommandFile]:
        """Every command and skill that is read from a file."""
        self.book.refresh()
        return self.book.commands()

    def memory(self) -> Sequence[Fact]:
        """What is remembered across sessions."""
        return self.remembered()

    def compact(self, focus: str) -> Compaction | None:
        """Put a summary in place of the older turns."""
        return self.shorten(focus)

    def begin_session(self) -> SessionRow:
        """An empty conversation in place of this one."""
        return self.begin()

"""One turn of the agent as it stands: its events folded into what is shown of them.

Pure. Words are kept as Markdown blocks of which only the last is ever painted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pmagent.tui.paint.lines import Page
from pmagent.tui.paint.prose import Prose
from pmagent.tui.paint.said import Cited, Growing
from pmagent.types.actions import Outcome
from pmagent.types.answers import Abstention, Answer, Map
from pmagent.types.sessions import TurnRow
from pmagent.types.talk import Usage
from pmagent.types.turns import (
    AgentBegan,
    AgentEnded,
    AgentMoved,
    Found,
    Noted,
    Paused,
    Resumed,
    Said,
    Screen,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    Used,
)

WORKING = "working"
PAUSED = "paused"


class Words:
    """What was said between two other things."""

    def __init__(self, text: str = "") -> None:
        self.prose = Prose(text)
        self.painted: dict[int, tuple[int, list[tuple[object, ...]]]] = {}
        """For a width, how many blocks are painted, and their lines."""


class ToolRow:
    """One use of a tool, and whether its output is unfolded."""

    def __init__(self, began: ToolBegan) -> None:
        self.began = began
        self.outcome: Outcome | None = None
        self.elapsed_s = 0.0
        self.is_open = False


class AgentRow:
    """One sub-agent, where it is and what it has handed back."""

    def __init__(self, began: AgentBegan) -> None:
        self.began = began
        self.step = 0
        self.doing = "starting"
        self.elapsed_s = 0.0
        self.usage = Usage()
        self.ended: AgentEnded | None = None


class Reply:
    """A cited answer, an abstention or a map."""

    def __init__(self, reply: Answer | Abstention | Map) -> None:
        self.reply = reply


TurnPart: TypeAlias = Words | ToolRow | AgentRow | Reply | Noted


class Turn(Growing):
    """What came of one thing that was typed."""

    def __init__(self, *, is_command: bool = False, is_over: bool = False) -> None:
        self.is_command = is_command
        """Whether a command of the shell was typed: its output is then all there is."""
        self.is_over = is_over
        self.version = 0
        self.id = ""
        self.model = ""
        self.parts: list[TurnPart] = []
        self.agents: dict[str, AgentRow] = {}
        self.ended: TurnEnded | None = None
        self.killed = ""
        """Why a turn of an earlier run has no end."""
        self.used: Used | None = None
        self.state = WORKING
        self.doing = ""
        """The tool that is in use now."""
        self.numbers: dict[str, int] = {}
        """The places that are cited, and the numbers they are shown by."""
        self.painted: tuple[int, int, Page] | None = None
        self._tools: dict[str, ToolRow] = {}
        self._length = 0

    @property
    def text(self) -> str:
        """All words of the agent, as Markdown."""
        said = "\n\n".join(
            part.prose.source.strip("\n") for part in self.parts if isinstance(part, Words)
        )
        return said or (self.ended.text if self.ended is not None else "")

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The places that are cited, in the order of their numbers."""
        return tuple(Cited(place) for place in self.numbers)

    @property
    def running_agents(self) -> tuple[AgentRow, ...]:
        """The sub-agents that have not ended, the first begun first."""
        return tuple(row for row in self.agents.values() if row.ended is None)

    def guess(self, width: int) -> int:
        """About how many lines it takes; words are counted, not laid out."""
        return 4 + self._length // max(min(width, 96), 1) + self._length // 60

    def number_of(self, place: str) -> int:
        """The number a cited place is shown by."""
        return self.numbers.setdefault(place, len(self.numbers) + 1)

    def toggle(self, row: ToolRow) -> None:
        """Unfold the output of a tool, or fold it again."""
        row.is_open = not row.is_open
        self.version += 1

    def take(self, events: Sequence[TurnEvent]) -> None:
        """Fold in what has happened."""
        for event in events:
            self._take(event)
        self.version += 1

    def _take(self, event: TurnEvent) -> None:
        match event:
            case Said(text=text, agent=""):
                self._say(text)
            case ToolBegan() | ToolEnded():
                self._take_tool(event)
            case AgentBegan() | AgentMoved() | AgentEnded():
                self._take_agent(event)
            case Found(reply=reply):
                self._show(reply)
            case Noted():
                self.parts.append(event)
            case TurnBegan(turn=turn, model=model):
                self.id, self.model = turn, model
            case _:
                self._take_state(event)

    def _take_state(self, event: TurnEvent) -> None:
        match event:
            case Paused(reason=reason):
                self.state = PAUSED
                self.parts.append(Noted(text=f"paused: {reason}" if reason else "paused"))
            case Resumed():
                self.state = WORKING
            case Used():
                self.used = event
            case TurnEnded():
                self.ended, self.is_over, self.doing = event, True, ""
                self._end_words()
                if not any(isinstance(part, Words | Reply) for part in self.parts) and event.text:
                    self._say(event.text)
                    self._end_words()
            case _:
                pass

    def _say(self, text: str) -> None:
        last = self.parts[-1] if self.parts else None
        if not isinstance(last, Words):
            last = Words()
            self.parts.append(last)
        last.prose.feed(text)
        self._length += len(text)

    def _end_words(self) -> None:
        for part in self.parts:
            if isinstance(part, Words):
                part.prose.end()

    def _take_tool(self, event: ToolBegan | ToolEnded) -> None:
        if event.agent:
            return
        if isinstance(event, ToolBegan):
            self._end_words()
            row = self._tools[event.call_id] = ToolRow(event)
            self.parts.append(row)
            self.doing = f"{event.tool} {event.subject}".strip()
        else:
            row = self._tools.get(event.call_id) or self._unheard(event)
            row.outcome, row.elapsed_s = event.outcome, event.elapsed_s
            self.doing = ""

    def _unheard(self, event: ToolEnded) -> ToolRow:
        """A row for an end whose beginning was not told."""
        row = ToolRow(ToolBegan(call_id=event.call_id, tool=event.tool, subject=""))
        self._tools[event.call_id] = row
        self.parts.append(row)
        return row

    def _take_agent(self, event: AgentBegan | AgentMoved | AgentEnded) -> None:
        if isinstance(event, AgentBegan):
            self._end_words()
            row = self.agents[event.id] = AgentRow(event)
            self.parts.append(row)
            return
        known = self.agents.get(event.id)
        if known is None:
            return
        if isinstance(event, AgentMoved):
            known.step, known.doing = event.step, event.doing
            known.elapsed_s, known.usage = event.elapsed_s, event.usage
        else:
            known.ended = event
            known.elapsed_s, known.usage = event.spend.time_s, event.spend.usage

    def _show(self, reply: Answer | Abstention | Map) -> None:
        """A closer look at the same question stands in the place of the first."""
        for place, part in enumerate(self.parts):
            if isinstance(part, Reply) and part.reply.found.query == reply.found.query:
                self.parts[place] = Reply(reply)
                return
        self.parts.append(Reply(reply))


def kept_turn(row: TurnRow) -> Turn:
    """A turn of an earlier run, laid out only when it is looked at."""
    turn = _Kept(row)
    turn.id = row.turn
    return turn


class _Kept(Turn):
    """Its words are cut into blocks at the first look."""

    def __init__(self, row: TurnRow) -> None:
        super().__init__(is_command=False, is_over=True)
        self._row = row
        self._length = len(row.shown)
        self._is_cut = False
        self.killed = _KILLED.get(row.reason, "")

    def open(self) -> None:
        """Make its parts."""
        if not self._is_cut:
            self._is_cut = True
            if self._row.shown:
                self.parts.append(Words(self._row.shown))

    @property
    def text(self) -> str:
        """All words of the agent, as Markdown."""
        return self._row.shown


_KILLED = {
    "killed": "Cut off when pmagent was killed: the words until then are kept.",
    "stopped": "You stopped it here.",
    "failed": "It did not end well.",
    "cut": "Cut off at the model's limit.",
}


def open_turn(turn: Turn) -> None:
    """Make the parts of a kept turn; nothing for one that has them."""
    if isinstance(turn, _Kept):
        turn.open()


def is_screen(event: TurnEvent) -> bool:
    """Whether the event is not drawn in the conversation."""
    return isinstance(event, Screen)

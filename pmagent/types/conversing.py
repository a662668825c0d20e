"""One conversation with the agent, as every front end sees it: terminal, plain, command line.

`submit` blocks and yields; it is called from one thread. All else may be called from any thread at
any moment, returns at once and never waits for a model, a tool or the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pmagent.types.actions import Json, Mode
from pmagent.types.commands import AgentFile, CommandRow, Completion
from pmagent.types.procedures import Autonomy
from pmagent.types.sessions import SessionRow, TurnRow
from pmagent.types.talk import ModelCard
from pmagent.types.turns import Budget, ContextView, Spend, TurnEvent, WhyCard


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How a conversation is to begin. What is left out is as the settings say."""

    model: str = ""
    """An alias or id."""
    session: str = ""
    """The id or name of the session to go on with; empty for a new one."""
    is_continued: bool = False
    """Go on with the latest session, or begin one where there is none."""
    is_forked: bool = False
    """Go on with a copy of it."""
    is_recovering: bool = False
    """Go on with the latest session where it was cut off, or where something was typed and not
    sent."""
    is_kept: bool = True
    """False: nothing of the session is written."""
    is_attended: bool = True
    """False: nobody is there, so what would pause a turn ends it."""
    allowed_tools: tuple[str, ...] = ()
    """Rules that hold as a yes for this session."""
    disallowed_tools: tuple[str, ...] = ()
    """Rules that hold as a no; a bare name takes the tool away."""
    mode: Mode | None = None
    appended: str = ""
    """Words put behind the instructions."""
    output_schema: Mapping[str, Json] | None = None
    """JSON Schema that the words of each answer must fit, where the model can."""
    is_dry: bool = False
    """Runs of procedures tell what they would do: nothing is sent, and nobody is asked."""
    has_step_model: bool = True
    """False: no model writes in a run of a procedure."""
    autonomy: Autonomy | None = None
    """How far runs may go at most; None: as far as their procedure."""


@dataclass(frozen=True, kw_only=True)
class StatusLine:
    """A status line of the person's own, which a command prints."""

    command: str = ""
    padding: int = 0
    """Blank cells before it."""
    refresh_s: float | None = None
    """How often it is printed again with nothing new; None: never."""


class Conversation(Protocol):
    """A session with its model, commands and budget."""

    def submit(self, text: str, *, budget: Budget | None = None) -> Iterator[TurnEvent]:
        """Run one turn: a `/command`, a `!command` of the shell, a question, a request.

        `TurnEnded` is always the last event. Nothing is raised for what went wrong in it.
        Two at once are refused: the second ends at once as `failed`.
        """
        ...

    def queue(self, text: str) -> int:
        """Say something while a turn runs: it is heard after the step that runs now.

        Gives how many wait. What was not heard by the end is in `unheard`.
        """
        ...

    def unheard(self) -> Sequence[str]:
        """Take what was queued and not heard, oldest first; the front end submits it."""
        ...

    def stop(self) -> None:
        """End the turn as soon as it is safe; nothing where none runs.

        That is at once between steps and while words arrive. A tool that changes something is
        first let finish.
        """
        ...

    def pause(self) -> None:
        """Wait after the step that runs now."""
        ...

    def resume(self) -> None:
        """Go on."""
        ...

    def halve(self) -> None:
        """Halve the steps that are left."""
        ...

    def restore(self) -> None:
        """Give back the steps that `halve` took."""
        ...

    def control_agent(self, agent: str, what: Literal["stop", "pause", "resume"]) -> bool:
        """Do this to one sub-agent; False where it has ended or never was."""
        ...

    def peek(self, agent: str) -> Sequence[TurnEvent]:
        """What one sub-agent has done so far."""
        ...

    @property
    def is_running(self) -> bool:
        """Whether a turn runs."""
        ...

    def why(self) -> WhyCard:
        """What are you doing? Read from state in well under 50 ms."""
        ...

    def context(self) -> ContextView:
        """What the model would be sent now, in tokens."""
        ...

    @property
    def spend(self) -> Spend:
        """What the session used."""
        ...

    @property
    def model(self) -> ModelCard:
        """The model that answers now."""
        ...

    def models(self) -> Sequence[ModelCard]:
        """All that can be chosen: `offline`, `fast`, `deep` and the person's own."""
        ...

    def use_model(self, name: str) -> ModelCard:
        """Another model from the next step on, by alias or id.

        Raises:
            UsageError: nothing is known by that name.
            ModelError: it cannot be used now, or a hook refuses; the model stays.
        """
        ...

    def commands(self) -> Sequence[CommandRow]:
        """Everything that can be typed after a slash."""
        ...

    def complete(self, line: str) -> Sequence[Completion]:
        """Ways to go on: commands after `/`, files and passages after `@`.

        Best first, twelve at most.
        """
        ...

    def agents(self) -> Sequence[AgentFile]:
        """The sub-agents there are."""
        ...

    @property
    def session(self) -> SessionRow:
        """This session."""
        ...

    def turns(self) -> Sequence[TurnRow]:
        """The turns so far, oldest first, without those rewound."""
        ...

    def sessions(self, words: str = "") -> Sequence[SessionRow]:
        """The sessions of this garden, latest first; with `words`, those that speak of them."""
        ...

    def open_session(self, name: str, *, fork: bool = False) -> SessionRow:
        """Go on with another session, or with a copy of it.

        Raises:
            UsageError: none, or more than one, is meant.
        """
        ...

    def rename(self, name: str) -> None:
        """Give this session a name."""
        ...

    def export(self, form: Literal["markdown", "json"]) -> str:
        """This session as one text."""
        ...

    def rewind(self, turn: str, *, files: bool) -> str:
        """Go on from before a turn, with `files` also taking back what was changed since.

        Gives the text that was typed then, for the line.

        Raises:
            JournalError: a file was edited since by somebody else.
        """
        ...

    def keep_draft(self, text: str) -> None:
        """Keep what is typed and not sent, so that a crash does not lose it."""
        ...

    def status_facts(self) -> Mapping[str, Json]:
        """The numbers for a status line command, in the shape of `conventions` 1.7."""
        ...

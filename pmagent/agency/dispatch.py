"""What is typed on the line, done: a built-in, a command of a file, a shell command, or words.

Everything comes out as the events of one turn. What goes wrong is told in it; nothing is raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pmagent.agency.grounds import AgencyGrounds
from pmagent.agency.plain_turn import Ending, PlainTurn, ending_of
from pmagent.agency.proposing import propose
from pmagent.agency.run_turns import RunTeller
from pmagent.agency.saving import SAVE_FLAG, save
from pmagent.agency.skills import Skills, draft_of, split_arguments, text_of
from pmagent.agency.turn_rules import turn_rules, unreadable
from pmagent.agent.gate import new_call_id
from pmagent.agent.loop import Loop
from pmagent.agent.moment import utc_now
from pmagent.commands.bench import Builtin
from pmagent.commands.book import CommandBook, nearest
from pmagent.commands.expand import Aborted, Around, Ports, expand_mentions
from pmagent.commands.line import Calls, read_line
from pmagent.errors import ModelError, PmagentError, UsageError
from pmagent.llm.offline_steps import Means, Use, plan_steps
from pmagent.llm.offline_turn import read_open
from pmagent.llm.routing_table import Route
from pmagent.llm.routing_week import WEEKLY
from pmagent.procedures.language.read import is_procedure
from pmagent.types.actions import Done, Failed, Json, Outcome
from pmagent.types.commands import CommandFile
from pmagent.types.sessions import Asked, Ended, Record, Stepped
from pmagent.types.talk import Message, Model, Text
from pmagent.types.turns import (
    Budget,
    EndReason,
    Found,
    Noted,
    Said,
    Screen,
    Spend,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
)

INIT = "init"
ASKS_WHY = "/why"
MAX_GOAL = 200
MAX_REMEMBERED = 8_000
"""Characters of a command's answer that a model is later told."""
PLAIN = frozenset({"ask", "where", *(WEEKLY - {"add", "done"})})
"""What a question without a slash may mean, and is done without using a tool."""
NEEDS_MODEL = "is written for a language model, and none is chosen"


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Does what is typed in one conversation."""

    grounds: AgencyGrounds
    loop: Loop
    book: CommandBook
    skills: Skills
    ports: Callable[[], Ports]
    around: Callable[[], Around]
    open_model: Callable[[str], Model]
    record: Callable[[Record], None]
    routes: Callable[[], Sequence[Route]]
    run_of: Callable[[str, str], RunTeller]
    """Tells a run of a procedure with the words behind its name, for whoever sits here."""
    used: Callable[[str], None]
    """Told the name of each command that is used."""
    last: list[PlainTurn] = field(default_factory=list[PlainTurn])
    """The turn without a model that runs or ran last; none where a model's is later."""
    noticed: set[str] = field(default_factory=set[str])
    """Commands whose odd ways were told once."""

    def run(self, text: str, budget: Budget) -> Iterator[TurnEvent]:
        """One turn."""
        typed = text.strip()
        self.grounds.gatehouse.session.said(typed)
        if typed.startswith("!"):
            yield from self._plain(typed, self._shell(typed[1:].strip()), is_kept=True)
        elif typed.startswith("/") and len(typed) > 1 and not typed[1].isspace():
            yield from self._command(typed, budget)
        else:
            yield from self._words(typed, budget)

    # -- a command ---------------------------------------------------------------------------------

    def _command(self, typed: str, budget: Budget) -> Iterator[TurnEvent]:
        self.book.refresh()
        name, rest = _split(typed)
        builtin = self.skills.builtin(name)
        # A person's own command may take the name of a job, never of what runs the application.
        if builtin is not None:
            self.used(builtin.name)
            is_kept = builtin.group == "Ask"
            yield from self._plain(typed, self._builtin(builtin, rest), is_kept=is_kept)
            return
        called = read_line(typed, self._is_command)
        if not isinstance(called, Calls):
            yield from self._unknown(typed, name)
            return
        commands = [found for one in called.names if (found := self.book.command(one))]
        for command in commands:
            self.used(command.name)
        if len(commands) == 1 and is_procedure(commands[0]):
            ending = Ending()
            yield from self._plain(
                typed,
                self.run_of(commands[0].name, called.arguments).tell(ending),
                is_kept=True,
                ending=ending,
            )
        elif [command.name for command in commands] == [INIT]:
            yield from self._plain(typed, self._init(called.arguments), is_kept=False)
        elif self.is_offline and all(self.skills.insight(one.name) for one in commands):
            yield from self._plain(typed, self._insights(commands, called.arguments), is_kept=True)
        else:
            yield from self._prompt(typed, commands, called.arguments, budget)

    def _is_command(self, name: str) -> bool:
        command = self.book.command(name)
        return command is not None and command.is_for_person

    @property
    def is_offline(self) -> bool:
        """Whether no language model answers now."""
        return self.loop.model.card.id == "offline"

    def _builtin(self, builtin: Builtin, rest: str) -> Iterator[TurnEvent]:
        """What a model may be told of later counts as read, like what it reads itself."""
        heard: list[TurnEvent] = []
        bench = self.skills.bench()
        try:
            for event in builtin.run(rest.strip(), bench):
                heard.append(event)
                yield event
        finally:
            told = self.skills.told(heard, bench.jobs.read_paths)
            self.grounds.gatehouse.session.note(*told)

    def _insights(self, commands: Sequence[CommandFile], rest: str) -> Iterator[TurnEvent]:
        for command in commands:
            yield from self._insight(command, rest)

    def _insight(self, command: CommandFile, rest: str) -> Iterator[TurnEvent]:
        """A command's own work without a model, through the gate like any use of a tool."""
        is_saved = SAVE_FLAG in split_arguments(rest)
        typed = rest.replace(SAVE_FLAG, "").strip()
        given: dict[str, Json] = {"skill": command.name, "args": typed}
        call = new_call_id()
        yield ToolBegan(call_id=call, tool="Skill", subject=f"/{command.name} {typed}".strip())
        began = time.monotonic()
        outcome = self.grounds.gatehouse.perform("Skill", given, why="you typed it")
        elapsed_s = time.monotonic() - began
        yield ToolEnded(call_id=call, tool="Skill", outcome=outcome, elapsed_s=elapsed_s)
        if isinstance(outcome, Failed):
            # What a command's own work refuses is how it was typed.
            raise UsageError(outcome.message, outcome.hint)
        if not isinstance(outcome, Done):
            return
        draft = draft_of(outcome.data, outcome.text)
        yield Said(text=draft.markdown)
        places = [part for part in (draft.parts or (draft,)) if part.path]
        if draft.abstained:
            yield Noted(text=draft.abstained, kind="warning")
        elif is_saved:
            for part in places:
                yield from save(part, command.name, self._write, is_taken=self._is_taken)
        elif places:
            named = ", ".join(f'"{part.path}"' for part in places[:3])
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""
            again = f"/{command.name} {typed}".strip()
            yield Noted(text=f'save it as {named}{more} with "{again} {SAVE_FLAG}"')

    def _init(self, rest: str) -> Iterator[TurnEvent]:
        """Propose the garden's instructions, and ask whether to write them."""
        draft, told = propose(self.skills.archive(), self.grounds.walls, rest)
        yield Said(text=f"{told}\n\n```markdown\n{draft.markdown.rstrip()}\n```\n")
        if draft.path:
            yield from save(draft, INIT, self._write, is_taken=self._is_taken)
        else:
            yield Noted(text=draft.abstained)

    def _write(self, tool: str, given: Mapping[str, Json], why: str) -> Outcome:
        return self.grounds.gatehouse.perform(tool, given, by="command", why=why)

    def _is_taken(self, path: str) -> bool:
        return self.grounds.walls.entry(path) is not None

    def _prompt(
        self, typed: str, commands: Sequence[CommandFile], rest: str, budget: Budget
    ) -> Iterator[TurnEvent]:
        """Commands whose text goes to a model, with what they pre-approve for this one turn."""
        if fault := unreadable(commands):
            yield from self._plain(typed, _aborted(fault), is_kept=False)
            return
        with turn_rules(self.grounds.gatehouse.session, commands, self.around()):
            texts: list[str] = []
            for command in commands:
                made = self.skills.expand(command, rest)
                if isinstance(made, Aborted):
                    yield from self._plain(typed, _aborted(made), is_kept=False)
                    return
                self._note(made.outcomes)
                texts.append(_for_agent(command, made.text))
                for notice in made.notices if command.name not in self.noticed else ():
                    yield Noted(text=notice)
                self.noticed.add(command.name)
            text = "\n\n".join(texts)
            if self.is_offline:
                yield from self._plain(typed, self._needs_model(commands[0], text), is_kept=False)
                return
            with self._turn_model(commands[0]) as problem:
                if problem:
                    yield Noted(text=problem, kind="model")
                message = Message(role="user", parts=(Text(text=text),))
                self.last.clear()
                yield from self.loop.run(typed, message, budget=budget)

    def _needs_model(self, command: CommandFile, text: str) -> Iterator[TurnEvent]:
        yield Said(text=f"What `/{command.name}` would ask a model:\n\n{text.strip()}\n")
        raise ModelError(
            f'"/{command.name}" {NEEDS_MODEL}',
            'choose one with "/model"; a key is set with "pmagent model key"',
            kind="no_key",
        )

    @contextmanager
    def _turn_model(self, command: CommandFile) -> Generator[str]:
        """Another model for one turn; why not, where it cannot be used."""
        name = command.model
        if name in {"", "inherit"}:
            yield ""
            return
        if not command.is_trusted:
            # It may be elsewhere, or cost more: where words go is the person's to say.
            yield f'"{command.path}" names the model "{name}", and nobody has trusted it'
            return
        before = self.loop.model
        problem = ""
        try:
            self.loop.model = self.open_model(name)
        except PmagentError as exc:
            problem = f"{exc.message}; {before.card.id} answers"
        try:
            yield problem
        finally:
            self.loop.model = before

    # -- words, and the shell ----------------------------------------------------------------------

    def _words(self, typed: str, budget: Budget) -> Iterator[TurnEvent]:
        if self.is_offline and (builtin := self._asked_plainly(typed)) is not None:
            work = self._builtin(builtin[0], builtin[1])
            yield from self._plain(typed, work, is_kept=builtin[0].group == "Ask")
            return
        made = expand_mentions(typed, self.ports())
        self._note(made.outcomes)
        for notice in made.notices:
            yield Noted(text=notice, kind="warning")
        message = Message(role="user", parts=(Text(text=made.text),))
        self.last.clear()
        yield from self.loop.run(typed, message, budget=budget)

    def _asked_plainly(self, typed: str) -> tuple[Builtin, str] | None:
        """A question to the archive, which is answered whole and at once; its command."""
        asked = Message(role="user", parts=(Text(text=typed),))
        turn = read_open((*self.loop.messages, asked))
        means = Means(routes=self.routes(), tools=frozenset({"Skill"}), suggestions=tuple)
        steps = plan_steps(turn.asked[-1], turn, means)
        match steps:
            case (Use(tool="Skill", input={"skill": str(name), **rest}, behind=""),):
                args = rest.get("args", "")
                found = self.skills.builtin(name) if name in PLAIN else None
                if found is not None and isinstance(args, str):
                    return found, args
            case _:
                pass
        return None

    def _shell(self, command: str) -> Iterator[TurnEvent]:
        call = new_call_id()
        yield ToolBegan(call_id=call, tool="Bash", subject=command, why="you typed it")
        began = time.monotonic()
        outcome = self.grounds.gatehouse.perform("Bash", {"command": command}, why="you typed it")
        elapsed_s = time.monotonic() - began
        yield ToolEnded(call_id=call, tool="Bash", outcome=outcome, elapsed_s=elapsed_s)
        if isinstance(outcome, Done):
            yield Said(text=f"```\n{outcome.text.rstrip()}\n```\n")
        else:
            yield from _refused(outcome)

    def _note(self, outcomes: Sequence[Outcome]) -> None:
        """What was read for the words counts as read in this session."""
        for outcome in outcomes:
            if isinstance(outcome, Done):
                private = outcome.text if "private" in outcome.labels else ""
                self.grounds.gatehouse.session.note(outcome.labels, private)

    # -- a turn without a model --------------------------------------------------------------------

    def _unknown(self, typed: str, name: str) -> Iterator[TurnEvent]:
        known = [*self.skills.builtins, *(row.name for row in self.book.rows())]
        near = nearest(name, known)
        yield TurnBegan(turn=new_call_id(), goal=typed[:MAX_GOAL], model="", at=utc_now())
        hint = f'did you mean "/{near}"?' if near else '"/help" lists every command'
        yield Noted(text=f'there is no command "/{name}"', kind="error", hint=hint)
        yield TurnEnded(reason="unknown", text="", spend=Spend(), hint=hint, fault="UsageError")

    def _plain(
        self,
        typed: str,
        work: Iterator[TurnEvent],
        *,
        is_kept: bool,
        ending: Ending | None = None,
    ) -> Iterator[TurnEvent]:
        """A turn of `work`. What is kept stands in the session, and a model is told of it."""
        turn, trace = new_call_id(), self.loop.footing.trace
        span = trace.begin("command", typed.split()[0][:40] if typed else "command")
        if not typed.startswith(ASKS_WHY):
            self.last[:] = [PlainTurn(typed=typed, span=span)]
        message = Message(role="user", parts=(Text(text=typed),))
        began = time.monotonic()
        yield TurnBegan(turn=turn, goal=typed[:MAX_GOAL], model="", at=utc_now())
        if is_kept:
            self.record(Asked(turn=turn, typed=typed, message=message))
        heard: list[TurnEvent] = []
        end = ending or Ending()
        try:
            for event in work:
                heard.append(event)
                yield event
        except PmagentError as exc:
            end = ending_of(exc)
            yield Noted(text=exc.message, kind="error", hint=exc.hint)
        finally:
            trace.end(span, reason=end.reason)
            self.last[:] = [one.ended(end.reason) if one.span == span else one for one in self.last]
            shown = text_of(event for event in heard if isinstance(event, Said | Found | Screen))
            spend = Spend(time_s=time.monotonic() - began)
            if is_kept:
                self._keep(turn, message, shown, heard, end.reason)
        yield TurnEnded(
            reason=end.reason, text=shown, spend=spend, hint=end.hint, fault=end.fault,
            run=end.run, review=end.review,
        )  # fmt: skip

    def _keep(
        self,
        turn: str,
        asked: Message,
        shown: str,
        heard: Sequence[TurnEvent],
        reason: EndReason,
    ) -> None:
        told = shown[:MAX_REMEMBERED] or "(nothing was shown)"
        answer = Message(role="assistant", parts=(Text(text=told),))
        self.record(Stepped(turn=turn, message=answer))
        points = tuple(
            event.outcome.checkpoint
            for event in heard
            if isinstance(event, ToolEnded) and isinstance(event.outcome, Done)
        )
        made = tuple(point for point in points if point)
        self.record(Ended(turn=turn, reason=reason, checkpoints=made, shown=shown))
        self.loop.messages.extend((asked, answer))


def _aborted(made: Aborted) -> Iterator[TurnEvent]:
    yield Noted(text=made.message, kind="error", hint=made.hint)


def _refused(outcome: Outcome) -> Iterator[TurnEvent]:
    """What the end of the tool does not say: the hint of a failure."""
    if isinstance(outcome, Failed):
        yield Noted(text=outcome.message, kind="error", hint=outcome.hint)


def _split(typed: str) -> tuple[str, str]:
    """`/name` and what stands behind it."""
    name = typed[1:].split(maxsplit=1)[0]
    return name, typed[1 + len(name) :].strip()


def _for_agent(command: CommandFile, text: str) -> str:
    if not command.fork_agent:
        return text
    return f'Give this whole task to the sub-agent "{command.fork_agent}":\n\n{text}'

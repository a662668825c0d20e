"""Puts a conversation together: the only place that knows all of its parts."""

from __future__ import annotations

import pkgutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from posixpath import join, relpath

from pmagent.agency.bench import TalkBench
from pmagent.agency.briefing import Brief, write_brief
from pmagent.agency.dispatch import Dispatch
from pmagent.agency.grounds import AgencyGrounds
from pmagent.agency.keeping import Keeping
from pmagent.agency.looking import Looking
from pmagent.agency.models import Models, price_of_use
from pmagent.agency.own_files import OwnFiles, own_folders
from pmagent.agency.run_turns import RunTeller
from pmagent.agency.skills import Skills, load_insights
from pmagent.agency.talk import Parts, Talk
from pmagent.agent.context import Section
from pmagent.agent.footing import Footing, Role
from pmagent.agent.gate import new_call_id
from pmagent.agent.instruction_sections import Section as Loaded
from pmagent.agent.instruction_sections import tell_sections
from pmagent.agent.instructions import Instructions
from pmagent.agent.loop import Loop
from pmagent.agent.memory import load_memory, tell_memory
from pmagent.agent.moment import utc_now
from pmagent.agent.subagents import Agents, Desk
from pmagent.agent.tool import Errand
from pmagent.agent.trace import Trace
from pmagent.commands.book import CommandBook
from pmagent.commands.complete import Known
from pmagent.commands.expand import Around, Expansion, expand
from pmagent.commands.read_style import OutputStyle
from pmagent.commands.references import ArgBase
from pmagent.errors import ModelError, PmagentError
from pmagent.llm.offline import OfflineModel
from pmagent.llm.routing_table import Route, make_routes
from pmagent.permissions.rules import parse_rule
from pmagent.runs.runs import Company
from pmagent.secrets import Redactor, secret_values
from pmagent.types.actions import Done, Effect, Json, Outcome, Rule, Source, ToolCall
from pmagent.types.commands import AgentFile, CommandFile, CommandRow
from pmagent.types.conversing import Opening
from pmagent.types.sessions import Fact
from pmagent.types.talk import Model
from pmagent.types.turns import Budget

_BASES: Mapping[object, ArgBase] = {0: "0", 1: "1"}


def open_talk(grounds: AgencyGrounds, opening: Opening) -> Talk:
    """A conversation of this garden, begun or gone on with.

    Raises:
        UsageError: no such session, or a rule or a model is not known.
        ModelError: the model that was named cannot be used.
    """
    return _Maker(grounds, opening).talk()


@dataclass(kw_only=True)
class _Late:
    """What is there only once all parts are."""

    talk: Talk | None = None

    def get(self) -> Talk:
        assert self.talk is not None, "the conversation is being made"  # noqa: S101
        return self.talk


class _Maker:
    """Makes each part once, from the others."""

    def __init__(self, grounds: AgencyGrounds, opening: Opening) -> None:
        self._grounds = grounds
        self._opening = opening
        self._late = _Late()
        self._context: tuple[str, ...] = ()
        self._touching = threading.Lock()
        self._routed: tuple[tuple[CommandRow, ...], tuple[Route, ...]] = ((), ())

    def talk(self) -> Talk:
        grounds, opening = self._grounds, self._opening
        session = grounds.gatehouse.session
        if opening.mode is not None:
            session.mode = opening.mode
        session.grants += (
            *_rules(opening.allowed_tools, "allow"),
            *_rules(opening.disallowed_tools, "deny"),
        )
        grounds.gatehouse.skill = self.skills.run
        kept = self.keeping.session
        self.loop.restart(self.keeping.recall())
        is_new = not kept.row.turns
        verdict = grounds.gatehouse.begin("startup" if is_new else "resume")
        self._context = tuple(verdict.context)
        self._tell_instructions(self.instructions.loaded.sections)
        talk = Talk(
            Parts(
                grounds=grounds,
                loop=self.loop,
                agents=self.agents,
                book=self.book,
                models=self.models,
                dispatch=self.dispatch,
                keeping=self.keeping,
                looking=self.looking,
                known=Known(
                    rows=self.looking.rows,
                    paths=self.looking.paths,
                    passages=self.looking.passages,
                    recent=lambda: self.looking.recent,
                ),
                budget=Budget(
                    steps=grounds.settings.max_steps, cost_usd=grounds.settings.budget_usd
                ),
                fire=grounds.gatehouse.fire,
                style=self._style,
            )
        )
        self._late.talk = talk
        return talk

    # -- commands ----------------------------------------------------------------------------------

    @cached_property
    def book(self) -> CommandBook:
        return self._grounds.gatehouse.commands

    @cached_property
    def skills(self) -> Skills:
        return Skills(
            find=self._find,
            expand=self._expand,
            archive=self._grounds.archive,
            bench=self._bench,
            labels=self._grounds.gatehouse.labels_of,
            insights=load_insights(),
        )

    @cached_property
    def looking(self) -> Looking:
        return Looking(grounds=self._grounds, book=self.book, skills=self.skills)

    def _find(self, name: str) -> CommandFile | None:
        return self.book.command(name)

    def _expand(self, command: CommandFile, typed: str) -> Expansion:
        base = _BASES.get(self._grounds.settings.arg_base, "auto")
        return expand(command, typed, self.looking.ports(), self._around(), arg_base=base)

    def _around(self) -> Around:
        return Around(
            session_id=self.keeping.session.id,
            effort="medium",
            project_dir=str(self._grounds.garden.root),
        )

    def _bench(self) -> TalkBench:
        talk = self._late.get()
        return TalkBench(
            garden=self._grounds.garden,
            talk=talk,
            gatehouse=self._grounds.gatehouse,
            homes=self._grounds.homes,
            book=self.book,
            jobs=self._grounds.jobs(self.loop.model),
            is_stopped=lambda: self.loop.controls.is_stopped,
            remembered=self._remembered,
            shorten=talk.compact,
            begin=talk.begin_session,
        )

    def _remembered(self) -> Sequence[Fact]:
        memory = load_memory(self._grounds.walls, now=utc_now())
        return (*memory.policies, *memory.facts, *memory.expired)

    # -- the loop ----------------------------------------------------------------------------------

    @cached_property
    def keeping(self) -> Keeping:
        redactor = Redactor(secret_values(self._grounds.environment))
        return Keeping(
            self._grounds.data_dir, self._opening, redactor, self._grounds.gatehouse.session
        )

    @cached_property
    def models(self) -> Models:
        return Models(
            self._grounds.settings,
            self._grounds.environment,
            offline=self._offline,
            scripted=self._grounds.scripted,
        )

    def _offline(self) -> Model:
        return OfflineModel(routes=self._routes, suggestions=self._suggestions)

    def _routes(self) -> Sequence[Route]:
        rows = tuple(self.looking.rows())
        if rows != self._routed[0]:
            self._routed = (rows, make_routes(rows))
        return self._routed[1]

    def _suggestions(self) -> Sequence[str]:
        try:
            return self._grounds.garden.suggestions()
        except PmagentError:
            return ()

    @cached_property
    def agents(self) -> Agents:
        return Agents(
            Desk(
                files=self.book.agents,
                surroundings=self._surroundings,
                find_model=self.models.open,
            )
        )

    @cached_property
    def loop(self) -> Loop:
        gatehouse = self._grounds.gatehouse
        footing = Footing(
            perform=self._perform,
            only_reads=gatehouse.only_reads,
            specs=gatehouse.tool_specs,
            fire=gatehouse.fire,
            price=price_of_use,
            record=lambda record: self.keeping.record(record),
            trace=Trace(now=utc_now, sink=lambda span: self.keeping.session.add_span(span)),
            clock=time.monotonic,
            now=utc_now,
            new_id=new_call_id,
            asking=lambda: gatehouse.asking,
            is_attended=lambda: self._opening.is_attended,
        )
        role = Role(sections=self._sections, output_schema=self._opening.output_schema)
        return Loop(footing, self._first_model(), role, starter=self.agents)

    def _first_model(self) -> Model:
        """The model that was named, else the session's own, else the settings'."""
        if self._opening.model:
            return self.models.open(self._opening.model)
        marked = self.keeping.session.facts.get("model")
        for name in (marked, self.models.default):
            try:
                if isinstance(name, str) and name:
                    return self.models.open(name)
            except ModelError:
                # A key that is gone is no reason not to begin.
                continue
        return self.models.open("offline")

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            grounds=self._grounds,
            loop=self.loop,
            book=self.book,
            skills=self.skills,
            ports=self.looking.ports,
            around=self._around,
            open_model=self.models.open,
            record=lambda record: self.keeping.record(record),
            routes=self._routes,
            run_of=self._run_of,
            used=self.looking.used,
        )

    def _run_of(self, name: str, typed: str) -> RunTeller:
        opening, runs = self._opening, self._grounds.runs
        return RunTeller(
            begin=lambda: runs().begin(
                name, typed, self._company(), is_dry=opening.is_dry, autonomy=opening.autonomy
            ),
            asked=lambda run: runs().asked(run),
            is_dry=opening.is_dry,
        )

    def _company(self) -> Company:
        """Who is with a run that is begun here: who sits here, and the models that answer here."""
        house, loop = self._grounds.gatehouse, self.loop
        has_model = self._opening.has_step_model and loop.model.card.id != "offline"
        return Company(
            asker=house.asker if self._opening.is_attended else None,
            model=self._step_model if has_model else None,
            stop=lambda: loop.controls.is_stopped,
        )

    def _step_model(self, name: str) -> Model:
        """The model a step names; the conversation's own where it names none."""
        own = self.loop.model
        if not name:
            return own
        try:
            return self.models.open(name, inherited=own.card.id)
        except ModelError:
            # A step asks for a fast model, and the person has one of their own.
            return own

    # -- what the model is told --------------------------------------------------------------------

    @cached_property
    def instructions(self) -> Instructions:
        """The instruction files, read when the conversation begins."""
        grounds = self._grounds
        found = Instructions(
            grounds.walls,
            person=OwnFiles(),
            folders=own_folders(grounds.homes, grounds.environment),
        )
        found.load()
        return found

    def _perform(self, call: ToolCall, errand: Errand) -> Outcome:
        """A call of the model; what it reads or changes may bring further instructions."""
        outcome = self._grounds.gatehouse.run_errand(call, errand)
        path = call.input.get("file_path")
        if isinstance(outcome, Done) and isinstance(path, str):
            root = str(self._grounds.garden.root)
            below = relpath(join(root, path), root)
            with self._touching:
                due = () if below.startswith("../") else self.instructions.heed(below)
            self._tell_instructions(due)
        return outcome

    def _tell_instructions(self, sections: Sequence[Loaded]) -> None:
        """The hooks hear of each file that was loaded."""
        for one in sections:
            told: dict[str, Json] = {
                "file_path": one.name,
                "memory_type": one.owner,
                "load_reason": one.reason,
            }
            if one.imported_by:
                told["parent_file_path"] = one.imported_by
            self._grounds.gatehouse.fire("InstructionsLoaded", told)

    def _sections(self) -> Sequence[Section]:
        # A file that was changed counts in the next request.
        self.book.refresh()
        style = self._style()
        return write_brief(replace(self._brief(), style=style.text if style else ""))

    def _style(self) -> OutputStyle | None:
        """The output style that the settings name, where its file may count."""
        wish = self._grounds.gatehouse.rights.book.wishes.get("outputStyle")
        return self.book.style(wish) if isinstance(wish, str) else None

    def _brief(self) -> Brief:
        grounds, rights = self._grounds, self._grounds.gatehouse.rights
        return Brief(
            base=_base(),
            root=str(grounds.garden.root),
            today=grounds.today(),
            level=rights.trust_state.level,
            mode=rights.mode(grounds.gatehouse.session),
            denied=[str(rule) for rule in rights.book.rules if rule.effect == "deny"],
            instructions=[
                Section(name=one.name, text=tell_sections((one,)))
                for one in self.instructions.loaded.sections
            ],
            memory=tell_memory(load_memory(grounds.walls, now=utc_now())),
            commands=self.book.commands(),
            agents=self.book.agents(),
            context=self._context,
            appended=self._opening.appended,
        )

    def _surroundings(self, agent: AgentFile) -> Sequence[Section]:
        del agent
        return write_brief(self._brief())[1:]


@cache
def _base() -> str:
    """The shipped prompt."""
    return (pkgutil.get_data("pmagent.agency", "system.md") or b"").decode("utf-8")


def _rules(texts: Sequence[str], effect: Effect) -> list[Rule]:
    return [
        parse_rule(text, effect=effect, layer="session", source=Source(path="")) for text in texts
    ]

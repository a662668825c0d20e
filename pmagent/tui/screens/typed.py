"""What is typed on the conversation's line, done: questions, `/` commands, `!` commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pmagent.commands.builtin.check import SENTENCE_WORDS
from pmagent.commands.query_text import parse_query, query_words
from pmagent.errors import UsageError
from pmagent.tui.actions import Action, find_command, nearest_command
from pmagent.tui.messages import Do, OpenMap
from pmagent.tui.paint.said import MapLink
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.reader import find_place, find_places
from pmagent.tui.told import Performed

if TYPE_CHECKING:
    from pmagent.tui.screens.conversation import ConversationScreen
    from pmagent.types import Abstention, Map, Query

ANSWER_HITS = 10
MAP_HITS = 40


class Typed:
    """Does what is typed on one screen; what comes of it is told to that screen."""

    def __init__(self, screen: ConversationScreen) -> None:
        self._screen = screen
        self._last: Query | None = None

    def submit(self, text: str) -> None:
        """Show a screen, or let the conversation do it: a question, a request, a command."""
        if text.startswith("!"):
            self.run(text[1:].strip())
        elif text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            self.command(name, argument.strip(), text)
        else:
            self.ask(text)

    def command(self, name: str, argument: str, text: str) -> None:
        """Run a slash command; an unknown one is kept to be mended."""
        screen = self._screen
        action = find_command(name)
        if action is None:
            if self._is_unknown(name):
                near = nearest_command(name, self._names())
                hint = f', did you mean "/{near}"' if near else ""
                screen.notify_person(f'there is no command "/{name}"{hint}', is_error=True)
                return
            self._send(text)
            return
        if action.argument and not action.argument.startswith("[") and not argument:
            screen.notify_person(f"/{action.command} needs {action.argument}", is_error=True)
            screen.composer.put(f"/{action.command} ")
            return
        screen.composer.put("")
        self._perform(action, argument)

    def ask(self, text: str) -> None:
        """Hand a question or a request to the conversation."""
        conversation = self._screen.talking.conversation
        is_offline = conversation is None or conversation.model.id == "offline"
        try:
            self._last = parse_query(text, limit=ANSWER_HITS)
        except UsageError as exc:
            # A model may be told anything; without one a flag must mean something.
            if is_offline:
                self._refuse(exc)
                return
        self._send(text)

    def _send(self, text: str) -> None:
        screen = self._screen
        screen.composer.put("")
        screen.recall.keep(text)
        screen.talking.submit(text)

    def _names(self) -> list[str]:
        conversation = self._screen.talking.conversation
        rows = conversation.commands() if conversation is not None else ()
        return [name for row in rows for name in (row.name, *row.aliases)]

    def _is_built_in(self, name: str) -> bool:
        """Whether no file of the person's own has taken the name."""
        conversation = self._screen.talking.conversation
        rows = conversation.commands() if conversation is not None else ()
        return all(row.origin == "built in" for row in rows if row.name == name)

    def _is_unknown(self, name: str) -> bool:
        """Whether it is certain that there is no such command."""
        conversation = self._screen.talking.conversation
        return conversation is not None and name.casefold() not in map(str.casefold, self._names())

    def where(self, text: str) -> None:
        """Draw a map of a question, or of the latest one."""
        screen = self._screen
        query = self._parsed(text, MAP_HITS) if text else self._last
        if query is None:
            if not text:
                screen.notify_person("ask something first, or write /where QUESTION", is_error=True)
            return
        screen.composer.put("")
        screen.recall.keep(f"/where {query_words(query)}")
        self._last = query
        screen.post_message(OpenMap(replace(query, limit=max(query.limit, MAP_HITS))))

    def run(self, command: str) -> None:
        """Run a shell command in the sandbox; the rules decide, and may ask."""
        if not command:
            words = "write a command after the !, such as !ls notes"
            self._screen.notify_person(words, is_error=True)
            return
        screen = self._screen
        screen.composer.put("")
        screen.recall.keep(f"!{command}")
        exchange = screen.talking.begin_command(command)

        def run(garden: GardenPort) -> Performed:
            outcome = garden.perform("Bash", {"command": command}, why="you typed it")
            return Performed(exchange, outcome)

        # Beside a turn: it may wait for the person, and a question must not wait with it.
        screen.desk.start(screen, f"run {exchange}", run)

    def read(self, place: str) -> None:
        """Open a file at a place."""
        screen = self._screen
        screen.desk.ask(screen, "place", lambda garden: find_place(garden, place))

    def read_cited(self, place: str) -> None:
        """Read one of the places that an answer names; `n` and `p` go through the others."""
        screen = self._screen
        places = screen.history.places_near(place)
        screen.desk.ask(screen, "place", lambda garden: find_places(garden, places, place))

    def keep_map(self, drawn: Map | Abstention) -> None:
        """Leave a line in the history that opens the map again."""
        question = f"/where {query_words(drawn.found.query)}"
        history = self._screen.history
        for number, exchange in history.exchanges.items():
            if exchange.question == question:
                history.update(number, MapLink(map=drawn))
                return
        history.add(question, MapLink(map=drawn))

    def _perform(self, action: Action, argument: str) -> None:
        screen = self._screen
        match action.id:
            case "ask":
                self.ask(argument)
            case "where":
                self.where(argument)
            case "read":
                screen.recall.keep(f"/read {argument}")
                self.read(argument)
            case "clear":
                screen.history.clear()
            case "theme" | "trace" | "export":
                screen.post_message(Do(f"{action.run}({argument!r})"))
            case "model" if argument:
                screen.post_message(Do(f"use_model({argument!r})"))
            case "resume" if argument:
                screen.post_message(Do(f"open_session({argument!r})"))
            case "kit" | "check":
                self._show_job(action, argument)
            case "tasks" | "today" | "week" | "plan" if argument:
                self._send(f"/{action.command} {argument}")
            case _:
                screen.post_message(Do(action.run))

    def _show_job(self, action: Action, argument: str) -> None:
        """Its screen where a document is named; what has flags or words to check is a turn."""
        if is_name(argument) and self._is_built_in(action.command):
            self._screen.recall.keep(f"/{action.command} {argument}")
            self._screen.post_message(Do(f"show_{action.id}({argument!r})"))
        else:
            self._send(f"/{action.command} {argument}")

    def _parsed(self, text: str, limit: int) -> Query | None:
        try:
            return parse_query(text, limit=limit)
        except UsageError as exc:
            self._refuse(exc)
            return None

    def _refuse(self, exc: UsageError) -> None:
        hint = f"; {exc.hint}" if exc.hint else ""
        self._screen.notify_person(f"{exc.message}{hint}", is_error=True)


def is_name(argument: str) -> bool:
    """Whether it can only name a document: neither a flag nor the words of a claim."""
    words = argument.split()
    return len(words) < SENTENCE_WORDS and not any(word.startswith("--") for word in words)

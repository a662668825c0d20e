"""What is typed on the conversation's line, done: questions, `/` commands, `!` commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pmagent.errors import UsageError
from pmagent.tui.actions import Action, find_command, nearest_command
from pmagent.tui.messages import Do, OpenMap, OpenReader, Replied
from pmagent.tui.paint.said import MapLink, Ran, Waiting
from pmagent.tui.ports import GardenPort
from pmagent.tui.query_text import parse_query, query_words
from pmagent.tui.screens.reader import find_place
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
        """Ask, run a command of pmagent, or one of the shell."""
        if text.startswith("!"):
            self.run(text[1:].strip())
        elif text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            self.command(name, argument.strip())
        else:
            self.ask(text)

    def command(self, name: str, argument: str) -> None:
        """Run a slash command; an unknown one is kept to be mended."""
        screen = self._screen
        action = find_command(name)
        if action is None:
            near = nearest_command(name)
            hint = f', did you mean "/{near}"' if near else ""
            screen.notify_person(f'there is no command "/{name}"{hint}', is_error=True)
            return
        if action.argument and not action.argument.startswith("[") and not argument:
            screen.notify_person(f"/{action.command} needs {action.argument}", is_error=True)
            screen.composer.put(f"/{action.command} ")
            return
        screen.composer.put("")
        self._perform(action, argument)

    def ask(self, text: str) -> None:
        """Answer a question: at once from the index, then from a closer look."""
        query = self._parsed(text, ANSWER_HITS)
        if query is None:
            return
        screen = self._screen
        screen.composer.put("")
        screen.recall.keep(text)
        self._last = query
        exchange = screen.history.add(text, Waiting(text="searching…"))
        screen.desk.drop("refine")

        def answer(garden: GardenPort) -> Replied:
            return Replied(exchange, garden.ask(garden.search(query)))

        screen.desk.ask(screen, f"ask {exchange}", answer)

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
        screen = self._screen
        if not command:
            screen.notify_person("write a command after the !, such as !ls notes", is_error=True)
            return
        screen.composer.put("")
        screen.recall.keep(f"!{command}")
        exchange = screen.history.add(f"!{command}", Ran())

        def run(garden: GardenPort) -> Performed:
            outcome = garden.perform("Bash", {"command": command}, why="you typed it")
            return Performed(exchange, outcome)

        screen.desk.start(screen, f"run {exchange}", run)

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

                def find(garden: GardenPort) -> OpenReader:
                    return find_place(garden, argument)

                screen.desk.ask(screen, "place", find)
            case "clear":
                screen.history.clear()
            case "theme":
                screen.post_message(Do(f"theme({argument!r})"))
            case _:
                screen.post_message(Do(action.run))

    def _parsed(self, text: str, limit: int) -> Query | None:
        try:
            return parse_query(text, limit=limit)
        except UsageError as exc:
            hint = f"; {exc.hint}" if exc.hint else ""
            self._screen.notify_person(f"{exc.message}{hint}", is_error=True)
            return None

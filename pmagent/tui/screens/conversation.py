"""The conversation: questions, cited answers, commands. The first screen of a garden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from pmagent.tui.actions import Action, Scope, bindings_for
from pmagent.tui.memory import Recall
from pmagent.tui.messages import CopyText, Do, EditAt, Failed, OpenMap, OpenReader
from pmagent.tui.paint.help import paint_hints
from pmagent.tui.paint.lines import Span, clip_middle, span, spread, width_of
from pmagent.tui.paint.said import Cited, MapLink, Note, Source, Suggestion, Welcome
from pmagent.tui.paint.vital import Vital, paint_vital
from pmagent.tui.ports import Memory
from pmagent.tui.screens.asking import AskingScreen
from pmagent.tui.widgets.composer import CONTROLS, Composer
from pmagent.tui.widgets.history import History
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.work import Desk

if TYPE_CHECKING:
    from pmagent.tui.screens.offers import Offers
    from pmagent.tui.screens.talking import Talking
    from pmagent.tui.screens.typed import Typed
    from pmagent.tui.talk import Completed, Conversed, TurnOver
    from pmagent.tui.told import Performed
    from pmagent.types import Abstention, Map, Status

TWICE_S = 1.0
"""Within this an escape is the second of two."""
_HISTORY = "questions"


class ConversationScreen(AskingScreen):
    """Composer below, history above."""

    BINDINGS: ClassVar = bindings_for("conversation", "history")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("conversation", "app")
    AUTO_FOCUS = "Composer"

    def __init__(self, desk: Desk, vital: Vital, memory: Memory) -> None:
        super().__init__(desk, vital)
        self.recall = Recall(memory, _HISTORY)
        self._typed: Typed | None = None
        self._talking: Talking | None = None
        self._offers: Offers | None = None
        self._has_escaped = False
        self._was_welcomed = False

    def compose_body(self) -> Iterable[Widget]:
        """The history; the list of commands joins it when it is first asked for."""
        yield History()

    def compose_foot(self) -> Iterable[Widget]:
        """The rule, the composer, and one line for numbers and hints."""
        yield Lines(self._paint_rule, id="rule")
        with Horizontal(id="prompt"):
            yield Static("›", id="prompt-mark", markup=False)
            yield Composer("Ask, or type / for commands")
        yield Lines(self._paint_foot, id="status")

    def on_mount(self) -> None:
        """Show what can be asked."""
        self.history.add("", Welcome())
        self.composer.keeps_lines = True

    @property
    def history(self) -> History:
        """The exchanges so far."""
        return self.query_one(History)

    @property
    def composer(self) -> Composer:
        """The line that is typed on."""
        return self.query_one("#prompt Composer", Composer)

    @property
    def typed(self) -> Typed:
        """Does what is typed."""
        if self._typed is None:
            from pmagent.tui.screens.typed import Typed  # noqa: PLC0415 - after the first frame

            self._typed = Typed(self)
        return self._typed

    @property
    def talking(self) -> Talking:
        """The conversation and the turn that runs in it."""
        if self._talking is None:
            from pmagent.tui.screens.talking import Talking  # noqa: PLC0415 - first frame

            self._talking = Talking(self)
        return self._talking

    @property
    def offers(self) -> Offers:
        """What can be taken while one types."""
        if self._offers is None:
            from pmagent.tui.screens.offers import Offers  # noqa: PLC0415 - after the first frame

            self._offers = Offers(self)
        return self._offers

    @property
    def is_empty(self) -> bool:
        """Whether the garden is known to hold nothing yet that can be searched."""
        return self.vital.counts is not None and not self.vital.counts.indexed

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The product's name and the garden's folder."""
        folder = clip_middle(span(self.vital.root).text, max(width - 12, 8))
        return [spread((span("pmagent", "title"),), (span(folder, "quiet"),), width)]

    # What the desk tells

    def welcome(self) -> None:
        """A garden is open: begin anew, or go on with what was asked while the first one opened."""
        self.show_heading()
        asked = (not isinstance(each.said, Welcome) for each in self.history.exchanges.values())
        is_waited_for = not self._was_welcomed and any(asked)
        self._was_welcomed = True
        if is_waited_for:
            return
        self.history.clear()
        self.history.add("", Welcome())

    def suggest(self, suggestions: tuple[str, ...]) -> None:
        """Show what can be asked, where nothing was asked yet."""
        for number, exchange in self.history.exchanges.items():
            if isinstance(exchange.said, Welcome):
                welcome = Welcome(suggestions=suggestions, is_empty=self.is_empty)
                self.history.update(number, welcome)
                return

    def show_status(self, status: Status) -> None:
        """Say that the first files are being read, as long as nothing can be answered."""
        del status
        if self.is_empty:
            self.suggest(())

    def take_keys_back(self) -> None:
        """To the line."""
        self.composer.focus()

    def choose_command(self, action: Action) -> None:
        """Run a command that was found by name, or begin to write it."""
        self._take(action)

    def on_conversed(self, message: Conversed) -> None:
        """The conversation is there."""
        self.talking.begin(message)

    def on_happened(self) -> None:
        """Something came of the turn that runs."""
        self.talking.happened()

    def on_turn_over(self, message: TurnOver) -> None:
        """It has ended."""
        self.talking.over(message)

    def on_performed(self, message: Performed) -> None:
        """Show what came of a command of the shell."""
        self.talking.performed(message)

    def on_completed(self, message: Completed) -> None:
        """Ways to go on with the line."""
        self.offers.completed(message)

    def show_failure(self, message: Failed) -> None:
        """Say what happened where the answer would stand."""
        if self.talking.fail(message):
            return
        hint = "the files are being read, ask again in a moment" if self.is_empty else message.hint
        self.history.add("", Note(text=message.message, hint=hint, is_error=True))

    # What the person does

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what could follow, and keep what is typed."""
        if event.value or self._offers is not None:
            self.offers.offer(event.value, self.talking.conversation)
        if self._talking is not None:
            self._talking.keep_draft_soon()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is under the bar of the list, or do what is typed."""
        text = self.composer.full_text.strip()
        if self.offers.takes_enter(event.value.strip()):
            self.action_complete()
        elif text:
            self.offers.close()
            self.typed.submit(text)

    def on_composer_shortcut(self, event: Composer.Shortcut) -> None:
        """A digit opens a source or asks a suggestion; `?` tells why, or shows the keys."""
        if event.key in CONTROLS:
            self.talking.control(event.key)
            return
        if event.key == "?":
            if self.talking.is_running:
                self.talking.toggle_why()
            else:
                self.post_message(Do("show_help"))
            return
        sources, number = self.history.sources, int(event.key)
        if number <= len(sources):
            self._choose(sources[number - 1])
        else:
            self.composer.put(event.key)

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Something was chosen in the history or in the list."""
        if event.view.id == "popup":
            self.action_complete()
        else:
            self._choose(event.value)

    def keep_map(self, drawn: Map | Abstention) -> None:
        """Leave a line in the history that opens the map again."""
        self.typed.keep_map(drawn)

    def action_map_last(self) -> None:
        """A map of the latest question, or of what is being typed."""
        self.typed.where(self.composer.value.strip().removeprefix("/where").strip())

    def action_older(self) -> None:
        """Up: the list, the lines before, or the history's lines."""
        if self.offers.is_open:
            self.offers.up()
        elif (line := self.recall.older(self.composer.value)) is not None:
            self.composer.put(line)

    def action_newer(self) -> None:
        """Down: the list, or the lines after."""
        if self.offers.is_open:
            self.offers.down()
        elif (line := self.recall.newer()) is not None:
            self.composer.put(line)

    def action_complete(self) -> None:
        """Take what is under the bar, or go between the line and the conversation."""
        if (choice := self.offers.value) is not None and self.offers.is_open:
            self.offers.close()
            self.composer.put(choice.insert)
            self.composer.focus()
        elif self.composer.has_focus:
            self.history.focus()
            self.history.move_to_latest()
        else:
            self.composer.focus()

    def action_add_line(self) -> None:
        """Go on in another line of the message."""
        self.composer.add_line_end()

    def action_search_earlier(self) -> None:
        """Find a line that was typed before."""
        self.composer.focus()
        self.offers.earlier(self.composer.value)

    def action_escape(self) -> None:
        """Close the list, hide the card, stop the turn, or come back to the line. Never leaves.

        Twice on an empty line where nothing runs: rewind, or undo where nothing was said yet.
        """
        if self.offers.is_open:
            self.offers.close()
        elif self.talking.hide_why() or self.talking.stop():
            pass
        elif self.composer.has_focus and not self.composer.value:
            if self._has_escaped:
                self.post_message(Do("show_rewind(True)"))
            self._has_escaped = not self._has_escaped
            self.set_timer(TWICE_S, self._forget_escape)
        self.composer.focus()

    def action_scroll_page(self, step: int) -> None:
        """Scroll the history from the composer."""
        history = self.history
        height = max(history.size.height - 1, 1)
        history.scroll_to(y=history.scroll_offset.y + step * height, animate=False)

    def action_copy_quote(self) -> None:
        """Copy the words of the source under the cursor."""
        if isinstance(source := self.history.value, Source):
            self.post_message(CopyText(source.quote, "the quote"))

    def action_copy_citation(self) -> None:
        """Copy where the source under the cursor stands."""
        if isinstance(source := self.history.value, Source):
            self.post_message(CopyText(source.citation.label, "the citation"))

    def action_edit(self) -> None:
        """Open the source under the cursor in the editor."""
        if isinstance(source := self.history.value, Source):
            citation = source.citation
            self.post_message(EditAt(citation.path, citation.locator.first_line))

    def _forget_escape(self) -> None:
        self._has_escaped = False

    def interrupt(self) -> bool:
        """Clear the line; False where it was clear."""
        if not self.composer.value:
            return False
        self.composer.put("")
        self.offers.close()
        self.composer.focus()
        return True

    def _choose(self, value: object) -> None:
        match value:
            case Source():
                sources, position = self.history.sources_near(value)
                self.post_message(OpenReader(sources, position))
            case Suggestion(text=text):
                self.typed.ask(text)
                self.composer.focus()
            case MapLink(map=drawn):
                self.post_message(OpenMap(drawn.found.query, drawn))
            case Cited(place=place):
                self.typed.read_cited(place)
            case _:
                self.talking.choose(value)

    def _take(self, action: Action) -> None:
        self.composer.focus()
        if not action.argument or action.argument.startswith("["):
            self.typed.submit(f"/{action.command}")
        else:
            self.composer.put(f"/{action.command} ")

    def _paint_foot(self, width: int) -> list[tuple[Span, ...]]:
        numbers = paint_vital(self.vital, width, has_state=False)
        hints = paint_hints(self.SCOPES, max(width - width_of(numbers) - 4, 0))
        return [spread(numbers, hints, width)]

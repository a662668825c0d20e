"""What an application does about its conversation: screens, numbers, the person's own line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.timer import Timer

from pmagent.tui.messages import CopyText, Do
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.screens.conversation import ConversationScreen
from pmagent.tui.watching import WatchingApp

if TYPE_CHECKING:
    from pmagent.tui.jobbed import OpenKit
    from pmagent.tui.paint.lines import Page
    from pmagent.tui.ports import Conversation, GardenPort, StatusLine
    from pmagent.tui.talk import Conversed, LineTold, ModelUsed, RewoundTo
    from pmagent.tui.told import Exported, LineSet, TalkTold

DEBOUNCE_S = 0.3
"""How long the numbers must be still before the person's own status line is printed again."""


class ConversingApp(WatchingApp):
    """Opens the screens of the conversation and keeps its numbers in every status line."""

    _kits: dict[str, OpenKit]
    """Kits that were changed, by what they were asked for and by their document's path."""
    _own_line: StatusLine | None = None
    _line_timer: Timer | None = None
    _is_printing = False
    _prints_again = False

    @property
    def conversation(self) -> Conversation | None:
        """None until it is open."""
        for screen in self.open_screens(ConversationScreen):
            return screen.talking.conversation
        return None

    def begin_conversation(self) -> None:
        """Open it, beside all else: it may read a long record."""
        from pmagent.tui.talk import begin_conversation  # noqa: PLC0415 - after the first frame
        from pmagent.tui.told import LineSet  # noqa: PLC0415 - after the first frame

        for screen in self.open_screens(ConversationScreen):
            self.desk.start(screen, "converse", begin_conversation)
            self.desk.start(self, "line", lambda garden: LineSet(garden.status_line_setting()))

    def on_talk_told(self, message: TalkTold) -> None:
        """Other numbers of the conversation."""
        if message.facts != self.vital.talk:
            self.set_vital(replace(self.vital, talk=message.facts))
            self._print_soon()

    # The screens of the conversation

    def action_show_model(self) -> None:
        """The models."""
        from pmagent.tui.screens.model import ModelScreen  # noqa: PLC0415 - after the first frame

        if (conversation := self._opened("model")) is not None:
            self.push_screen(ModelScreen(self.desk, self.vital, conversation))

    def action_show_agents(self) -> None:
        """The sub-agents."""
        from pmagent.tui.screens.agents import AgentsScreen  # noqa: PLC0415 - after the first frame

        if (conversation := self._opened("agents")) is not None:
            for screen in self.open_screens(ConversationScreen):
                agents = AgentsScreen(self.desk, self.vital, conversation, screen.talking)
                self.push_screen(agents)

    def action_show_context(self) -> None:
        """What the model would be sent."""
        from pmagent.tui.paint.numbers import paint_context  # noqa: PLC0415 - first frame
        from pmagent.tui.screens.numbers import NumbersScreen  # noqa: PLC0415 - first frame

        if (conversation := self._opened("numbers")) is not None:
            view = conversation.context()

            def paint(width: int) -> Page:
                return paint_context(view, width)

            self.push_screen(NumbersScreen(self.desk, self.vital, "Context", paint))

    def action_show_cost(self) -> None:
        """What was used."""
        from pmagent.tui.paint.numbers import paint_cost  # noqa: PLC0415 - after the first frame
        from pmagent.tui.screens.numbers import NumbersScreen  # noqa: PLC0415 - first frame

        if (conversation := self._opened("numbers")) is not None:
            spend, model = conversation.spend, conversation.model

            def paint(width: int) -> Page:
                return paint_cost(spend, model, width)

            self.push_screen(NumbersScreen(self.desk, self.vital, "Cost", paint))

    def action_show_sessions(self) -> None:
        """Earlier conversations."""
        from pmagent.tui.screens.sessions import SessionsScreen  # noqa: PLC0415 - first frame

        if (conversation := self._opened("sessions")) is not None:
            self.push_screen(SessionsScreen(self.desk, self.vital, conversation))

    def action_show_rewind(self, or_undo: bool = False) -> None:
        """The turns, to go on from before one; with `or_undo` the undo points where none is."""
        from pmagent.tui.screens.rewind import RewindScreen  # noqa: PLC0415 - first frame

        if or_undo and (self.conversation is None or not self.conversation.turns()):
            self.post_message(Do("show_undo"))
        elif (conversation := self._opened("rewind")) is not None:
            if self._is_working():
                self.tell_person("a turn runs: Esc stops it, then rewind", is_error=True)
                return
            self.push_screen(RewindScreen(self.desk, self.vital, conversation))

    def action_show_kit(self, name: str) -> None:
        """The drafts for publishing one transcript; `name` may end in `#` and a tab."""
        from pmagent.tui.screens.kit import KitScreen  # noqa: PLC0415 - after the first frame

        self.push_screen(KitScreen(self.desk, self.vital, name, self._kits))

    def action_show_check(self, name: str) -> None:
        """The claims of one draft."""
        from pmagent.tui.screens.check import CheckScreen  # noqa: PLC0415 - after the first frame

        self.push_screen(CheckScreen(self.desk, self.vital, name))

    def action_show_runs(self) -> None:
        """The runs of procedures."""
        from pmagent.tui.screens.trace_runs import RunsScreen  # noqa: PLC0415 - first frame

        if not self._is_at("runs"):
            self.push_screen(RunsScreen(self.desk, self.vital))

    def action_show_trace(self, run: str = "") -> None:
        """What one run did; the latest for no id."""
        from pmagent.tui.screens.trace import TraceScreen  # noqa: PLC0415 - after the first frame

        self.push_screen(TraceScreen(self.desk, self.vital, run))

    def action_why(self) -> None:
        """What is it doing?"""
        if self._opened("") is not None and not isinstance(self.screen, ConversationScreen):
            self.pop_screen()
        for screen in self.open_screens(ConversationScreen):
            screen.talking.toggle_why()

    def action_copy_last(self) -> None:
        """The last answer, as Markdown."""
        for screen in self.open_screens(ConversationScreen):
            if text := screen.history.last_text:
                self.post_message(CopyText(text, "the last answer"))
            else:
                self.tell_person("there is no answer to copy yet", is_error=True)

    def action_use_model(self, name: str) -> None:
        """Another model from the next step on."""
        from pmagent.tui.talk import ModelUsed  # noqa: PLC0415 - after the first frame

        def use(garden: GardenPort) -> ModelUsed:
            return ModelUsed(garden.converse().use_model(name))

        self.desk.start(self._front(), "model", use)

    def action_open_session(self, name: str, fork: bool = False) -> None:
        """Go on with another conversation, or with a copy of it."""
        from pmagent.tui.talk import Conversed  # noqa: PLC0415 - after the first frame

        if self._is_working():
            self.tell_person("a turn runs: Esc stops it, then open another", is_error=True)
            return

        def open_it(garden: GardenPort) -> Conversed:
            conversation = garden.converse()
            conversation.open_session(name, fork=fork)
            return Conversed(conversation, conversation.turns(), fresh=True)

        for screen in self.open_screens(ConversationScreen):
            self.desk.start(screen, "session", open_it)

    def action_export(self, place: str = "") -> None:
        """Write the conversation to a file, by the garden's rules."""
        from pmagent.tui.told import Exported  # noqa: PLC0415 - after the first frame

        def export(garden: GardenPort) -> Exported:
            conversation = garden.converse()
            path = place or f"drafts/conversation-{conversation.session.id}.md"
            text = conversation.export("json" if path.endswith(".json") else "markdown")
            wanted = {"file_path": path, "content": text}
            return Exported(path, garden.perform("Write", wanted, why="you typed /export"))

        self.desk.start(self, "export", export)

    def on_exported(self, message: Exported) -> None:
        """Say where it is, or why it is not."""
        from pmagent.tui.paint.ran import outcome_words  # noqa: PLC0415 - after the first frame
        from pmagent.types.actions import Done  # noqa: PLC0415 - after the first frame

        if isinstance(message.outcome, Done):
            self.tell_person(f"written to {message.path}; /undo takes it back")
        else:
            words = " ".join(text for text, _ in outcome_words(message.outcome))
            self.tell_person(words, is_error=True)

    def on_model_used(self, message: ModelUsed) -> None:
        """Say which answers from now on."""
        card = message.card
        self.tell_person(f"{card.alias or card.id} answers from the next step on")
        for screen in self.open_screens(ConversationScreen):
            screen.talking.tell_facts()

    def on_rewound_to(self, message: RewoundTo) -> None:
        """The conversation stands before that turn: its text is back on the line."""
        for screen in self.open_screens(ConversationScreen):
            screen.talking.show_turns(message.turns)
            screen.composer.put(message.typed)
            screen.talking.tell_facts()
        files = ", and its changes to files are taken back" if message.files else ""
        self.tell_person(f"rewound{files}; what you typed is back on the line")

    # The person's own status line

    def on_line_set(self, message: LineSet) -> None:
        """They have one, or none."""
        self._own_line = message.setting
        if message.setting is None:
            return
        self._print_soon()
        if message.setting.refresh_s:
            self.set_interval(max(message.setting.refresh_s, 1.0), self._print_soon)

    def on_line_told(self, message: LineTold) -> None:
        """Show it; where it did not work, what it printed last stays."""
        self._is_printing = False
        if message.text is not None and self._own_line is not None:
            for screen in self.open_screens(ConversationScreen):
                screen.talking.show_own_line(message.text, self._own_line.padding)
        if self._prints_again:
            self._prints_again = False
            self._print_soon()

    def _print_soon(self) -> None:
        if self._own_line is None:
            return
        if self._line_timer is not None:
            self._line_timer.stop()
        self._line_timer = self.set_timer(DEBOUNCE_S, self._print_line)

    def _print_line(self) -> None:
        from pmagent.tui.talk import LineTold  # noqa: PLC0415 - after the first frame

        if self._is_printing:
            self._prints_again = True
            return
        self._is_printing = True

        def ask(garden: GardenPort) -> LineTold:
            return LineTold(garden.status_line(garden.converse().status_facts()))

        self.desk.start(self, "line", ask)

    def _is_at(self, scope: str) -> bool:
        return isinstance(self.screen, GardenScreen) and scope in self.screen.SCOPES

    def _opened(self, scope: str) -> Conversation | None:
        """The conversation, unless that screen is in front already."""
        if scope and self._is_at(scope):
            return None
        conversation = self.conversation
        if conversation is None:
            self.tell_person("the conversation is not open yet: in a moment", is_error=True)
        return conversation

    def _is_working(self) -> bool:
        return any(screen.talking.is_running for screen in self.open_screens(ConversationScreen))

    def _front(self) -> GardenScreen:
        return next(reversed(self.open_screens()))

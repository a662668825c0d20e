"""The list above the line: commands, files and passages, earlier lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pmagent.tui.actions import match_commands
from pmagent.tui.paint.choices import Choice, merge, of_actions, of_completions, paint_choices
from pmagent.tui.talk import Completed
from pmagent.tui.widgets.lines import LineView

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation
    from pmagent.tui.screens.conversation import ConversationScreen
    from pmagent.types.commands import Completion

MAX_EARLIER = 50


class Offers:
    """What can be taken now on one screen's line."""

    def __init__(self, screen: ConversationScreen) -> None:
        self._screen = screen
        self.view = LineView(id="popup", keeps_cursor=True)
        self._choices: list[Choice] = []
        self._line = ""
        self._is_earlier = False
        self.has_moved = False
        """Whether the person went to a line of it: Enter then takes that one."""

    @property
    def is_open(self) -> bool:
        """Whether there is anything to take."""
        return bool(self._choices)

    @property
    def value(self) -> Choice | None:
        """What is under the bar."""
        value = self.view.value
        return value if isinstance(value, Choice) else None

    def close(self) -> None:
        """Nothing is offered."""
        self._line = ""
        self._is_earlier = False
        self._show([])

    def offer(self, line: str, conversation: Conversation | None) -> None:
        """Offer ways to go on with `line`."""
        self._line = line
        if self._is_earlier:
            self.earlier(line)
            return
        is_naming = line.startswith("/") and " " not in line
        if is_naming:
            self._offer_commands(line, conversation)
            return
        word = line.rpartition(" ")[2]
        asks = word.startswith("@") or line.startswith("/")
        if not asks or conversation is None:
            self._show([])
            return
        if not word.startswith("@"):
            self._show([])
        # Beside the screen: there may be a hundred thousand files.
        self._look(lambda: Completed(line, conversation.complete(line)))

    def completed(self, message: Completed) -> None:
        """Ways that were looked for, where the line is still the same."""
        if message.line == self._line and not self._is_earlier:
            self._show(self._merged(message.line, message.rows))

    def earlier(self, line: str) -> None:
        """Offer lines that were typed before and hold these words."""
        self._is_earlier = True
        words = line.casefold().split()
        found = [
            Choice(insert=kept, label=kept)
            for kept in self._screen.recall.latest()
            if all(word in kept.casefold() for word in words)
        ]
        self._show(found[:MAX_EARLIER])

    def up(self) -> None:
        """The one above."""
        self.has_moved = True
        self.view.action_up()

    def down(self) -> None:
        """The one below."""
        self.has_moved = True
        self.view.action_down()

    def takes_enter(self, typed: str) -> bool:
        """Whether Enter takes what is under the bar, and does not send the line."""
        if not self.is_open:
            return False
        if self._is_earlier or self.has_moved:
            return True
        is_exact = any(choice.insert.strip() == typed for choice in self._choices)
        return typed.startswith("/") and " " not in typed and not is_exact

    def _offer_commands(self, line: str, conversation: Conversation | None) -> None:
        if conversation is None:
            self._show(self._merged(line, ()))
            return
        if not self.is_open:
            self._look(lambda: _look_again(line, conversation))
        self._show(self._merged(line, conversation.complete(line)))

    def _merged(self, line: str, rows: Sequence[Completion]) -> list[Choice]:
        more = of_completions(rows)
        is_naming = line.startswith("/") and " " not in line
        return merge(of_actions(match_commands(line[1:])), more, line[1:]) if is_naming else more

    def _look(self, look: Callable[[], Completed]) -> None:
        self._screen.run_worker(
            lambda: self._screen.post_message(look()),
            thread=True, group="complete", exclusive=True, exit_on_error=False,
        )  # fmt: skip

    def _show(self, choices: Sequence[Choice]) -> None:
        if choices and list(choices) == self._choices:
            return
        was_open = bool(self._choices)
        self._choices = shown = list(choices)
        self.has_moved = False
        if not shown and not was_open:
            return
        if shown and not self.view.is_attached:
            self._screen.mount(self.view)
        self.view.set_class(bool(shown), "-open")
        self.view.show(lambda width: paint_choices(shown, width), cursor=0)


def _look_again(line: str, conversation: Conversation) -> Completed:
    """Ways to go on, after a look at the commands' files: they may have changed."""
    conversation.commands()
    return Completed(line, conversation.complete(line))

"""The turn that runs: its events drawn as they come, its controls, what is queued behind it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.timer import Timer

from pmagent.tui.messages import Do, Failed
from pmagent.tui.paint.activity import paint_activity, paint_why
from pmagent.tui.paint.lines import Span
from pmagent.tui.paint.peek import peek_pages
from pmagent.tui.paint.said import Note
from pmagent.tui.paint.sgr import paint_printed
from pmagent.tui.paint.turn import PAUSED, AgentRow, ToolRow, Turn, is_screen, kept_turn
from pmagent.tui.paint.vital import TalkFacts
from pmagent.tui.talk import Conversed, Happened, Mailbox, Pace, TurnOver, run_turn
from pmagent.tui.told import OpenPages, Performed, TalkTold
from pmagent.tui.widgets.lines import Lines
from pmagent.types.turns import Said, Screen, ToolBegan, ToolEnded, TurnEnded

if TYPE_CHECKING:
    from pmagent.tui.ports import Conversation, GardenPort
    from pmagent.tui.screens.conversation import ConversationScreen
    from pmagent.types.sessions import TurnRow

TICK_S = 1.0
DRAFT_S = 2.0
"""How often what is typed is kept, at most."""
_DIRECT = {
    "status": "show_status", "help": "show_help", "garden": "show_garden", "audit": "show_audit",
    "undo": "show_undo", "model": "show_model", "context": "show_context", "cost": "show_cost",
    "agents": "show_agents", "sessions": "show_sessions", "rewind": "show_rewind", "quit": "leave",
    "copy": "copy_last", "hooks": "show_garden",
}  # fmt: skip
"""Screens that a turn may ask for, and the application's action for each."""


class Talking:
    """Holds the conversation of one screen."""

    def __init__(self, screen: ConversationScreen) -> None:
        self._screen = screen
        self.conversation: Conversation | None = None
        self.turn: Turn | None = None
        """The one that runs."""
        self.last: Turn | None = None
        self.queued: list[str] = []
        """Commands that wait for the end of the turn."""
        self.told: list[str] = []
        """Messages that the agent hears after its step."""
        self._context = 0, 0
        """Tokens that the model was last sent, and how many it takes."""
        self._exchange = 0
        self._text = ""
        self._mailbox = Mailbox(_nothing)
        self._pace = Pace()
        self._flush_timer: Timer | None = None
        self._ticker: Timer | None = None
        self._began_s = 0.0
        self._said_in = 0
        """In how many drawings words came."""
        self._shows_why = False
        self._panel: Lines | None = None
        self._own_line: Lines | None = None
        self._keeps_draft = False
        """Whether what is typed is about to be kept."""

    @property
    def is_running(self) -> bool:
        """Whether a turn runs."""
        return self.turn is not None

    # A turn from its beginning to its end

    def submit(self, text: str) -> None:
        """Run a turn; where one runs, this waits for it or is told to it."""
        if self.turn is not None:
            self._queue(text)
            return
        screen = self._screen
        turn = self.turn = Turn()
        self._text = text
        exchange = self._exchange = screen.history.add(" ".join(text.split("\n")), turn)
        mailbox = self._mailbox = Mailbox(lambda: screen.post_message(Happened()))
        self._began_s = time.monotonic()
        screen.composer.has_controls = True

        def run(garden: GardenPort) -> TurnOver:
            return run_turn(garden, exchange, text, mailbox)

        screen.desk.start(screen, f"turn {exchange}", run)
        self._ticker = screen.set_interval(TICK_S, self._tick)

    def begin_command(self, command: str) -> int:
        """Show a command of the shell as running; the number of its exchange."""
        turn = Turn(is_command=True)
        turn.take([ToolBegan(call_id="", tool="Bash", subject=command)])
        return self._screen.history.add(f"!{command}", turn)

    def performed(self, message: Performed) -> None:
        """Show what came of a command of the shell."""
        history = self._screen.history
        exchange = history.exchanges.get(message.exchange)
        if exchange is not None and isinstance(exchange.said, Turn):
            ended = ToolEnded(call_id="", tool="Bash", outcome=message.outcome, elapsed_s=0.0)
            exchange.said.take([ended])
            history.update(message.exchange)

    def happened(self) -> None:
        """Draw what has come, now or as soon as a sixth of a second is over."""
        wait_s = self._pace.wait_s()
        if wait_s <= 0:
            self.flush()
        elif self._flush_timer is None:
            self._flush_timer = self._screen.set_timer(wait_s, self.flush)

    def flush(self) -> None:
        """Draw what has come."""
        if self._flush_timer is not None:
            self._flush_timer.stop()
            self._flush_timer = None
        events = self._mailbox.take()
        turn = self.turn
        if not events or turn is None:
            return
        self._pace.note()
        self._said_in += any(isinstance(event, Said) for event in events)
        was = turn.state, len(turn.running_agents)
        turn.take([event for event in events if not is_screen(event)])
        for event in events:
            if isinstance(event, Screen):
                self._open(event)
        self._screen.history.update(self._exchange)
        if turn.agents or was != (turn.state, len(turn.running_agents)):
            self._draw_panel()
            self.tell_facts()

    def over(self, message: TurnOver) -> None:
        """The turn has ended: draw the last of it, and go on with what waits."""
        self.flush()
        self._end()
        if self._said_in == 1:
            # What came all at once is read from its beginning; what streamed was read on the way.
            self._screen.history.show_start(self._exchange)
        self._said_in = 0
        self._mend_unknown()
        waiting = [*message.unheard, *self.queued]
        self.told.clear()
        self.queued = waiting[1:]
        self._draw_panel()
        self.tell_facts()
        if waiting:
            self.submit(waiting[0])

    def fail(self, message: Failed) -> bool:
        """The turn could not be run at all; False where it is not about one."""
        kind, _, place = message.during.partition(" ")
        if kind not in {"turn", "run"} or not place.isdigit():
            return False
        number = int(place)
        if kind == "turn" and number == self._exchange:
            self._end()
            self._draw_panel()
        self._screen.history.update(
            number, Note(text=message.message, hint=message.hint, is_error=True)
        )
        return True

    def _end(self) -> None:
        self.last, self.turn = self.turn or self.last, None
        self._screen.composer.has_controls = False
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        self._shows_why = self._shows_why and self.conversation is not None

    def _mend_unknown(self) -> None:
        """An unknown command leaves no exchange: its text goes back to the line."""
        ended: TurnEnded | None = self.last.ended if self.last is not None else None
        if ended is None or ended.reason != "unknown":
            return
        screen = self._screen
        screen.history.forget(self._exchange)
        if not screen.composer.value:
            screen.composer.put(self._text)
        hint = f", {ended.hint}" if ended.hint else ""
        screen.notify_person(f"{ended.text or 'there is no such command'}{hint}", is_error=True)

    def _queue(self, text: str) -> None:
        if text.startswith(("/", "!")) or self.conversation is None:
            # A command means nothing to a model: it waits for the end.
            self.queued.append(text)
        else:
            self.conversation.queue(text)
            self.told.append(text)
        self._draw_panel()

    # Its controls

    def stop(self) -> bool:
        """End the turn as soon as it is safe; False where none runs."""
        if self.turn is None:
            return False
        if self.conversation is not None:
            self.conversation.stop()
        self._screen.notify_person("stopping as soon as it is safe; what was said is kept")
        return True

    def control(self, key: str) -> None:
        """`p` pauses and goes on, `-` halves the steps that are left, `+` gives them back."""
        conversation, turn = self.conversation, self.turn
        if conversation is None or turn is None:
            return
        screen = self._screen
        if key == "p" and turn.state == PAUSED:
            conversation.resume()
            screen.notify_person("it goes on")
        elif key == "p":
            conversation.pause()
            screen.notify_person("it pauses after this step; p again goes on")
        elif key == "-":
            conversation.halve()
            screen.notify_person("half of the steps that were left; + gives them back")
        else:
            conversation.restore()
            screen.notify_person("all steps that were taken away are given back")

    def toggle_why(self) -> None:
        """Show what it is doing and why, read from state; again to hide it."""
        self._shows_why = not self._shows_why
        self._draw_panel()

    def hide_why(self) -> bool:
        """Hide it; False where it is not shown."""
        was, self._shows_why = self._shows_why, False
        if was:
            self._draw_panel()
        return was

    def choose(self, value: object) -> None:
        """Unfold a tool, or look at what a sub-agent does."""
        if isinstance(value, ToolRow):
            for number, exchange in self._screen.history.exchanges.items():
                turn = exchange.said
                if isinstance(turn, Turn) and any(part is value for part in turn.parts):
                    turn.toggle(value)
                    self._screen.history.update(number, may_follow=False)
                    return
        elif isinstance(value, AgentRow):
            self.peek(value)

    def peek(self, row: AgentRow) -> None:
        """Show what a sub-agent has done so far."""
        if self.conversation is not None:
            title, painter = peek_pages(self.conversation, row)
            self._screen.post_message(OpenPages(title, painter))

    # What stands around it

    def begin(self, message: Conversed) -> None:
        """A conversation is there: show what was said in it, and the words that were not sent."""
        self.conversation = message.conversation
        self._context = message.tokens, message.limit
        screen, session = self._screen, message.session
        # What was asked while it opened is on screen already, and may be among these turns.
        has_asked = self.turn is not None or self.last is not None
        if message.fresh or (message.turns and not has_asked):
            self.show_turns(message.turns)
            self._say_resumed(message.turns, fresh=message.fresh)
        if session.draft and not screen.composer.value:
            screen.composer.put(session.draft)
            screen.notify_person("the words that you had not sent are back on the line")
        self.tell_facts()

    def show_turns(self, turns: Sequence[TurnRow]) -> None:
        """Put these turns in place of all that is shown; they are laid out when looked at."""
        self._screen.history.add_all([
            (" ".join(row.typed.split()), kept_turn(row)) for row in turns
        ])
        self.last = None

    def tell_facts(self) -> None:
        """Tell every status line the numbers of the conversation."""
        conversation = self.conversation
        if conversation is None:
            return
        turn, model = self.turn, conversation.model
        shown = turn or self.last
        if shown is not None and shown.used is not None:
            self._context = shown.used.context_tokens, shown.used.context_limit
        tokens, limit = self._context
        state = ""
        if turn is not None and (seconds := int(time.monotonic() - self._began_s)):
            state = PAUSED if turn.state == PAUSED else f"working {seconds} s"
        facts = TalkFacts(
            model=model.alias or model.id,
            is_offline=model.id == "offline",
            is_free=model.is_free,
            tokens=tokens,
            limit=limit,
            cost=conversation.spend.cost_usd,
            agents=len(turn.running_agents) if turn is not None else 0,
            state=state,
        )
        self._screen.post_message(TalkTold(facts))

    def keep_draft_soon(self) -> None:
        """Keep what is typed within two seconds, so that a crash does not lose it."""
        if self.conversation is not None and not self._keeps_draft:
            self._keeps_draft = True
            self._screen.set_timer(DRAFT_S, self._keep_draft)

    def show_own_line(self, text: str, padding: int) -> None:
        """Show what the person's own status line command printed, below the numbers."""
        if self._own_line is None:
            self._own_line = Lines(id="own-line")
            self._own_line.styles.height = "auto"
            self._screen.mount(self._own_line, after="#status")
        self._own_line.show(lambda width: paint_printed(text, width, padding))

    def _keep_draft(self) -> None:
        self._keeps_draft = False
        conversation, draft = self.conversation, self._screen.composer.full_text
        if conversation is not None:
            self._screen.run_worker(
                lambda: conversation.keep_draft(draft),
                thread=True, group="draft", exit_on_error=False,
            )  # fmt: skip

    def _say_resumed(self, turns: Sequence[TurnRow], *, fresh: bool) -> None:
        number = len(turns)
        if not number:
            self._screen.notify_person("an empty conversation")
            return
        word = "opened" if fresh else "resumed"
        cut = "; a turn was cut off: its words are kept" if turns[-1].reason == "killed" else ""
        self._screen.notify_person(f"{word} at turn {number:,}{cut}")

    def _tick(self) -> None:
        self._draw_panel()
        self.tell_facts()

    def _draw_panel(self) -> None:
        if self._panel is None:
            panel = self._panel = Lines(self._paint_panel, id="activity")
            panel.styles.height = "auto"
            self._screen.mount(panel, before="#rule")
        else:
            self._panel.refresh_lines()

    def _paint_panel(self, width: int) -> list[tuple[Span, ...]]:
        lines: list[tuple[Span, ...]] = []
        room = max(self._screen.size.height - 12, 3)
        if self._shows_why and self.conversation is not None:
            lines.extend(paint_why(self.conversation.why(), width, room))
        turn = self.turn
        if turn is None:
            return lines
        seconds = int(time.monotonic() - self._began_s)
        waiting = [*self.told, *self.queued]
        lines.extend(paint_activity(turn, seconds, waiting, width))
        return lines

    def _open(self, event: Screen) -> None:
        screen = self._screen
        match event.name:
            case "map":
                screen.typed.where(event.argument)
            case "reader":
                screen.typed.read(event.argument)
            case "why":
                if not self._shows_why:
                    self.toggle_why()
            case "clear":
                screen.history.clear()
            case "theme":
                screen.post_message(Do(f"theme({event.argument!r})"))
            case "kit" | "check":
                screen.post_message(Do(f"show_{event.name}({event.argument!r})"))
            case name if name in _DIRECT:
                screen.post_message(Do(_DIRECT[name]))
            case _:
                if event.text and self.turn is not None:
                    self.turn.take([Said(text=event.text)])


def _nothing() -> None:
    """Nobody is told."""

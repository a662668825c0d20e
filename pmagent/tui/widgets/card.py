"""The card that asks: above the line, never over it, and it takes no key that was not meant for it.

Keys count only once the card has been on screen for `ARM_S`, after its own focus key, and not in
the same burst with it. The mouse must press and release on the same answer. A card stays until it
is answered; the next one comes after it and begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from pmagent.tui.actions import bindings_for
from pmagent.tui.paint.card import (
    Button,
    Place,
    buttons_of,
    hidden_words,
    paint_buttons,
    paint_card,
    paint_reason_keys,
    paint_top,
)
from pmagent.tui.paint.lines import Page, Span, clip, span
from pmagent.tui.widgets.buttons import CardButtons
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.types.actions import AskReply, No, Scope, Yes

if TYPE_CHECKING:
    from textual.app import App

    from pmagent.tui.asks import Clock, Pending

ARM_S = 0.5
"""How long a card is on screen before it can be answered."""
BURST_S = 0.05
"""Keys that follow the focus key faster than this were not pressed for the card."""
ELSEWHERE = 10
"""Rows that the rest of the screen keeps: heading, some history, line, status."""


class PermissionCard(Vertical, can_focus=True):
    """Shows one question and posts its answer."""

    BINDINGS: ClassVar = bindings_for("card")
    # Here and not in `app.tcss`: the first frame has no card.
    DEFAULT_CSS = """
    PermissionCard { height: auto; display: none; }
    PermissionCard.-open { display: block; }
    PermissionCard Lines { height: auto; }
    #card-reason { display: none; margin: 0 2; }
    PermissionCard.-reason #card-reason { display: block; }
    """

    @dataclass
    class Answered(Message):
        """The person has answered."""

        pending: Pending
        reply: AskReply

    @dataclass
    class Stopped(Message):
        """The person stops whoever asks."""

        pending: Pending

    @dataclass
    class WantsWhole(Message):
        """The person wants to see all of it."""

        pending: Pending

    class Left(Message):
        """The keys go back to the line."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="card")
        self._clock = clock
        self._pending: Pending | None = None
        self._place = Place(number=1, total=1, age_s=0)
        self._shown_at: float | None = None
        self._focused_at = 0.0
        self._takes_focus = False
        self._has_seen_all = False
        self._shows_why = False
        self._rows = 0
        """Lines that all of what is asked takes."""
        self._told: object = None
        """What the top and the answers were drawn from."""

    def compose(self) -> ComposeResult:
        """Top, what is asked, reason (hidden), answers."""
        yield Lines(self._paint_top, id="card-top")
        body = LineView(id="card-body")
        body.can_focus = False
        # Everywhere else a view fills what is left; here it is as high as what is asked.
        body.styles.height = "auto"
        yield body
        yield Composer("because…", id="card-reason")
        yield CardButtons(lambda: self._pending if self.is_armed else None)

    def on_mount(self) -> None:
        """Count the seconds, and be armed anew when the terminal comes back to the front."""
        self._reason.has_shortcuts = False
        self.set_interval(0.25, self._tick)
        app = cast("App[object]", self.app)  # pyright: ignore[reportUnknownMemberType]
        self.watch(app, "app_focus", self._on_app_focus, init=False)

    def allow_focus(self) -> bool:
        """Only its own key gives it the focus: neither Tab nor a click does."""
        return self._takes_focus

    @property
    def pending(self) -> Pending | None:
        """What it asks."""
        return self._pending

    @property
    def is_armed(self) -> bool:
        """Whether it has been on screen long enough to be answered."""
        return self._shown_at is not None and self._clock() - self._shown_at >= ARM_S

    @property
    def is_whole(self) -> bool:
        """Whether all of what is asked is on screen at once."""
        is_told = self._pending is not None and all(d.is_whole for d in self._pending.diffs)
        return is_told and 0 < self._rows <= self._body.size.height

    def show(self, pending: Pending, total: int) -> None:
        """Ask this; the same question again only changes how many wait."""
        self._place = Place(number=1, total=total, age_s=self._clock() - pending.since)
        if pending is not self._pending:
            self._pending = pending
            self._has_seen_all = self._shows_why = False
            self._leave()
            self.restart()
            self._draw()
            self._body.scroll_home(animate=False)
        self.add_class("-open")
        self._draw_around()

    def close(self) -> None:
        """Nothing is asked."""
        self._pending = None
        self._shown_at = None
        self._leave()
        self.remove_class("-open")

    def restart(self) -> None:
        """It comes on screen now: it can be answered `ARM_S` from the next frame on."""
        self._shown_at = None
        self.call_after_refresh(self._on_drawn)

    def take_keys(self) -> bool:
        """Take the focus; False while it is too early."""
        if self._pending is None or not self.is_armed:
            return False
        self._takes_focus = True
        self._focused_at = self._clock()
        self.focus()
        return True

    def note_seen(self, pending: Pending) -> None:
        """All of it was looked at, to the end."""
        if pending is self._pending and all(diff.is_whole for diff in pending.diffs):
            self._has_seen_all = True
            self._draw_around()

    # What the person does

    def action_reply(self, scope: Scope) -> None:
        """Yes."""
        if self._may_answer and any(button.id == scope for button in self._offered()):
            self._answer(Yes(scope=scope))

    def action_refuse(self) -> None:
        """Open the line for a reason."""
        if self._may_answer:
            self.add_class("-reason")
            self._reason.put("")
            # At once: the first letters of a reason must not be taken for an answer.
            self.screen.set_focus(self._reason)
            self._draw_around()

    def action_stop(self) -> None:
        """No to all that this agent asks."""
        offers = any(button.id == "stop" for button in self._offered())
        if self._may_answer and offers and self._pending is not None:
            self.post_message(self.Stopped(self._pending))
            self._leave()

    def action_whole(self) -> None:
        """All of it, on a screen of its own."""
        if self._may_answer and self._pending is not None:
            self.post_message(self.WantsWhole(self._pending))

    def action_why(self) -> None:
        """Who asks, why, by which rule; again for what is asked."""
        if self._may_answer:
            self._shows_why = not self._shows_why
            self._draw()

    def action_scroll(self, step: int) -> None:
        """Up or down."""
        self._body.scroll_to(y=self._body.scroll_offset.y + step, animate=False)

    def action_back(self) -> None:
        """From the reason to the answers, from these to the line. The card stays."""
        if self.has_class("-reason"):
            self.remove_class("-reason")
            self.focus()
            self._draw_around()
        else:
            self._leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """No, with or without a reason."""
        event.stop()
        if self.has_class("-reason"):
            self._answer(No(note=event.value.strip()))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nobody else's."""
        event.stop()

    def on_card_buttons_pressed(self, event: CardButtons.Pressed) -> None:
        """The same as its key, where the card was armed; no focus key is needed."""
        event.stop()
        if self.take_keys():
            # A press and a release on one answer are deliberate: there is no burst to fear.
            self._focused_at = float("-inf")
        match event.button:
            case "once" | "session" | "folder":
                self.action_reply(event.button)
            case "no":
                self.action_refuse()
            case "whole":
                self.action_whole()
            case "why":
                self.action_why()
            case _:
                self.action_stop()

    def on_descendant_blur(self) -> None:
        """The focus went elsewhere."""
        self._check_focus()

    def on_blur(self) -> None:
        """The focus went elsewhere."""
        self._check_focus()

    def on_focus(self) -> None:
        """Say that its keys count."""
        self._draw_around()

    def fit(self, height: int) -> None:
        """Leave the rest of a screen of so many rows its place."""
        self._body.styles.max_height = max(height - ELSEWHERE, 3)
        self.call_after_refresh(self._draw_around)

    def on_hide(self) -> None:
        """What cannot be seen cannot be answered."""
        self._shown_at = None

    def on_show(self) -> None:
        """On screen again."""
        self.restart()

    @property
    def _body(self) -> LineView:
        return self.query_one("#card-body", LineView)

    @property
    def _reason(self) -> Composer:
        return self.query_one("#card-reason", Composer)

    @property
    def _may_answer(self) -> bool:
        is_burst = self._clock() - self._focused_at < BURST_S
        is_typing = self.has_class("-reason")
        return self._takes_focus and self.is_armed and not is_burst and not is_typing

    def _offered(self) -> list[Button]:
        if self._pending is None:
            return []
        return buttons_of(self._pending, may_remember=self.is_whole or self._has_seen_all)

    def _answer(self, reply: AskReply) -> None:
        if self._pending is not None:
            self.post_message(self.Answered(self._pending, reply))
        self._leave()

    def _leave(self) -> None:
        had_it, self._takes_focus = self._takes_focus, False
        self.remove_class("-reason")
        if had_it:
            self.post_message(self.Left())

    def _check_focus(self) -> None:
        # While the terminal is in the background nothing has the focus, and it comes back here.
        focused = self.screen.focused
        is_here = focused is not None and self in focused.ancestors_with_self
        app = cast("App[object]", self.app)  # pyright: ignore[reportUnknownMemberType]
        if app.app_focus and not is_here:
            self._takes_focus = False
            self.remove_class("-reason")
        self._draw_around()

    def _on_app_focus(self, is_focused: bool) -> None:
        if is_focused:
            self.restart()

    def _on_drawn(self) -> None:
        if self._pending is not None and self.screen.is_current and self.region.height > 0:
            self._shown_at = self._clock()
        self._draw_around()

    def _tick(self) -> None:
        if self._pending is None:
            return
        age = self._clock() - self._pending.since
        if (int(age), self.is_armed) != self._told:
            self._place = replace(self._place, age_s=age)
            self._draw_around()

    def _draw(self) -> None:
        pending, shows_why = self._pending, self._shows_why
        if pending is None:
            return

        def paint(width: int) -> Page:
            page = paint_card(pending, width)
            self._rows = len(page.lines)
            return paint_card(pending, width, shows_why=True) if shows_why else page

        self._body.show(paint)
        self.call_after_refresh(self._draw_around)

    def _draw_around(self) -> None:
        if self._pending is None or not self.is_mounted:
            return
        self._told = (int(self._place.age_s), self.is_armed)
        self.query_one("#card-top", Lines).show(self._paint_top)
        self.query_one(CardButtons).show(self._paint_buttons)

    def _paint_top(self, width: int) -> list[tuple[Span, ...]]:
        if self._pending is None:
            return []
        has_focus = self._takes_focus
        return [paint_top(self._pending.ask, self._place, width, has_focus=has_focus)]

    def _paint_buttons(self, width: int) -> list[tuple[Span, ...]]:
        pending = self._pending
        if pending is None:
            return []
        buttons = self.query_one(CardButtons)
        buttons.cells = []
        if self.has_class("-reason"):
            return [paint_reason_keys()]
        lines: list[tuple[Span, ...]] = [()]
        below = self._rows - self._body.size.height
        if below > 0 and not self._shows_why:
            is_whole = all(diff.is_whole for diff in pending.diffs)
            is_after = len(pending.ask.scopes) > 1 and is_whole and not self._has_seen_all
            words = hidden_words(below, is_offered_after=is_after)
            lines = [clip((span(words, "warn"),), width)]
        line, cells = paint_buttons(
            self._offered(), width, has_focus=self._takes_focus, is_armed=self.is_armed
        )
        buttons.row, buttons.cells = len(lines), cells
        return [*lines, line]

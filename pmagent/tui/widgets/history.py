"""The conversation so far: every exchange in one scrolling view, painted as it comes into view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual.geometry import Size
from textual.reactive import Reactive

from pmagent.tui.paint.lines import Line, Page, PageBuilder
from pmagent.tui.paint.roll import Roll
from pmagent.tui.paint.said import Cited, Growing, Said, Source, Suggestion, Welcome, paint_welcome
from pmagent.tui.widgets.lines import LineView

_VIRTUAL_SIZE = cast("Reactive[Size]", LineView.virtual_size)
_TRIES = 40
"""Parts that are painted in search of one that holds an item."""


class Exchange:
    """One question and the latest word on it."""

    def __init__(self, question: str, said: Said) -> None:
        self.question = question
        self.said = said
        self._painted: tuple[int, Said, int, Page] | None = None

    def guess(self, width: int) -> int:
        """About how many lines it takes."""
        if isinstance(self.said, Growing):
            return self.said.guess(width) + 2 + len(self.question) // max(width, 1)
        return 6

    def page(self, width: int) -> Page:
        """Its lines; the same as before while neither the width nor what is said changed."""
        version = self.said.version if isinstance(self.said, Growing) else 0
        kept = self._painted
        is_same = (
            kept is not None and kept[1] is self.said and kept[0] == width and kept[2] == version
        )
        if kept is None or not is_same:
            builder = PageBuilder()
            _paint_exchange(builder, self, width)
            self._painted = kept = (width, self.said, version, builder.page())
        return kept[3]

    @property
    def is_painted(self) -> bool:
        """Whether it was ever looked at."""
        return self._painted is not None


class History(LineView):
    """Exchanges from first to latest; the view follows the end unless a person scrolled away."""

    def __init__(self) -> None:
        super().__init__(id="history")
        self._exchanges: dict[int, Exchange] = {}
        self._count = 0
        self._roll: Roll | None = None
        self._is_settling = False
        self._follows = True
        """Whether the view stands at the end, and stays there."""

    @property
    def exchanges(self) -> dict[int, Exchange]:
        """All of them by number, from the first."""
        return self._exchanges

    @property
    def sources(self) -> tuple[Source | Suggestion | Cited, ...]:
        """What the digits open: of the latest exchange that has sources."""
        for exchange in reversed(self._exchanges.values()):
            if exchange.is_painted and (sources := _sources_of(exchange.said)):
                return sources
        return ()

    def add(self, question: str, said: Said) -> int:
        """Append an exchange, go to the end, and give its number.

        A welcome goes with the first exchange: its digits would be taken for sources.
        """
        for number, exchange in tuple(self._exchanges.items()):
            if isinstance(exchange.said, Welcome):
                del self._exchanges[number]
                self._roll = None
        exchange = self._append(question, said)
        if self._roll is not None:
            self._roll.append(exchange)
        self._redraw(follow=True)
        return self._count

    def add_all(self, exchanges: list[tuple[str, Said]]) -> None:
        """Put what was said before in place of all there is, and go to its end."""
        self._exchanges.clear()
        for question, said in exchanges:
            self._append(question, said)
        self.cursor = -1
        self._roll = None
        self._redraw(follow=True)

    def update(self, number: int, said: Said | None = None, *, may_follow: bool = True) -> None:
        """Say something else in its place, or draw again what has grown.

        Where the view stands is kept, unless it stands at the end.
        """
        if number not in self._exchanges:
            return
        follow = may_follow and self._follows
        if said is not None:
            self._exchanges[number].said = said
        roll = self._roll
        is_last = number == self._count
        if roll is None or not is_last or roll.width != self.inner_width:
            if roll is not None:
                place = list(self._exchanges).index(number)
                if roll.is_painted(place):
                    roll.paint(place)
            self._redraw(follow=follow)
        else:
            self._grow(roll, len(roll) - 1, follow=follow)

    def show_start(self, number: int) -> None:
        """Go to where an exchange begins, where it is longer than what can be seen at once."""
        roll = self._roll
        if roll is None or number not in self._exchanges:
            return
        place = list(self._exchanges).index(number)
        roll.paint(place)
        if len(roll.painted(place).lines) > self.size.height:
            # Going to the end is put off until the screen is drawn, and once more: so is this.
            self.call_after_refresh(self.call_after_refresh, self._go_to, roll.top(place))

    def _go_to(self, line: int) -> None:
        self._follows = False
        self.scroll_to(y=line, animate=False, immediate=True)

    def forget(self, number: int) -> None:
        """Forget one exchange."""
        if self._exchanges.pop(number, None) is not None:
            self.cursor = -1
            self._roll = None
            self._redraw(follow=True)

    def swap(self, before: Said, after: Said) -> None:
        """Say `after` where `before` is said, and stay where the view stands."""
        for number, exchange in self._exchanges.items():
            if exchange.said is before:
                self.update(number, after, may_follow=False)
                return

    def clear(self) -> None:
        """Forget every exchange."""
        self.add_all([])

    def move_to_latest(self) -> None:
        """Put the cursor on the first thing that can be opened in the latest exchange."""
        last = next(reversed(self._exchanges.values()), None)
        in_last = len(last.page(self.inner_width).items) if last is not None else 0
        if not in_last and self._roll is not None:
            self._look_for_items(len(self._roll) - 1, -1)
        self.move_to(len(self.page.items) - max(in_last, 1))

    def sources_near(self, value: object) -> tuple[tuple[Source, ...], int]:
        """The sources of the exchange that `value` belongs to, and its place among them."""
        for exchange in reversed(self._exchanges.values()):
            if not exchange.is_painted:
                continue
            sources = tuple(s for s in _sources_of(exchange.said) if isinstance(s, Source))
            if value in sources:
                return sources, sources.index(value)
        return (), 0

    @property
    def last_text(self) -> str:
        """The latest answer of the agent, as Markdown; empty where there is none."""
        for exchange in reversed(self._exchanges.values()):
            if text := _text_of(exchange.said):
                return text
        return ""

    def places_near(self, place: str) -> tuple[str, ...]:
        """The places that the exchange names which names this one."""
        for exchange in reversed(self._exchanges.values()):
            sources = _sources_of(exchange.said) if exchange.is_painted else ()
            places = tuple(cited.place for cited in sources if isinstance(cited, Cited))
            if place in places:
                return places
        return (place,)

    def action_up(self) -> None:
        """The item above, in parts that were never on screen too."""
        self._look_around()
        super().action_up()

    def action_down(self) -> None:
        """The item below."""
        self._look_around()
        super().action_down()

    def action_page(self, step: int) -> None:
        """A screenful up or down; the bar comes along where it can."""
        height = max(self.size.height - 1, 1)
        self.scroll_to(y=self.scroll_offset.y + step * height, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Paint what has come into view."""
        super().watch_scroll_y(old_value, new_value)
        self._follows = new_value >= self.max_scroll_y
        self._settle()

    def on_resize(self) -> None:
        """Lay the lines out for the new width, and for the new height what is in view."""
        follow = self._follows
        super().on_resize()
        self._settle()
        if follow:
            self.scroll_end(animate=False)

    def _append(self, question: str, said: Said) -> Exchange:
        self._count += 1
        exchange = self._exchanges[self._count] = Exchange(question, said)
        return exchange

    def _grow(self, roll: Roll, place: int, *, follow: bool) -> None:
        """Draw what has changed at the end; all lines above are as they were drawn before."""
        before, top, height = roll.painted(place).lines, roll.top(place), roll.height
        roll.paint(place)
        lines = roll.painted(place).lines
        first = top + _first_other(before, lines)
        for key in [key for key in self._strips if key[0] >= first]:
            del self._strips[key]
        size = self.virtual_size.with_height(roll.height)
        self._follows = follow
        if height > self.size.height and roll.height > self.size.height:
            # The bar is there and stays: nothing around this view has to be laid out anew.
            self.set_reactive(_VIRTUAL_SIZE, size)
            self.vertical_scrollbar.window_virtual_size = roll.height
        else:
            self.virtual_size = size
        if follow and self.max_scroll_y != self.scroll_offset.y:
            self.scroll_target_y = self.scroll_y = float(self.max_scroll_y)
            self._follows = True
        else:
            self.refresh_lines(first, max(roll.height, height) - first)

    def _redraw(self, *, follow: bool) -> None:
        self._follows = follow
        self.show(self._paint)
        if follow:
            if self._roll is not None and self.size.height:
                # What will be in view, so that the end is where it is thought to be.
                self._paint_from_end()
            self.scroll_end(animate=False)

    def _paint(self, width: int) -> Page:
        if self._roll is None or self._roll.width != width:
            self._roll = Roll(tuple(self._exchanges.values()), width)
            self.cursor = -1 if self.cursor >= 0 and len(self._exchanges) > 1 else self.cursor
            self._paint_from_end()
        return self._roll.view()

    def _paint_from_end(self) -> None:
        roll = self._roll
        if roll is None:
            return
        place, rows = len(roll) - 1, 0
        has_moved = False
        while place >= 0 and rows < max(self.size.height, 1):
            has_moved = roll.paint(place) or has_moved
            rows += len(roll.painted(place).lines)
            place -= 1
        if has_moved and self._painted_width == roll.width:
            self._fit()

    def _settle(self) -> None:
        """Paint all that is in view; what is on screen already stays where it stands."""
        roll = self._roll
        if roll is None or self._is_settling or not len(roll):
            return
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        goal = top
        for _ in range(_TRIES):
            first, last = roll.at_line(goal), roll.at_line(goal + height - 1)
            unseen = [at for at in range(first, last + 1) if not roll.is_painted(at)]
            if not unseen:
                break
            seen = [at for at in range(first, last + 1) if roll.is_painted(at)]
            anchor = seen[-1] if seen else first
            before = roll.top(anchor)
            for place in unseen:
                self._paint_one(place)
            goal = max(goal + roll.top(anchor) - before, 0)
        else:
            return
        if goal == top and self.virtual_size.height == roll.height:
            return
        self._is_settling = True
        self._fit()
        if goal != top:
            self.scroll_to(y=goal, animate=False, force=True)
        self._is_settling = False

    def _paint_one(self, place: int) -> None:
        """Paint a part; the bar stays on its item."""
        roll = self._roll
        if roll is None or roll.is_painted(place):
            return
        item = roll.first_item(place)
        roll.paint(place)
        if self.cursor >= item and self.cursor >= 0:
            self.cursor += len(roll.painted(place).items)

    def _fit(self) -> None:
        if self._roll is not None:
            self._strips.clear()
            self.virtual_size = self.virtual_size.with_height(self._roll.height)
            self.refresh()

    def _look_around(self) -> None:
        """Paint the neighbours of the item under the bar until these hold items."""
        roll = self._roll
        if roll is None or not len(roll):
            return
        at = roll.at_item(self.cursor) if self.cursor >= 0 else len(roll) - 1
        self._look_for_items(at, -1)
        self._look_for_items(at, 1)
        self._fit()

    def _look_for_items(self, place: int, step: int) -> None:
        roll = self._roll
        place += step
        for _ in range(_TRIES):
            if roll is None or not 0 <= place < len(roll):
                return
            self._paint_one(place)
            if roll.painted(place).items:
                return
            place += step


def _first_other(before: Sequence[Line], after: Sequence[Line]) -> int:
    """The first line in which they differ."""
    for place, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            return place
    return min(len(before), len(after))


def _paint_exchange(builder: PageBuilder, exchange: Exchange, width: int) -> None:
    if isinstance(exchange.said, Welcome):
        paint_welcome(builder, exchange.said, width)
        return
    from pmagent.tui.paint.exchange import paint_exchange  # noqa: PLC0415 - after the first frame

    paint_exchange(builder, exchange.question, exchange.said, width)


def _sources_of(said: Said) -> tuple[Source | Suggestion | Cited, ...]:
    from pmagent.tui.paint.exchange import sources_of  # noqa: PLC0415 - after the first frame

    return sources_of(said)


def _text_of(said: Said) -> str:
    from pmagent.tui.paint.exchange import text_of  # noqa: PLC0415 - after the first frame

    return text_of(said)

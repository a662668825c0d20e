"""The conversation so far: every exchange in one scrolling view."""

from __future__ import annotations

from pmagent.tui.paint.lines import Page, PageBuilder
from pmagent.tui.paint.said import Said, Source, Suggestion, Welcome, paint_welcome
from pmagent.tui.widgets.lines import LineView


class Exchange:
    """One question and the latest word on it."""

    def __init__(self, question: str, said: Said) -> None:
        self.question = question
        self.said = said
        self._painted: tuple[int, Said, Page] | None = None

    def page(self, width: int) -> Page:
        """Its lines; the same as before while neither the width nor what is said changed."""
        if self._painted is None or self._painted[0] != width or self._painted[1] is not self.said:
            builder = PageBuilder()
            _paint_exchange(builder, self, width)
            self._painted = (width, self.said, builder.page())
        return self._painted[2]


class History(LineView):
    """Exchanges from first to latest; the view follows the end unless a person scrolled away."""

    def __init__(self) -> None:
        super().__init__(id="history")
        self._exchanges: dict[int, Exchange] = {}
        self._count = 0

    @property
    def exchanges(self) -> dict[int, Exchange]:
        """All of them by number, from the first."""
        return self._exchanges

    @property
    def sources(self) -> tuple[Source | Suggestion, ...]:
        """What the digits open: of the latest exchange that has sources."""
        for exchange in reversed(self._exchanges.values()):
            if sources := _sources_of(exchange.said):
                return sources
        return ()

    def add(self, question: str, said: Said) -> int:
        """Append an exchange, go to the end, and give its number.

        A welcome goes with the first exchange: its digits would be taken for sources.
        """
        for number, exchange in tuple(self._exchanges.items()):
            if isinstance(exchange.said, Welcome):
                del self._exchanges[number]
        self._count += 1
        self._exchanges[self._count] = Exchange(question, said)
        self._redraw(follow=True)
        return self._count

    def update(self, number: int, said: Said, *, may_follow: bool = True) -> None:
        """Say something else in its place; where the view stands is kept, unless at the end."""
        if number not in self._exchanges:
            return
        follow = may_follow and self.scroll_offset.y >= self.max_scroll_y
        self._exchanges[number].said = said
        self._redraw(follow=follow)

    def swap(self, before: Said, after: Said) -> None:
        """Say `after` where `before` is said, and stay where the view stands."""
        for number, exchange in self._exchanges.items():
            if exchange.said is before:
                self.update(number, after, may_follow=False)
                return

    def clear(self) -> None:
        """Forget every exchange."""
        self._exchanges.clear()
        self.cursor = -1
        self._redraw(follow=True)

    def move_to_latest(self) -> None:
        """Put the cursor on the first thing that can be opened in the latest exchange."""
        last = next(reversed(self._exchanges.values()), None)
        in_last = len(last.page(self.inner_width).items) if last is not None else 0
        self.move_to(len(self.page.items) - max(in_last, 1))

    def sources_near(self, value: object) -> tuple[tuple[Source, ...], int]:
        """The sources of the exchange that `value` belongs to, and its place among them."""
        for exchange in reversed(self._exchanges.values()):
            sources = tuple(s for s in _sources_of(exchange.said) if isinstance(s, Source))
            if value in sources:
                return sources, sources.index(value)
        return (), 0

    def _redraw(self, *, follow: bool) -> None:
        self.show(self._paint)
        if follow:
            self.scroll_end(animate=False)

    def _paint(self, width: int) -> Page:
        builder = PageBuilder()
        for exchange in self._exchanges.values():
            builder.add_page(exchange.page(width))
        return builder.page()


def _paint_exchange(builder: PageBuilder, exchange: Exchange, width: int) -> None:
    if isinstance(exchange.said, Welcome):
        paint_welcome(builder, exchange.said, width)
        return
    from pmagent.tui.paint.answer import paint_said  # noqa: PLC0415 - after the first frame

    paint_said(builder, exchange.question, exchange.said, width)


def _sources_of(said: Said) -> tuple[Source | Suggestion, ...]:
    from pmagent.tui.paint.answer import sources_of  # noqa: PLC0415 - after the first frame

    return sources_of(said)

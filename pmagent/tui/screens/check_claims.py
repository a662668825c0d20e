"""The claims of a checked draft in a list, and beside them the one under the bar."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget

from pmagent.tui.jobbed import Checked
from pmagent.tui.messages import CopyText, EditAt
from pmagent.tui.paint.check import (
    FILTERS,
    Filter,
    Shown,
    Standing,
    blocking_numbers,
    filter_words,
    paint_check_heading,
    paint_claims,
    rows_for,
)
from pmagent.tui.paint.check_detail import copied_verdict, paint_set_aside, paint_verdict
from pmagent.tui.paint.lines import Page, PageBuilder, Span, clip, span
from pmagent.tui.paint.said import Source
from pmagent.tui.paint.vital import Vital
from pmagent.tui.screens.job import JobScreen
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.checking import Claim, Evidence, Verdict


class ClaimsScreen(JobScreen):
    """Shows a report as it stands; it changes nothing."""

    def __init__(self, desk: Desk, vital: Vital, name: str) -> None:
        super().__init__(desk, vital)
        self.name_typed = name
        self.told: Checked | None = None
        """None until it is checked."""
        self.fixed: list[tuple[int, str]] = []
        """Which corrections were put in, and their undo points, in order."""
        self.is_partial = False
        """Whether the check was stopped before its end."""
        self.problem = ""
        """Why there is no report."""
        self.progress = (0, 0)
        """Claims that are checked, of how many."""
        self._filter: Filter = "all"
        self._has_aside = False

    def compose_body(self) -> Iterable[Widget]:
        """The claims, the one under the bar, and a line to type on (hidden)."""
        with Horizontal(id="panes"):
            yield LineView(id="items", keeps_cursor=True)
            yield LineView(id="claim")
        yield from self.compose_line()

    @property
    def detail(self) -> LineView:
        """The claim beside its evidence."""
        return self.query_one("#claim", LineView)

    @property
    def number(self) -> int | None:
        """Which claim is under the bar, from 0; None where it is none that was checked."""
        value = self.view.value
        return value if isinstance(value, int) else None

    @property
    def verdict(self) -> Verdict | None:
        """What was found of it."""
        number = self.number
        if self.told is None or number is None:
            return None
        return self.told.report.verdicts[number]

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The draft, the counts, whether it may leave; while it is checked, how far it is."""
        told = self.told
        if told is not None and not self.doing:
            leave, shown = told.leave, self._shown()
            return paint_check_heading(told.report, leave, self.standing(), shown, width)
        name = clip((span("Check  ", "quiet"), span(self.name_typed, "title")), width)
        if self.problem:
            return [name, clip((span(self.problem, "error"),), width)]
        done, total = self.progress
        far = f"checked {done:,} of {total:,}" if total else "reading it"
        words = (span(f"{far}…", "note"), span("   Esc", "key"), span(" stops", "quiet"))
        return [name, words if self.doing == "checking" else (span(self.doing_words, "note"),)]

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Another claim."""
        if event.view.id == "items":
            self._show_claim()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Its evidence, in its file."""
        if isinstance(event.value, Evidence):
            self.open_source(_source(event.value))
        else:
            self.action_open()

    def on_resize(self, event: events.Resize) -> None:
        """A low screen has one line a claim."""
        super().on_resize(event)
        if self.told is not None:
            self.redraw()

    def action_open(self) -> None:
        """Read the evidence in its file."""
        if (verdict := self.verdict) is None:
            return
        if verdict.evidence:
            self.open_source(_source(verdict.evidence[0]))
        else:
            self.notify_person("nothing in the sources comes near it", is_error=True)

    def action_step(self, step: int) -> None:
        """To the next claim that holds the draft back, or the one before."""
        here = self.view.cursor
        blocking = self.standing().blocking
        places = [at for at, value in enumerate(self.view.page.values) if value in blocking]
        ahead = [at for at in places if (at - here) * step > 0]
        if ahead:
            self.view.move_to(min(ahead, key=lambda at: abs(at - here)))
        else:
            self.notify_person("no other claim holds it back there")

    def action_filter(self) -> None:
        """The next of the filters that shows anything."""
        if self.told is not None:
            place = FILTERS.index(self._filter)
            self.action_keep_only(FILTERS[(place + 1) % len(FILTERS)])

    def action_keep_only(self, wanted: Filter) -> None:
        """One filter; again for all."""
        self._filter = "all" if wanted == self._filter else wanted
        self.redraw()
        self.notify_person(f"showing {filter_words(self._filter)}")

    def action_aside(self) -> None:
        """Also what is no claim."""
        if self.told is None:
            return
        if not self.told.report.set_aside:
            self.notify_person("nothing was set aside")
            return
        self._has_aside = not self._has_aside
        self.redraw()
        if self._has_aside:
            self.view.move_to(len(self.view.page.items) - len(self.told.report.set_aside))

    def action_copy(self) -> None:
        """The claim, its verdict and its evidence."""
        if (verdict := self.verdict) is not None:
            self.post_message(CopyText(copied_verdict(verdict), "the claim and its evidence"))
        elif isinstance(claim := self.view.value, Claim):
            self.post_message(CopyText(claim.text, "it"))

    def action_edit(self) -> None:
        """Open the draft at the line."""
        value = self.view.value
        verdict = self.verdict
        claim = verdict.claim if verdict is not None else value
        if isinstance(claim, Claim) and claim.path:
            self.post_message(EditAt(claim.path, claim.first_line))

    def action_other_pane(self) -> None:
        """Between the claims and the evidence."""
        self.set_focus(self.detail if self.view.has_focus else self.view)

    # What is drawn

    def standing(self) -> Standing:
        """What has become of the claims since."""
        if self.told is None:
            return Standing()
        fixed = frozenset(number for number, _ in self.fixed)
        blocking = blocking_numbers(self.told.report, self.told.leave) - fixed
        return Standing(
            kept=self.told.kept, fixed=fixed, blocking=blocking, is_partial=self.is_partial
        )

    def _shown(self) -> Shown:
        return Shown(
            filter=self._filter, has_aside=self._has_aside, rows=rows_for(self.size.height)
        )

    def redraw(self) -> None:
        """Draw the report as it stands, with the bar on the same claim."""
        told = self.told
        if told is None:
            return
        standing, shown = self.standing(), self._shown()
        self.show_heading()
        value = self.view.value
        self.view.show(lambda width: paint_claims(told.report, standing, shown, width))
        self.go_to(value if value is not None else 0)
        self._show_claim()

    def go_to(self, value: object) -> None:
        """The bar on a claim; on the first where it is not shown."""
        values = list(self.view.page.values)
        self.view.move_to(values.index(value) if value in values else 0)

    def _show_claim(self) -> None:
        verdict, number, value = self.verdict, self.number, self.view.value
        standing = self.standing()

        def paint(width: int) -> Page:
            if verdict is not None and number is not None:
                return paint_verdict(verdict, number, standing, width)
            if isinstance(value, Claim):
                return paint_set_aside(value, width)
            return PageBuilder().page()

        self.detail.show(paint)
        self.detail.scroll_home(animate=False)


def _source(evidence: Evidence) -> Source:
    return Source(citation=evidence.citation, quote=evidence.text)

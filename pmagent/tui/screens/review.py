"""The review queue: what waits for a person, and the keys that decide it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import ClassVar

from pmagent.errors import PmagentError
from pmagent.nlp.counted import counted
from pmagent.reviews.queue import same_kind
from pmagent.reviews.typed import editable, read_edited, read_until, split_codes
from pmagent.runs.answers import read_fitting
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import Failed
from pmagent.tui.paint.ran import outcome_words
from pmagent.tui.paint.review import ShownValue, question_before
from pmagent.tui.ports import GardenPort
from pmagent.tui.reviewed import CaseWritten, EditText, QueueTold, RulingKept
from pmagent.tui.screens.review_queue import QueueScreen
from pmagent.types.actions import Done, Json
from pmagent.types.reviews import Review, Ruling
from pmagent.types.runs import Run, RunChanged

_VERBS = {"accept": "accepted", "edit": "accepted with your changes", "reject": "rejected",
          "answer": "answered", "take": "yours now"}  # fmt: skip
_DEAD_VERBS = {"accept": "tried again", "edit": "tried again, changed", "reject": "dropped"}
_QUESTIONS = frozenset({"answer", "human"})


class ReviewScreen(QueueScreen):
    """Nothing leaves but by `a`, and then `y` below the exact text; nothing is written but by `t`.

    Each decision is one review's: the next is read before it can be decided.
    """

    CSS_PATH = ["job.tcss", "review.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("review")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("review", "app")
    OWN: ClassVar[tuple[Scope, ...]] = ("review",)
    AUTO_FOCUS = "#items"

    # What the desk tells

    def on_ruling_kept(self, message: RulingKept) -> None:
        """Say what was decided, and how its run stands."""
        self.done()
        for review in message.reviews:
            self.edits.pop(review.id, None)
        self.read_queue(_kept_words(message.reviews, message.run))

    def on_case_written(self, message: CaseWritten) -> None:
        """Say where it is, or why it is not."""
        self.done()
        if isinstance(message.outcome, Done):
            self.notify_person(f"wrote {message.path}; /undo takes it back")
        else:
            words = " ".join(text for text, _ in outcome_words(message.outcome))
            self.notify_person(words, is_error=True)

    def show_failure(self, message: Failed) -> None:
        """Say it; what was decided elsewhere meanwhile is no longer shown."""
        super().show_failure(message)
        if message.during == "job decide":
            self.read_queue()

    # What the person does

    def action_accept(self) -> None:
        """Yes; for a question, type the value; what leaves is asked once more."""
        review = self.review
        if review is None:
            return
        if review.kind in _QUESTIONS:
            self._answer(review)
            return
        edits = dict(self.changed)
        ruling = Ruling(decision="edit" if edits else "accept", edits=edits)
        then = partial(self._decide, (review,), ruling)
        if question := question_before(review, edits):
            self.ask_first(question, "y", then)
        else:
            then()

    def action_reject(self) -> None:
        """No, with a note."""
        review = self.review
        if review is None:
            return
        asked = "Why it is dropped" if review.kind == "dead" else "Why not; such as fact: it is 41"

        def reject(typed: str) -> None:
            found, note = split_codes(typed)
            self._decide((review,), Ruling(decision="reject", note=note, codes=found))

        self.type_words("", asked, reject)

    def action_take(self) -> None:
        """The person does the rest."""
        review = self.review
        if review is None:
            return
        if review.kind in {"dead", "sample"}:
            self.notify_person("no run waits for it that could be taken over", is_error=True)
            return
        self._decide((review,), Ruling(decision="take"))

    def action_edit(self) -> None:
        """Change a value: the one under the bar of the pane, the only one, or one by its name."""
        review = self.review
        if review is None:
            return
        if review.kind in _QUESTIONS:
            self._answer_in_editor(review)
        elif review.kind == "handoff":
            self.notify_person("nothing of it is sent: h takes it over", is_error=True)
        elif not review.shown:
            self.notify_person("it shows no value that could be changed", is_error=True)
        elif self.detail.has_focus and isinstance(shown := self.detail.value, ShownValue):
            self._edit(review, shown.name)
        elif len(review.shown) == 1:
            self._edit(review, next(iter(review.shown)))
        else:
            names = list(review.shown)
            asked = f"Which value: {', '.join(names)}"
            self.type_words(names[0], asked, partial(self._edit, review))

    def action_make_test(self) -> None:
        """Write a simulation of its run."""
        review = self.review
        if review is None or not self.start_doing("writing a test"):
            return

        def write(garden: GardenPort) -> CaseWritten:
            case = garden.reviews.test_case(review.id)
            wanted = {"file_path": case.path, "content": case.text}
            outcome = garden.perform("Write", wanted, why="you made a test of a review")
            return CaseWritten(case.path, outcome)

        self.desk.start(self, "job test", write)

    def action_snooze(self) -> None:
        """Put it off."""
        review = self.review
        if review is None:
            return

        def later(typed: str) -> None:
            try:
                until = read_until(typed, datetime.now().astimezone())
            except PmagentError as exc:
                self._refuse(exc)
                return
            self._put_off(review, until)

        self.type_words("1d", "Until when: 3h, 2d, 1w or a date", later)

    def action_accept_all(self) -> None:
        """All of its kind and command; asked once more, with their number."""
        review, told = self.review, self.told
        if review is None or told is None:
            return
        alike = same_kind(review, told.reviews)
        if not alike:
            self.notify_person("these are read and decided one by one", is_error=True)
            return
        sent = sum(bool(one.sendings) for one in alike)
        leaves = f", and let {counted(sent, 'effect')} leave" if sent else ""
        number = counted(len(alike), review.kind if review.kind != "handoff" else "hand-off")
        question = f"Accept {number} of /{review.command}{leaves}?"
        then = partial(self._decide, tuple(alike), Ruling(decision="accept"))
        self.ask_first(question, "y", then)

    def _answer(self, review: Review) -> None:
        def answer(typed: str) -> None:
            try:
                value = read_fitting(typed, review.shape)
            except PmagentError as exc:
                self._refuse(exc)
                return
            self._decide((review,), Ruling(decision="answer", answer=value))

        wanted = f" ({review.shape})" if review.shape else ""
        self.type_words("", f"Your answer{wanted}", answer)

    def _answer_in_editor(self, review: Review) -> None:
        """A longer value, such as one that a model was to write."""

        def left(text: str) -> None:
            if not text.strip():
                self.notify_person("nothing was written: it still waits")
                return
            try:
                value = read_fitting(text, review.shape)
            except PmagentError as exc:
                self._refuse(exc)
                return
            self._decide((review,), Ruling(decision="answer", answer=value))

        self.post_message(EditText("", ".md", left))

    def _edit(self, review: Review, name: str) -> None:
        name = name.strip()
        if name not in review.shown:
            words = f'there is no value "{name}": {", ".join(review.shown)}'
            self.notify_person(words, is_error=True)
            return
        before = review.shown[name]
        text, suffix = editable(self.edits.get(review.id, {}).get(name, before))
        self.post_message(EditText(text, suffix, partial(self._edited, review, name, before)))

    def _edited(self, review: Review, name: str, before: Json, text: str) -> None:
        try:
            value = read_edited(text, before, name)
        except PmagentError as exc:
            self._refuse(exc)
            return
        edits = {key: one for key, one in self.edits.get(review.id, {}).items() if key != name}
        if value == before:
            self.notify_person(f"{name} is as it was")
        else:
            edits[name] = value
            verb = "tries with it" if review.kind == "dead" else "accepts it so"
            self.notify_person(f"{name} is changed: a {verb}, e changes more")
        if edits:
            self.edits[review.id] = edits
        else:
            self.edits.pop(review.id, None)
        self.draw_again()

    def _decide(self, reviews: Sequence[Review], ruling: Ruling) -> None:
        """Keep it, and go on with what waits for it, beside the screen."""
        if not self.start_doing("deciding"):
            return
        rulings = [(one, replace(ruling, minutes=self.minutes(one))) for one in reviews]

        def decide(garden: GardenPort) -> RulingKept:
            kept: list[Review] = []
            run: Run | None = None
            for review, one in rulings:
                kept.append(garden.reviews.decide(review.id, one))
                if garden.reviews.holds_run(review):
                    run = _gone_on(garden, review.run) or run
            return RulingKept(kept, run)

        self.desk.start(self, "job decide", decide)

    def _put_off(self, review: Review, until: datetime) -> None:
        has_snoozed = self.has_snoozed
        says = f"put off until {until:%d %b %H:%M}; s shows what is"

        def put_off(garden: GardenPort) -> QueueTold:
            garden.reviews.snooze(review.id, until)
            found = garden.reviews.open(with_snoozed=has_snoozed)
            return QueueTold(found, garden.reviews.standings(), says)

        self.desk.ask(self, "queue", put_off)

    def _refuse(self, exc: PmagentError) -> None:
        hint = f"; {exc.hint}" if exc.hint else ""
        self.notify_person(f"{exc.message}{hint}", is_error=True)


def _gone_on(garden: GardenPort, run_id: str) -> Run | None:
    """How a run stands after it went on as far as it could."""
    last: Run | None = None
    for event in garden.runs.resume(run_id):
        if isinstance(event, RunChanged):
            last = event.run
    return last


def _kept_words(reviews: Sequence[Review], run: Run | None) -> str:
    first = reviews[0]
    verbs: Mapping[str, str] = _DEAD_VERBS if first.kind == "dead" else _VERBS
    what = "" if len(reviews) == 1 else f"{len(reviews)} "
    words = f"{what}{verbs.get(first.decision, first.decision)}"
    if run is None:
        return words
    state = f"waits for {run.waits_for}" if run.state == "waiting" else run.state.replace("_", " ")
    reason = f": {run.reason}" if run.reason else ""
    return f"{words}; its run {'' if run.state == 'waiting' else 'is '}{state}{reason}"

"""A fact-check: the claims of a draft, and the keys that put it right or let it stand."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable
from typing import ClassVar

from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.jobbed import Checked, CheckGoesOn, ClaimFixed, FixUndone, Recorded
from pmagent.tui.messages import Failed
from pmagent.tui.paint.ran import outcome_words
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.check_claims import ClaimsScreen
from pmagent.tui.work import Desk
from pmagent.types.actions import Done

_SOURCES = " --sources "


class CheckScreen(ClaimsScreen):
    """Nothing is put into the draft but by `a`, and nothing let stand but by `k`."""

    CSS_PATH = ["job.tcss", "check.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("check")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("check", "app")
    OWN: ClassVar[tuple[Scope, ...]] = ("check",)
    AUTO_FOCUS = "#items"

    def __init__(self, desk: Desk, vital: Vital, name: str) -> None:
        super().__init__(desk, vital, name)
        self.name_typed, self._sources = split_sources(name)
        self._is_told = False
        """Whether the screen knows of the latest progress, or is about to."""
        self._stop = threading.Event()

    def on_mount(self) -> None:
        """Check."""
        self.line.has_shortcuts = False
        self.action_check_again()

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._stop.set()

    # What the desk tells

    def on_check_goes_on(self) -> None:
        """How far it is."""
        self._is_told = False
        self.show_heading()

    def on_checked(self, message: Checked) -> None:
        """Show it; the bar stays where it was, else it begins at what holds the draft back."""
        is_new = self.told is None or self.told.report is not message.report
        was_stopped = self.doing == "checking" and self._stop.is_set()
        if is_new:
            self.is_partial = was_stopped
        self.told = message
        self.problem = ""
        if is_new:
            self.fixed = []
        self.done()
        self.redraw()
        if is_new and (first := min(self.standing().blocking, default=None)) is not None:
            self.go_to(first)
        if was_stopped:
            done, total = self.progress
            self.notify_person(f"stopped after {done:,} of {total:,} claims; R checks all of them")
        elif message.says:
            self.notify_person(message.says)

    def on_claim_fixed(self, message: ClaimFixed) -> None:
        """Say what came of it."""
        self.done()
        if not isinstance(message.outcome, Done):
            words = " ".join(text for text, _ in outcome_words(message.outcome))
            self.notify_person(words, is_error=True)
            return
        self.fixed.append((message.number, message.outcome.checkpoint))
        self.redraw()
        self.notify_person("put in; u takes it back, R checks the draft again")

    def on_fix_undone(self, message: FixUndone) -> None:
        """It is as it was."""
        self.done()
        self.fixed = [each for each in self.fixed if each[0] != message.number]
        self.redraw()
        self.notify_person("taken back: the draft is as it was")

    def on_recorded(self, message: Recorded) -> None:
        """Say what came of it."""
        self.done()
        words = " ".join(text for text, _ in outcome_words(message.outcome))
        if isinstance(message.outcome, Done):
            self.notify_person("written beside the draft; pmagent verify reads it again")
        else:
            self.notify_person(words, is_error=True)

    def show_failure(self, message: Failed) -> None:
        """Say it where the claims would stand, if there are none."""
        if self.told is None and message.during == "job check":
            hint = f"; {message.hint}" if message.hint else ""
            self.problem = f"{message.message}{hint}"
            self.done()
            return
        super().show_failure(message)

    # What the person does

    def action_accept(self) -> None:
        """Put the correction into the draft."""
        told, verdict, number = self.told, self.verdict, self.number
        if told is None or verdict is None or number is None:
            return
        if number in self.standing().fixed:
            self.notify_person("it is put in already; u takes it back")
        elif not verdict.correction:
            self.notify_person("there is no correction for it: e opens the draft", is_error=True)
        elif self.start_doing("putting it in"):
            report = told.report

            def fix(garden: GardenPort) -> ClaimFixed:
                return ClaimFixed(number, garden.jobs.fix(report, number))

            self.desk.start(self, "job fix", fix)

    def action_keep(self) -> None:
        """Let it stand, with a note; take that back where it is kept already."""
        told, verdict, number = self.told, self.verdict, self.number
        if told is None or verdict is None or number is None:
            return
        if number in told.kept:
            self.action_unkeep()
        elif number not in self.standing().blocking:
            self.notify_person("it does not hold the draft back")
        else:
            report = told.report
            self.type_words(
                "",
                "Why it may stand, if you like",
                lambda note: self._note(
                    lambda garden: garden.jobs.keep(report, number, note.strip()),
                    "kept on your word; k takes it back",
                ),
            )

    def action_unkeep(self) -> None:
        """Take one's word back."""
        told, number = self.told, self.number
        if told is not None and number is not None and number in told.kept:
            report = told.report
            self._note(lambda garden: garden.jobs.unkeep(report, number), "taken back")

    def action_undo(self) -> None:
        """Take back the correction that was put in last."""
        if not self.fixed:
            self.notify_person("nothing was put in")
            return
        number, point = self.fixed[-1]
        if self.start_doing("taking it back"):
            self.desk.start(self, "job undo", lambda garden: FixUndone(number, garden.undo(point)))

    def action_check_again(self) -> None:
        """Check it as it is now."""
        if not self.start_doing("checking"):
            return
        self._stop.clear()
        self.progress = (0, 0)
        name, sources, stop = self.name_typed, self._sources, self._stop

        def check(garden: GardenPort) -> Checked:
            report = garden.jobs.check(
                name, sources=sources, on_progress=self._tell_progress, stop=stop.is_set
            )
            return Checked(report, garden.jobs.leave(report), garden.jobs.kept(report))

        self.desk.start(self, "job check", check)

    def action_record(self) -> None:
        """Write what was found, and one's own word, beside the draft."""
        if self.told is not None and self.start_doing("writing"):
            report = self.told.report
            self.desk.start(self, "job record", lambda garden: Recorded(garden.jobs.record(report)))

    def action_back(self) -> None:
        """From the line or the evidence to the claims; stop what runs; then back."""
        if self.is_typing:
            self.stop_typing()
        elif self.doing == "checking" and not self._stop.is_set():
            self._stop.set()
            self.notify_person("stopping after this claim")
        elif not self.view.has_focus:
            self.set_focus(self.view)
        else:
            self.dismiss()

    def _note(self, change: Callable[[GardenPort], None], says: str) -> None:
        """Change a person's word, and ask again what holds the draft back."""
        if self.told is None or not self.start_doing("noting it"):
            return
        report = self.told.report

        def call(garden: GardenPort) -> Checked:
            change(garden)
            return Checked(report, garden.jobs.leave(report), garden.jobs.kept(report), says)

        self.desk.start(self, "job word", call)

    def _tell_progress(self, done: int, total: int) -> None:
        """Called in the thread of the check: the screen is told once until it has drawn."""
        self.progress = (done, total)
        if not self._is_told:
            self._is_told = True
            self.post_message(CheckGoesOn())


def split_sources(argument: str) -> tuple[str, tuple[str, ...]]:
    """The document and the globs of `drafts/post.md --sources notes/** --sources 'a b.md'`."""
    name, *given = argument.split(_SOURCES)
    return name.strip(), tuple(" ".join(shlex.split(one)) for one in given)

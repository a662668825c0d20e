"""The garden's walls: every rule, the level of trust, what waits, and a place to test them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Input

from pmagent.errors import UsageError
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import EditAt
from pmagent.tui.paint.lines import Span, clip_middle, span, spread
from pmagent.tui.paint.rights import (
    level_meaning,
    level_name,
    paint_columns,
    paint_rights_heading,
    paint_rows,
    paint_tested,
    row_in_full,
    short_digest,
)
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.rule_text import parse_grant, parse_test
from pmagent.tui.screens.confirming import ConfirmingScreen
from pmagent.tui.told import RightsTold, RuleTested
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.work import Desk
from pmagent.types.actions import TrustLevel
from pmagent.types.rights import GardenRights, RightRow, Untrusted

_ADD, _TEST = "add", "test"
_EXAMPLES = {
    _ADD: "allow, such as  Edit(/notes/**) for 7 days  or  WebFetch(domain:example.com)",
    _TEST: "test, such as  can I read /etc?  or  Edit notes/a.md  or  Bash git push",
}
_PRESSED = ("grant", "session")


class RightsScreen(ConfirmingScreen):
    """Narrowing happens at once; whatever lets more happen asks first."""

    CSS_PATH = "rights.tcss"
    BINDINGS: ClassVar = bindings_for("garden")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("garden", "app")
    AUTO_FOCUS = "#rights"

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self._rights: GardenRights | None = None
        self._tested: RuleTested | None = None
        self._typing = ""
        self._changes = 0

    def compose_body(self) -> Iterable[Widget]:
        """The rows, and a line to type on (hidden)."""
        yield LineView(id="rights", keeps_cursor=True)
        yield Composer(id="rights-line")

    def on_mount(self) -> None:
        """Ask what is allowed."""
        self.line.has_shortcuts = False
        self.desk.ask(self, "rights", lambda garden: RightsTold(garden.grants()))

    @property
    def view(self) -> LineView:
        """The rows."""
        return self.query_one("#rights", LineView)

    @property
    def line(self) -> Composer:
        """Where a rule or a test is typed."""
        return self.query_one("#rights-line", Composer)

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """Level, sandbox, the latest test, the columns."""
        root = clip_middle(span(self.vital.root).text, width - 10)
        lines = [spread((span("Garden", "title"),), (span(root, "quiet"),), width), ()]
        if self._rights is None:
            return [*lines, (span("looking…", "quiet"),)]
        lines.extend(paint_rights_heading(self._rights, width))
        if (tested := self._tested) is not None:
            lines.extend(paint_tested(tested.tool, tested.subject, tested.decision, width))
        return [*lines, (), *paint_columns(width)]

    # What the desk tells

    def on_rights_told(self, message: RightsTold) -> None:
        """Draw them; the application hears it too."""
        is_first = self._rights is None
        rights = self._rights = message.rights
        self.show_heading()
        self.view.show(lambda width: paint_rows(rights, width), cursor=0 if is_first else None)
        if message.says:
            self.notify_person(message.says)

    def on_rule_tested(self, message: RuleTested) -> None:
        """Show what would be decided."""
        self._tested = message
        self.show_heading()

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """The whole of a row, where its columns have no room for it."""
        self.on_line_view_chosen(LineView.Chosen(event.view, event.value))

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """The same."""
        match event.value:
            case RightRow():
                self.notify_person(row_in_full(event.value))
            case Untrusted(path=path, says=says):
                self.notify_person(f"{path} waits for trust: {says}")
            case _:
                pass

    # What the person does

    def action_add(self) -> None:
        """Type a rule."""
        self._type(_ADD)

    def action_test(self) -> None:
        """Type a use."""
        self._type(_TEST)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Test it; or ask before a rule is added."""
        event.stop()
        try:
            if self._typing == _TEST:
                tool, subject = parse_test(event.value)
                self.desk.ask(
                    self,
                    "test",
                    lambda garden: RuleTested(tool, subject, garden.test_rule(tool, subject)),
                )
            else:
                rule, days = parse_grant(event.value)
                self._ask_to_allow(rule, days)
        except UsageError as exc:
            self.notify_person(f"{exc.message}; {exc.hint}", is_error=True)
            return
        self._stop_typing()

    def action_revoke(self) -> None:
        """Take back the rule under the bar; a rule of a file is only shown."""
        row = self.view.value
        if not isinstance(row, RightRow):
            return
        if row.layer not in _PRESSED:
            where = row.source_text or "what comes with pmagent"
            self.notify_person(f"it stands in {where}; e opens the file", is_error=True)
            return
        rule = row.rule_text
        self._change(f"revoked {rule}", lambda garden: garden.revoke(rule))

    def action_raise_level(self) -> None:
        """One level more, once it is confirmed."""
        if self._rights is None or self._rights.level == max(TrustLevel):
            self.notify_person("there is no level above")
            return
        above = TrustLevel(self._rights.level + 1)
        question = f"Trust {level_name(above)}: agents could then {level_meaning(above)}."
        self.ask_first(question, "y", lambda: self._set_level(above))

    def action_lower_level(self) -> None:
        """One level less, at once."""
        if self._rights is None or self._rights.level == min(TrustLevel):
            self.notify_person("there is no level below")
            return
        self._set_level(TrustLevel(self._rights.level - 1))

    def action_trust(self) -> None:
        """Let a file count that came with the folder, once it is confirmed."""
        value = self.view.value
        waiting = self._rights.untrusted if self._rights is not None else ()
        chosen = value if isinstance(value, Untrusted) else waiting[0] if waiting else None
        if chosen is None:
            self.notify_person("nothing waits for trust")
            return
        says = chosen.says or "its rules, hooks and commands"
        question = f"Trust {chosen.path} as it is now ({short_digest(chosen.digest)}): {says}."
        digest, path = chosen.digest, chosen.path
        self.ask_first(
            question,
            "y",
            lambda: self._change(f"{path} counts from now on", lambda g: g.trust(digest)),
        )

    def action_edit(self) -> None:
        """The file of what is under the bar."""
        match self.view.value:
            case Untrusted(path=path):
                self.post_message(EditAt(path, 1))
            case RightRow(source_text=source) if source:
                path, _, line = source.rpartition(":")
                if not line.isdecimal():
                    path, line = source, "1"
                # A path from the root stays what it is below the garden's folder.
                self.post_message(EditAt(str(Path(path).expanduser()), int(line)))
            case _:
                self.notify_person("it stands in no file", is_error=True)

    def action_back(self) -> None:
        """From the line or the question to the list, from there to where it was opened."""
        if self.line.has_class("-open"):
            self._stop_typing()
        elif self.is_asking:
            self.ask_nothing()
        else:
            self.dismiss()

    def _type(self, what: str) -> None:
        self.ask_nothing()
        self._typing = what
        self.line.placeholder = _EXAMPLES[what]
        self.line.put("")
        self.line.add_class("-open")
        # At once: what is typed next belongs to the line already.
        self.set_focus(self.line)

    def _stop_typing(self) -> None:
        self.line.remove_class("-open")
        self.set_focus(self.view)

    def _ask_to_allow(self, rule: str, days: int | None) -> None:
        until = "until you revoke it" if days is None else f"for {days} day{'s' * (days != 1)}"
        self.ask_first(
            f"Allow {rule} {until}: whoever works here may then do that unasked.",
            "y",
            lambda: self._change(f"allowed {rule}", lambda g: g.allow(rule, days=days)),
        )

    def _set_level(self, level: TrustLevel) -> None:
        self._change(f"trust {level_name(level)}", lambda garden: garden.set_level(level))

    def _change(self, says: str, change: Callable[[GardenPort], None]) -> None:
        self.ask_nothing()
        # Each on its own: a change that waits is never replaced by the next.
        self._changes += 1

        def call(garden: GardenPort) -> RightsTold:
            change(garden)
            return RightsTold(garden.grants(), says)

        self.desk.ask(self, f"rights {self._changes}", call)

"""The application: opens the garden after the first frame, moves between screens, polls.

Nothing heavy is imported here; the garden's engines are loaded on the desk's thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.screen import Screen

from pmagent.errors import PmagentError
from pmagent.paths import find_homes
from pmagent.safe_text import safe_text
from pmagent.sandbox.desktop import Desktop as OwnDesktop
from pmagent.tui.actions import ACTIONS, Action, Scope, bindings_for
from pmagent.tui.doorway import GardenDoor
from pmagent.tui.memory import FileMemory
from pmagent.tui.messages import (
    Begin,
    Copied,
    CopyText,
    Do,
    EditAt,
    Failed,
    MapDrawn,
    Opened,
    OpenMap,
    OpenReader,
    Suggested,
    Surveyed,
)
from pmagent.tui.outside import copy_text, open_editor, open_page, shown_path
from pmagent.tui.paint.vital import Vital
from pmagent.tui.planning import PlanningApp
from pmagent.tui.ports import Desktop, Door, GardenPort, Memory
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.screens.conversation import ConversationScreen
from pmagent.tui.themes import DEFAULT_VARIABLES, THEMES, first_theme, next_theme

if TYPE_CHECKING:
    from pmagent.tui.jobbed import OpenPage
    from pmagent.tui.told import OpenUndo

TWICE_S = 2.0
_THEME = "theme"


class PmagentApp(PlanningApp):
    """One garden on screen."""

    TITLE = "pmagent"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = bindings_for("app")

    def __init__(
        self,
        door: Door,
        *,
        memory: Memory,
        desktop: Desktop,
        environment: dict[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._memory = memory
        self._drawn_theme = ""
        remembered = memory.read(_THEME)
        # Textual turns shades grey without colour; the terminal's own colours it leaves out.
        super().__init__(ansi_color=True if environment.get("NO_COLOR") else None, clock=clock)
        for theme in THEMES.values():
            self.register_theme(theme)
        self._drawn_theme = first_theme(environment, remembered[0] if remembered else "")
        # Without its watchers: the sheet is not read yet, and is read with these colours at once.
        self.set_reactive(PmagentApp.theme, self._drawn_theme)
        self.stylesheet.set_variables(self.get_css_variables())
        self._door = door
        self._desktop = desktop
        self._environment = environment
        self._root = door.root
        self.vital = Vital(
            root=shown_path(door.root, self._environment),
            note="opening" if door.is_garden() else "",
        )
        self._kits = {}
        self._is_leaving = False
        self.has_begun = False
        """Whether the first frame is on screen and the garden is being opened."""
        self.failure: Exception | None = None
        """What broke the application, for whoever runs it to report in one sentence."""

    def get_css_variables(self) -> dict[str, str]:
        """The theme's variables; none while Textual still holds its own theme for ours."""
        return super().get_css_variables() if self._drawn_theme else {}

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Values for the names that only our themes know."""
        return DEFAULT_VARIABLES

    def refresh_css(self, animate: bool = True) -> None:
        """Read the sheet again for another theme; Textual asks for the first one twice."""
        if self.theme != self._drawn_theme:
            self._drawn_theme = self.theme
            super().refresh_css(animate=animate)

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print some 250 lines of trace over the terminal.
        if self.is_headless:
            super()._handle_exception(error)
        elif self.failure is None:
            self.failure = error
            self.exit(1, return_code=1)

    def get_default_screen(self) -> Screen[None]:
        """The conversation, or the first run of a folder that is no garden."""
        if self._door.is_garden():
            return self._new_conversation()
        from pmagent.tui.paint.first_run import Prospect  # noqa: PLC0415 - a garden needs none
        from pmagent.tui.screens.first_run import FirstRunScreen  # noqa: PLC0415

        return FirstRunScreen(
            self.desk,
            self.vital,
            Prospect(
                folder=shown_path(self._door.root, self._environment),
                index_dir=shown_path(self._door.index_dir, self._environment),
                sample_dir=shown_path(self._door.sample_root, self._environment),
            ),
        )

    def on_mount(self) -> None:
        """Once the first frame is there, open the garden or count the folder."""
        self.call_after_refresh(self.set_timer, 0.01, self._begin)

    # Screens ask

    async def on_do(self, message: Do) -> None:
        """Run an action of the application."""
        await self.run_action(message.action)

    def on_begin(self, message: Begin) -> None:
        """Open what was chosen on the first run."""
        self.set_vital(replace(self.vital, note="opening"))
        is_sample = message.choice == "sample"
        self._open(self._door.sample if is_sample else self._door.create)

    def on_open_map(self, message: OpenMap) -> None:
        """Show a where-map."""
        from pmagent.tui.screens.map import MapScreen  # noqa: PLC0415 - after the first frame

        self.push_screen(MapScreen(self.desk, self.vital, message.query, message.drawn))

    def on_map_drawn(self, message: MapDrawn) -> None:
        """The conversation keeps a line of it."""
        for screen in self.open_screens(ConversationScreen):
            screen.keep_map(message.drawn)

    def on_open_reader(self, message: OpenReader) -> None:
        """Show a passage."""
        from pmagent.tui.screens.reader import ReaderScreen  # noqa: PLC0415 - after the first frame

        if message.sources:
            screen = ReaderScreen(self.desk, self.vital, message.sources, message.position)
            self.push_screen(screen)

    def on_copy_text(self, message: CopyText) -> None:
        """Hand text to the person's clipboard, off the screen's thread."""
        text = safe_text(message.text, newlines=True)
        send = partial(self.call_from_thread, self.copy_to_clipboard)

        def copy() -> None:
            how = copy_text(text, self._desktop, self._environment, send)
            self.post_message(Copied(message.what, how))

        self.run_worker(copy, thread=True, group="copy", exit_on_error=False)

    def on_copied(self, message: Copied) -> None:
        """Say what was copied and how."""
        self.tell_person(f"copied {message.what}: {message.how}")

    def on_edit_at(self, message: EditAt) -> None:
        """Open a file of the garden at a line."""
        path = self._root / message.path
        try:
            open_editor(path, message.line, self._desktop, self._environment, self.suspend)
        except PmagentError as exc:
            self.tell_person(
                f"{exc.message}; {exc.hint}" if exc.hint else exc.message, is_error=True
            )
        else:
            self.tell_person(f"opened {message.path} at line {message.line}")

    def on_open_page(self, message: OpenPage) -> None:
        """Show a file of the garden in the browser, or say where it is."""
        path = self._root / message.path
        try:
            open_page(path, self._desktop, self._environment)
        except PmagentError as exc:
            self.tell_person(f"open {message.path} in a browser: {exc.message}")
        else:
            self.tell_person(f"opened {message.path}")

    # The desk tells

    def on_opened(self, message: Opened) -> None:
        """A garden is there: show it, and keep it fresh."""
        self._root = Path(message.root)
        self.set_vital(Vital(root=shown_path(self._root, self._environment)))
        for conversation in self.open_screens(ConversationScreen):
            conversation.welcome()
            break
        else:
            # Over the first run, not in its place: Textual cannot switch away from a first screen.
            self.push_screen(self._new_conversation())
        self.start_indexer()
        self.read_rights()
        self.begin_conversation()
        self.count_reviews()

    def on_suggested(self, message: Suggested) -> None:
        """Questions that the first words of an index allow."""
        for screen in self.open_screens(ConversationScreen):
            screen.suggest(message.suggestions)

    def on_failed(self, message: Failed) -> None:
        """What no screen asked for went wrong."""
        if message.during == "open":
            self.set_vital(replace(self.vital, note=""))
        for screen in self.open_screens():
            screen.show_failure(message)
            return

    # The person does

    def action_show_status(self) -> None:
        """The index."""
        from pmagent.tui.screens.status import StatusScreen  # noqa: PLC0415 - after the first frame

        if self.status is not None and not self._is_at("status"):
            self.push_screen(StatusScreen(self.desk, self.vital, self.status))
            self.count_files()

    def action_show_garden(self) -> None:
        """What is allowed here."""
        from pmagent.tui.screens.rights import RightsScreen  # noqa: PLC0415 - after the first frame

        if not self._is_at("garden"):
            self.push_screen(RightsScreen(self.desk, self.vital))

    def action_show_audit(self) -> None:
        """What was done here."""
        from pmagent.tui.screens.audit import AuditScreen  # noqa: PLC0415 - after the first frame

        if not self._is_at("audit"):
            self.push_screen(AuditScreen(self.desk, self.vital))

    def action_show_undo(self) -> None:
        """What can be taken back."""
        self.show_undo("", rewind=False)

    def on_open_undo(self, message: OpenUndo) -> None:
        """One of it."""
        self.show_undo(message.point_id, rewind=message.rewind)

    def show_undo(self, point_id: str, *, rewind: bool) -> None:
        """The undo points, at one of them."""
        from pmagent.tui.screens.undo import UndoScreen  # noqa: PLC0415 - after the first frame

        if not self._is_at("undo"):
            self.push_screen(UndoScreen(self.desk, self.vital, point_id, rewind=rewind))

    def action_show_help(self) -> None:
        """Every key and command."""
        from pmagent.tui.screens.help import HelpScreen  # noqa: PLC0415 - after the first frame

        if not self._is_at("help"):
            screen = self.screen
            first = screen.HELP_SCOPES if isinstance(screen, GardenScreen) else ()
            self.push_screen(HelpScreen(self.desk, self.vital, first))

    def action_show_palette(self) -> None:
        """Find a command."""
        from pmagent.tui.screens.palette import PaletteScreen  # noqa: PLC0415 - after the first frame

        screen = self.screen
        if isinstance(screen, GardenScreen):
            is_first = self._is_at("first run")
            scopes: set[Scope] = {"app"} if is_first else {"app", "conversation"}
            actions = [
                action
                for action in ACTIONS
                if (action.command and action.scope in scopes)
                or (action.hint and action.scope in set(screen.hint_scopes()) - scopes)
            ]
            self.push_screen(PaletteScreen(actions), self._perform)

    def action_index(self) -> None:
        """Read the files again."""
        self.start_indexer()
        self.tell_person("the files are read again as they change")

    def action_theme(self, name: str = "") -> None:
        """Another theme, remembered."""
        chosen = name or next_theme(self.theme)
        if chosen not in THEMES:
            self.tell_person(f'no theme "{chosen}": {", ".join(THEMES)}', is_error=True)
            return
        self.theme = chosen
        self._memory.write(_THEME, [chosen])
        self.tell_person(f"theme {chosen}")

    def action_interrupt(self) -> None:
        """Copy what is selected, else clear the line, else leave at the second press."""
        if selected := self.screen.get_selected_text():
            self.post_message(CopyText(selected, "the selection"))
            self.screen.clear_selection()
            return
        if isinstance(self.screen, ConversationScreen) and self.screen.interrupt():
            return
        if self._is_leaving:
            self.action_leave()
            return
        self._is_leaving = True
        self.set_timer(TWICE_S, self._stay)
        self.tell_person("^c again leaves pmagent")

    def action_leave(self) -> None:
        """End."""
        self.exit(0)

    def _begin(self) -> None:
        self.has_begun = True
        if self._door.is_garden():
            self._open(self._door.open)
        else:
            self.desk.expect_none()
            self.desk.do(self.screen, "survey", lambda: Surveyed(self._door.survey()))
        self.begin_watching()

    def _open(self, opener: Callable[[], GardenPort]) -> None:
        asker = self.asker()

        def told(garden: GardenPort) -> Opened:
            garden.set_asker(asker)
            return Opened(str(garden.root))

        self.desk.open(self, opener, told)

    def _new_conversation(self) -> ConversationScreen:
        return ConversationScreen(self.desk, self.vital, self._memory)

    async def _perform(self, action: Action | None) -> None:
        """Do what was chosen in the palette, where it belongs."""
        if action is None:
            return
        if action.scope == "app":
            await self.run_action(action.run)
        elif action.scope == "conversation":
            while len(self.screen_stack) > 1 and not self._is_at("conversation"):
                await self.pop_screen()
            if isinstance(self.screen, ConversationScreen):
                self.screen.choose_command(action)
        else:
            await self.screen.run_action(action.run)

    def _stay(self) -> None:
        self._is_leaving = False


def run(root: Path, *, home: Path | None = None) -> int:
    """Show the garden that `root` is in until the person leaves; the exit code.

    What breaks the application is raised once the terminal is given back.
    """
    homes = find_homes(home)
    door = GardenDoor(root, homes, home)
    memory = FileMemory({"theme": homes.config, "questions": door.index_dir})
    app = PmagentApp(door, memory=memory, desktop=OwnDesktop(), environment=dict(os.environ))
    try:
        app.run()
    finally:
        app.desk.close()
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0

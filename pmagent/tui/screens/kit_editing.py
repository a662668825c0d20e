"""A kit in tabs, and the keys that change it: each makes another kit, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from pmagent.nlp.counted import counted
from pmagent.publish import editing
from pmagent.publish.editing import Edited, Edits, Part, Refused
from pmagent.tui.actions import Scope
from pmagent.tui.jobbed import KitMade, OpenKit
from pmagent.tui.paint.kit import TABS, Item, Tab, words_of_item
from pmagent.tui.paint.kit_tabs import paint_tab
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.job import JobScreen
from pmagent.tui.widgets.lines import Lines
from pmagent.tui.work import Desk
from pmagent.types.publishing import Kit

STEP = 1.4
"""How many times more chapters one press asks for: two presses are twice as many."""
LEAST, MOST = 0.2, 6.0
_CHAPTER_KEYS = frozenset({"nudge", "nudge_seconds", "split", "merge", "scale"})
_OTHER_NAMES: dict[str, str] = {"show-notes": "notes", "new": "promises"}
_AS_SAID = frozenset({"sentences", "quotes", "promises", "fresh"})


class KitEditingScreen(JobScreen):
    """Holds one kit with its changes; it writes nothing."""

    def __init__(self, desk: Desk, vital: Vital, argument: str, kept: dict[str, OpenKit]) -> None:
        super().__init__(desk, vital)
        self.name_typed, tab = split_tab(argument)
        self.tab: Tab = tab
        self._kept = kept
        self.opened = kept.get(self.name_typed)
        """None until it is drafted."""

    @property
    def kit(self) -> Kit | None:
        """As it is now; None until it is drafted."""
        return self.opened.edits.kit if self.opened is not None else None

    @property
    def item(self) -> Item | None:
        """What is under the bar."""
        value = self.view.value
        return value if isinstance(value, Item) else None

    def hint_scopes(self) -> tuple[Scope, ...]:
        """Keys that move chapters are named where there are chapters."""
        return ("chapters", "kit", "app") if self.tab == "chapters" else ("kit", "app")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that move chapters mean nothing in another tab."""
        if action in _CHAPTER_KEYS and self.tab != "chapters":
            return False
        return super().check_action(action, parameters)

    def on_kit_made(self, message: KitMade) -> None:
        """Show it, or put the part that was wanted in place of the one there is."""
        self.done()
        if self.opened is None or message.part is None:
            self.opened = OpenKit(edits=Edits(kit=message.kit), more=message.more)
            self.show_tab()
            return
        was = len(self.opened.edits.kit.chapters)
        self.opened.more = message.more
        self._set(editing.renew(self.opened.edits.kit, message.kit, message.part))
        if message.part == "chapters":
            number = counted(len(message.kit.chapters), "chapter")
            same = ", as many as before" if len(message.kit.chapters) == was else ""
            self.notify_person(f"{number}{same}; u takes it back")
        else:
            self.notify_person("made anew; u takes it back")

    def show_tab(self, cursor: int | None = 0) -> None:
        """Draw the open tab, with the bar on its first, or where it stands for None."""
        kit, tab = self.kit, self.tab
        if kit is None:
            return
        self.query_one("#hints", Lines).refresh_lines()
        self.show_heading()
        self.view.show(lambda width: paint_tab(kit, tab, width), cursor=cursor)
        self.call_after_refresh(self.follow)

    def go_to(self, item: Item) -> None:
        """The bar on an item; the list is drawn already."""
        if item in self.view.page.values:
            self.view.move_to(list(self.view.page.values).index(item))

    def follow(self) -> None:
        """What stands beside the list goes with the bar."""

    def make(self, part: Part | None, more: float) -> None:
        """Draft the kit, or a part of it anew."""
        if not self.start_doing("drafting"):
            return
        name = self.name_typed

        def make(garden: GardenPort) -> KitMade:
            # A model may word it the first time; what is asked for again is wanted at once.
            made = garden.jobs.kit(name, more=more, is_worded=part is None)
            return KitMade(made, part, more)

        self.desk.start(self, "job kit", make)

    # What the person does

    def action_go_tab(self, number: int) -> None:
        """The tab of that number."""
        self._go(TABS[number - 1])

    def action_turn_tab(self, step: int) -> None:
        """The next tab or the one before."""
        self._go(TABS[(TABS.index(self.tab) + step) % len(TABS)])

    def action_nudge(self, turns: int) -> None:
        """Begin the chapter some lines later or earlier."""
        self._edit_chapter(lambda kit, number: editing.nudge(kit, number, turns))

    def action_nudge_seconds(self, seconds: int) -> None:
        """Begin it a second later or earlier."""
        self._edit_chapter(lambda kit, number: editing.nudge_seconds(kit, number, seconds))

    def action_split(self) -> None:
        """Another chapter inside this one, or of the mark under the bar."""
        kit, item = self.kit, self.item
        if kit is None or item is None:
            return
        before = {chapter.turn for chapter in kit.chapters}
        if item.part == "suggestions":
            edited = editing.take(kit, item.number)
        else:
            edited = editing.split(kit, item.number)
        if self._apply(edited) and self.kit is not None:
            new = next(n for n, mark in enumerate(self.kit.chapters) if mark.turn not in before)
            self.go_to(Item("chapters", new))

    def action_merge(self, step: Literal[1, -1]) -> None:
        """One chapter of two."""
        back = 1 if step < 0 else 0
        self._edit_chapter(lambda kit, number: editing.merge(kit, number, step), back=back)

    def action_next_title(self) -> None:
        """The chapter's next title, or this title as the first."""
        kit, item = self.kit, self.item
        if kit is None or item is None:
            return
        if item.part == "titles":
            self._apply(editing.choose_title(kit, item.number))
            self.go_to(Item("titles", 0))
        else:
            self._edit_chapter(editing.next_title)

    def action_reword(self) -> None:
        """Write it in one's own words."""
        kit, item = self.kit, self.item
        if kit is None or item is None:
            return
        if item.part == "suggestions":
            self.notify_person("s takes it first", is_error=True)
            return
        if item.part in _AS_SAID:
            self.notify_person("it stays as it was said", is_error=True)
            return
        part, number = cast("Part", item.part), item.number

        def reword(words: str) -> None:
            if self.kit is not None:
                self._apply(editing.reword(self.kit, part, number, words))

        self.type_words(words_of_item(kit, item), "In your own words", reword)

    def action_add_title(self) -> None:
        """A title of one's own for the whole."""

        def add(words: str) -> None:
            if self.kit is not None and self._apply(editing.add_title(self.kit, words)):
                self._go("titles")

        if self.kit is not None:
            self.type_words("", "A title of your own", add)

    def action_drop(self) -> None:
        """Take it out."""
        kit, item = self.kit, self.item
        if kit is None or item is None:
            return
        if item.part in {"suggestions", "sentences"}:
            self.notify_person("it is no part of the post: there is nothing to take out")
            return
        self._apply(editing.remove(kit, cast("Part", item.part), item.number))

    def action_renew(self) -> None:
        """Make what this tab shows anew."""
        if self.opened is None:
            self.make(None, 1.0)
        else:
            self.make(cast("Part", self.tab), self.opened.more)

    def action_scale(self, step: int) -> None:
        """Fewer or more chapters."""
        if self.opened is None:
            return
        more = self.opened.more * STEP**step
        if LEAST <= more <= MOST:
            self.make("chapters", more)
        else:
            self.notify_person(f"no {'more' if step > 0 else 'fewer'} can be asked for")

    def action_undo(self) -> None:
        """Take back the last change."""
        self._travel(Edits.undo, "nothing to take back")

    def action_redo(self) -> None:
        """Make it again."""
        self._travel(Edits.redo, "nothing was taken back")

    def _go(self, tab: Tab) -> None:
        self.tab = tab
        self.show_tab()

    def _edit_chapter(self, edit: Callable[[Kit, int], Edited], *, back: int = 0) -> None:
        """Change the chapter under the bar, which then stands `back` chapters before."""
        kit, item = self.kit, self.item
        if kit is None or item is None:
            return
        if item.part != "chapters":
            words = "s takes it first" if item.part == "suggestions" else "that is for chapters"
            self.notify_person(words, is_error=True)
        elif self._apply(edit(kit, item.number)):
            self.go_to(Item("chapters", item.number - back))

    def _apply(self, edited: Edited) -> bool:
        if isinstance(edited, Refused):
            self.notify_person(edited.why, is_error=True)
            return False
        self._set(edited)
        return True

    def _set(self, kit: Kit) -> None:
        if self.opened is None:
            return
        self.opened.edits = self.opened.edits.then(kit)
        # Kept beyond this screen: a key that leaves it loses no work.
        for name in {self.name_typed, kit.transcript.document.path}:
            self._kept[name] = self.opened
        self.show_tab(None)

    def _travel(self, move: Callable[[Edits], Edits], nowhere: str) -> None:
        if self.opened is None:
            return
        moved = move(self.opened.edits)
        if moved is self.opened.edits:
            self.notify_person(nowhere)
            return
        self.opened.edits = moved
        self.show_tab(None)


def split_tab(argument: str) -> tuple[str, Tab]:
    """The document and the tab of `talks/ep-041.vtt#quotes`; without one, the chapters."""
    name, _, last = argument.rpartition("#")
    wanted = _OTHER_NAMES.get(last, last)
    for tab in TABS:
        if name and tab == wanted:
            return name, tab
    return argument, "chapters"

"""A kit: its tabs at the left, and beside them the lines under the bar or the post as it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget

from pmagent.nlp.counted import counted
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.jobbed import KitShown, KitWritten, OpenPage
from pmagent.tui.messages import CopyText, Do, EditAt, Failed, HasRead
from pmagent.tui.paint.kit import (
    KitState,
    copied_words,
    paint_kit_heading,
    source_of_item,
)
from pmagent.tui.paint.kit_post import paint_post
from pmagent.tui.paint.lines import Page, Span, clip, span
from pmagent.tui.paint.ran import outcome_words
from pmagent.tui.paint.reading import Passage
from pmagent.tui.paint.said import Source
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.base import WIDE
from pmagent.tui.screens.kit_editing import KitEditingScreen
from pmagent.tui.screens.reader import read_source
from pmagent.tui.told import OpenPages
from pmagent.tui.widgets.lines import LineView
from pmagent.tui.widgets.reader import ReaderPane
from pmagent.types.actions import Done

_POST, _PAGES = "post.md", ("preview.html", "post.html")


class KitScreen(KitEditingScreen):
    """Every change gives another kit, which `u` takes back; nothing is written but by `w`."""

    CSS_PATH = ["job.tcss", "kit.tcss", "reader.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("kit", "chapters")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("kit", "chapters", "app")
    OWN: ClassVar[tuple[Scope, ...]] = ("kit", "chapters")
    AUTO_FOCUS = "#items"

    _problem = ""
    """Why there is no kit."""
    _wants_post = False
    """Whether the post stands beside the list, and not the lines under the bar."""

    def compose_body(self) -> Iterable[Widget]:
        """What the tab holds, what stands beside it, and a line to type on (hidden)."""
        with Horizontal(id="panes"):
            yield LineView(id="items", keeps_cursor=True)
            yield ReaderPane(id="reader-pane")
            yield LineView(id="post")
        yield from self.compose_line()

    def on_mount(self) -> None:
        """Draft the kit, or go on with what was changed before."""
        self.line.has_shortcuts = False
        if self.opened is None:
            self.make(None, 1.0)
            return
        self.show_tab()
        self.notify_person("with your changes of before; u takes them back")

    @property
    def post(self) -> LineView:
        """The post as it reads."""
        return self.query_one("#post", LineView)

    @property
    def reader(self) -> ReaderPane:
        """The lines under the bar."""
        return self.query_one(ReaderPane)

    @property
    def source(self) -> Source | None:
        """Where what is under the bar is taken from."""
        kit, item = self.kit, self.item
        return source_of_item(kit, item) if kit is not None and item is not None else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """What it is a kit of, whether it is written, the tabs."""
        kit = self.kit
        if kit is not None:
            return paint_kit_heading(kit, self.tab, self._state(), width)
        name = clip((span("Kit  ", "quiet"), span(self.name_typed, "title")), width)
        words = span(self._problem, "error") if self._problem else span(self.doing_words, "quiet")
        return [name, clip((words,), width)]

    # What the desk tells

    def on_kit_shown(self, message: KitShown) -> None:
        """The post, if it is still the one that is wanted."""
        if message.kit is not self.kit:
            return
        painter = self._post_painter(message.markdown)
        if self.size.width >= WIDE:
            self.post.show(painter)
        else:
            title = (span("post  ", "quiet"), span(self.name_typed, "title"))
            self.post_message(OpenPages(title, lambda width: (painter(width), ())))

    def on_kit_written(self, message: KitWritten) -> None:
        """Say where it is, or why not all of it is."""
        self.done()
        failed = [saved for saved in message.files if not isinstance(saved.outcome, Done)]
        if failed:
            words = " ".join(text for text, _ in outcome_words(failed[0].outcome))
            self.notify_person(f"{failed[0].path}: {words}", is_error=True)
            return
        if self.opened is None or not message.files:
            return
        self.opened.written, self.opened.files = message.kit, message.files
        self.show_tab(None)
        if message.then == "page":
            self._open_page()
            return
        problems = sum(len(saved.problems) for saved in message.files)
        more = f"; {counted(problems, 'remark')}, b shows them" if problems else ""
        files = counted(len(message.files), "file")
        self.notify_person(f"wrote {files} to {self._folder()}{more}")

    def on_has_read(self, message: HasRead) -> None:
        """The lines, if the bar still stands there."""
        if self.source == message.source:
            passage = Passage(reading=message.reading, quote=message.source.quote)
            self.reader.show(passage)

    def show_failure(self, message: Failed) -> None:
        """Say it where the kit would stand, if there is none."""
        if self.opened is None and message.during == "job kit":
            hint = f"; {message.hint}" if message.hint else ""
            self._problem = f"{message.message}{hint}"
            self.done()
            return
        super().show_failure(message)

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """The lines of another."""
        if event.view.id == "items":
            self.follow()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """The lines it is taken from."""
        if event.view.id == "items":
            self.action_open()

    def follow(self) -> None:
        """The post, or the lines under the bar."""
        if self.size.width < WIDE:
            return
        source = self.source
        self.set_class(self._wants_post or source is None, "-post")
        if source is None or self._wants_post:
            self._ask_post()
        else:
            self.desk.ask(self, "read", lambda garden: read_source(garden, source))

    def on_resize(self, event: events.Resize) -> None:
        """A wider screen has room beside the list."""
        super().on_resize(event)
        self.call_after_refresh(self.follow)

    # What the person does

    def action_open(self) -> None:
        """Go to the lines beside the list; on a narrow screen, open them."""
        source = self.source
        if self.size.width < WIDE or source is None:
            self.open_source(source)
            return
        self._wants_post = False
        self.follow()
        self.set_focus(self.reader.view)
        self.reader.reveal()

    def action_save(self) -> None:
        """Write it, if the rules or the person let it."""
        self._write("")

    def action_preview(self) -> None:
        """Its page in the browser, written first where that is needed."""
        if self._is_written():
            self._open_page()
        else:
            self._write("page")

    def action_check(self) -> None:
        """The claims of the post that was written."""
        if not self._is_written():
            self.notify_person("w writes it first; v checks what is written", is_error=True)
        elif path := self._file((_POST,)):
            self.post_message(Do(f"show_check({path!r})"))

    def action_other_side(self) -> None:
        """The post, or the lines under the bar."""
        if self.size.width >= WIDE:
            self._wants_post = not self._wants_post
            self.follow()
        else:
            self._ask_post()

    def action_copy(self) -> None:
        """Copy what is under the bar."""
        kit, item = self.kit, self.item
        if kit is not None and item is not None:
            words = copied_words(kit, item)
            self.post_message(CopyText(words, "it" if len(words) > 40 else f"“{words}”"))

    def action_edit(self) -> None:
        """Open the transcript at the line."""
        if (source := self.source) is not None:
            self.post_message(EditAt(source.citation.path, source.citation.locator.first_line))

    def action_other_pane(self) -> None:
        """Between the list and what stands beside it."""
        beside = self.post if self.has_class("-post") else self.reader.view
        is_here = self.view.has_focus and self.size.width >= WIDE
        self.set_focus(beside if is_here else self.view)

    def action_back(self) -> None:
        """From the line or the pane to the list, from there to where it was opened."""
        if self.is_typing:
            self.stop_typing()
        elif not self.view.has_focus:
            self.set_focus(self.view)
        else:
            self.dismiss()

    def _ask_post(self) -> None:
        kit = self.kit
        if kit is not None:
            self.desk.ask(
                self, "post", lambda garden: KitShown(kit, garden.jobs.render(kit, "post"))
            )

    def _post_painter(self, markdown: str) -> Callable[[int], Page]:
        files = self.opened.files if self.opened is not None and self._is_written() else ()
        return lambda width: paint_post(markdown, files, width)

    def _is_written(self) -> bool:
        """Whether it was written as it is now."""
        opened = self.opened
        return opened is not None and opened.written == opened.edits.kit

    def _state(self) -> KitState:
        opened = self.opened
        was_touched = opened is not None and bool(opened.edits.past or opened.written)
        is_changed = was_touched and not self._is_written()
        return KitState(doing=self.doing_words, is_changed=is_changed, folder=self._folder())

    def _write(self, then: str) -> None:
        kit = self.kit
        if kit is None or not self.start_doing("writing"):
            return

        def write(garden: GardenPort) -> KitWritten:
            return KitWritten(kit, tuple(garden.jobs.save(kit)), then)

        self.desk.start(self, "job write", write)

    def _open_page(self) -> None:
        if path := self._file(_PAGES):
            self.post_message(OpenPage(path))
        else:
            self.notify_person("the kit has no page", is_error=True)

    def _file(self, names: Iterable[str]) -> str:
        files = self.opened.files if self.opened is not None else ()
        by_name = {saved.path.rpartition("/")[2]: saved.path for saved in files}
        return next((by_name[name] for name in names if name in by_name), "")

    def _folder(self) -> str:
        return self._file((_POST, *_PAGES)).rpartition("/")[0]

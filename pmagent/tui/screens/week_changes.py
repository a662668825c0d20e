"""What the keys of the board and the plan do to the garden: each change is one undo point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from pmagent.errors import PmagentError
from pmagent.tui.messages import OpenReader
from pmagent.tui.paint.kit_post import paint_post
from pmagent.tui.paint.lines import Page, span
from pmagent.tui.paint.ran import outcome_words
from pmagent.tui.paint.vital import Vital
from pmagent.tui.paint.week_about import Chosen
from pmagent.tui.paint.week_values import Option, Week
from pmagent.tui.planned import (
    BoardSeen,
    CardChanged,
    CardsFound,
    ChangeUndone,
    OpenPush,
    StandupTold,
    WeekTold,
)
from pmagent.tui.ports import GardenPort
from pmagent.tui.reviewed import EditText
from pmagent.tui.screens.job import JobScreen
from pmagent.tui.screens.reader import find_place
from pmagent.tui.screens.week_card import bring_card, editable_card, edited_card
from pmagent.tui.screens.week_days import friday_after, monday_of, read_week
from pmagent.tui.told import OpenPages
from pmagent.tui.work import Desk
from pmagent.types.actions import Done
from pmagent.types.tasks import Block, Card, CardShift, Lane, ProposedCard, TradeOff, Unplaced
from pmagent.types.week import CardChange, Proposal, WeekCalls


@dataclass(frozen=True, kw_only=True)
class Written:
    """What one key wrote."""

    points: tuple[str, ...]
    """Its undo points, the latest last."""
    is_planned: bool = False
    """Whether the week was planned anew after it, and is again after it is taken back."""


class WeekChangesScreen(JobScreen):
    """Holds one week. What is written goes through the gate; only `p`, then `y`, keeps a plan."""

    def __init__(self, desk: Desk, vital: Vital) -> None:
        super().__init__(desk, vital)
        self.week: Week | None = None
        """None until it is read."""
        self.is_stale = False
        """Whether the board has changed since the plan was made."""
        self.found: Proposal | None = None
        self._undo: list[Written | TradeOff] = []
        """What keys wrote, and choices that were let stand; the latest last."""
        self._is_plan_next = False
        """Whether the week is planned anew once the last change is taken back."""

    # What the screen of it says

    @property
    def chosen(self) -> Chosen:
        """What is under the bar."""
        return None

    @property
    def lane(self) -> Lane | None:
        """The list with the bar."""
        return None

    def draw(self) -> None:
        """Draw all of it again."""

    def tell(self) -> None:
        """Draw what is said of the thing under the bar."""

    def settle_bar(self) -> None:
        """Put the bar on the first thing, where it is on none."""

    def follow(self, card_id: str) -> None:
        """Put the bar on a card, wherever it is now."""
        del card_id

    def accept(self, choice: TradeOff) -> None:
        """Let a choice stand as it is said."""
        del choice

    def take_option(self, option: Option) -> None:
        """Do what an option says, as far as it is the board's."""
        del option

    def open_again(self, choice: TradeOff) -> None:
        """Put a choice before the person again that was let stand."""
        del choice

    @property
    def task_card(self) -> Card | None:
        """The card under the bar, or the one that the block, choice or reason is about."""
        cards = self.week.cards if self.week is not None else {}
        match self.chosen:
            case Card() as card:
                return card
            case Block(card=name) | Unplaced(card=name):
                return cards.get(name)
            case TradeOff(cards=(name, *_)):
                return cards.get(name)
            case Option(shift=CardShift(card=name)) | Option(choice=TradeOff(cards=(name, *_))):
                return cards.get(name)
            case _:
                return None

    # What the desk tells

    def on_card_changed(self, message: CardChanged) -> None:
        """Say what came of it, and read the board again."""
        self.done()
        change = message.change
        if not isinstance(change.outcome, Done):
            words = " ".join(text for text, _ in outcome_words(change.outcome))
            self.notify_person(f"{change.path}: {words}", is_error=True)
            return
        if change.outcome.checkpoint:
            points = (change.outcome.checkpoint,)
            self._undo.append(Written(points=points, is_planned=message.is_planned))
        if self.found is not None and message.taken:
            rest = tuple(one for one in self.found.cards if one not in message.taken)
            self.found = replace(self.found, cards=rest)
        if message.is_planned and self.week is not None:
            # Where the bar was may be another option in the new plan.
            self.view.move_to(0)
            self.read_week(self.week.first, says=message.says)
            return
        self.is_stale = True
        notes = "".join(f"; {note}" for note in change.notes)
        # From a finished card the bar goes on to the next one of its list.
        card = change.card
        self._read_board(f"{message.says}{notes}", card.id if card and not card.is_done else "")

    def on_change_undone(self, message: ChangeUndone) -> None:
        """Show what is there again, of files of a plan the plan as well."""
        self.done()
        is_board = self.week is not None and message.paths == {self.week.board.path}
        is_planned, self._is_plan_next = self._is_plan_next, False
        if self.week is not None and (is_planned or not is_board):
            self.read_week(self.week.first, says="taken back")
            return
        self.is_stale = True
        self._read_board("taken back", "")

    def on_cards_found(self, message: CardsFound) -> None:
        """Cards to take or leave."""
        self.done()
        self.found = message.proposal
        self.draw()
        self.settle_bar()

    def on_standup_told(self, message: StandupTold) -> None:
        """On a page of its own."""
        self.done()
        prose = message.markdown

        def paint(width: int) -> tuple[Page, list[int]]:
            return paint_post(prose, (), width), []

        self.post_message(OpenPages((span("Standup", "title"),), paint))

    def on_board_seen(self, message: BoardSeen) -> None:
        """Show what another program has changed in the file."""
        week, board = self.week, message.board
        if week is not None and board.text != week.board.text:
            self.week = replace(week, board=board)
            self.is_stale = True
            self.draw()

    def on_screen_resume(self) -> None:
        """Somebody may have changed the file while another screen was in front."""
        super().on_screen_resume()
        self.look_at_board()

    def look_at_board(self) -> None:
        """Read the board again, where it was read before."""
        if self.week is not None:
            self.desk.ask(self, "board", lambda garden: BoardSeen(garden.week.board()))

    # What the person does

    def action_add(self) -> None:
        """A card; or what is under the bar is accepted or taken."""
        week = self.week
        if week is None:
            return
        match self.chosen:
            case TradeOff() as choice:
                self.accept(choice)
            case Option() as option:
                self.take_option(option)
            case ProposedCard() as found:
                self._take_found(found)
            case _:
                lane = self._lane_to_add_to(week)
                says = f'added to "{lane}"' if lane else "added"
                where = f"To {lane}" if lane else "A card"
                asked = f"{where}: words est:2h due:{friday_after(week.today)} #p1"
                self.type_words("", asked, lambda words: self._add(words, lane, says))

    def action_finish(self) -> None:
        """Done today."""
        card = self.task_card
        if card is None:
            self.notify_person("no card is under the bar", is_error=True)
        elif card.is_done:
            self.notify_person("it is done already; u takes the last change back")
        else:
            self.change(lambda week: week.done(card.id), f"done: {card.title}")

    def action_weigh(self, priority: int) -> None:
        """Its priority."""
        card = self.task_card
        if card is not None:
            says = f"priority {priority}" if priority else "no priority"
            wanted = replace(card, priority=priority or None)
            self.change(partial(bring_card, card, wanted), f"{says}: {card.title}")

    def action_edit(self) -> None:
        """Its words and marks in the editor, details below."""
        card, week = self.task_card, self.week
        if card is None or week is None:
            self.notify_person("no card is under the bar", is_error=True)
            return
        text = editable_card(card, week.board.text)
        self.post_message(EditText(text, ".md", partial(self._edited, card, text)))

    def action_push(self) -> None:
        """What the board elsewhere would be told, on a screen of its own."""
        self.post_message(OpenPush())

    def action_replan(self) -> None:
        """From the board and the calendar as they are."""
        if self.week is not None:
            self.read_week(self.week.first, says="planned anew")

    def action_undo(self) -> None:
        """The last change of this screen."""
        if not self._undo:
            self.notify_person("nothing was changed here yet; /undo has all there is")
            return
        last = self._undo.pop()
        if isinstance(last, TradeOff):
            self.open_again(last)
        elif self.start_doing("taking back"):
            self._is_plan_next = last.is_planned
            self.desk.start(self, "job undo", partial(_undo_all, last.points))

    def action_find(self) -> None:
        """Promises and action items, as cards."""
        if self.start_doing("reading transcripts"):
            self.found = None
            self.desk.start(self, "job find", lambda garden: CardsFound(garden.week.propose()))

    def action_standup(self) -> None:
        """Today in words."""
        week = self.week
        if week is not None and self.start_doing("writing the standup"):
            today = week.today
            self.desk.ask(
                self, "job standup", lambda garden: StandupTold(garden.week.standup(today))
            )

    def open_place(self, place: str) -> None:
        """Read where a card comes from."""

        def find(garden: GardenPort) -> OpenReader:
            return find_place(garden, place)

        self.desk.ask(self, "place", find)

    # How

    def read_week(self, day: date, *, says: str = "") -> None:
        """Read and plan the week that a day is in."""
        first, week = monday_of(day), self.week
        shown = week.plan if week is not None and week.first == first else None

        def read(garden: GardenPort) -> WeekTold:
            return WeekTold(read_week(garden.week, first, shown), says)

        self.desk.ask(self, "week", read)

    def change(self, call: Callable[[WeekCalls], CardChange], says: str) -> None:
        """Change the board beside the screen: the gate may ask."""
        if self.start_doing("writing the board"):
            self.desk.start(self, "job board", lambda garden: CardChanged(call(garden.week), says))

    def _read_board(self, says: str, card_id: str) -> None:
        week = self.week
        if week is None:
            return

        def read(garden: GardenPort) -> WeekTold:
            return WeekTold(replace(week, board=garden.week.board()), says)

        self._wanted = card_id
        self.desk.ask(self, "week", read)

    _wanted = ""
    """The id of a card that the bar goes to once the board is read."""

    def take_wanted(self) -> None:
        """Put the bar where the last change was."""
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.follow(wanted)

    def _lane_to_add_to(self, week: Week) -> str:
        """The list with the bar; the first open one where that holds what is finished."""
        if self.lane is not None and not self.lane.is_done:
            return self.lane.title
        return next((lane.title for lane in week.lanes if not lane.is_done), "")

    def _add(self, words: str, lane: str, says: str) -> None:
        if words.strip():
            self.change(lambda week: week.add(words, lane=lane), says)

    def _take_found(self, found: ProposedCard) -> None:
        if self.start_doing("writing the board"):
            says = f"on the board: {found.card.title}"
            self.desk.start(
                self,
                "job board",
                lambda garden: CardChanged(garden.week.take([found]), says, [found]),
            )

    def _edited(self, card: Card, before: str, text: str) -> None:
        if self.week is None or text.strip() == before.strip() or not text.strip():
            self.notify_person("it is as it was")
            return
        try:
            wanted = edited_card(card, text, self.week.today)
        except PmagentError as exc:
            self.notify_person(exc.message, is_error=True)
            return
        self.change(partial(bring_card, card, wanted), f"changed: {wanted.title}")


def _undo_all(points: Sequence[str], garden: GardenPort) -> ChangeUndone:
    """Take back what one key wrote, the latest file first."""
    return ChangeUndone([garden.undo(point) for point in reversed(points)])

"""The week: what a calendar says, what is on the board, and the blocks that are planned from both.

Pure data. Moments are aware; a day is a `date`. Durations are whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

# -- the calendar ----------------------------------------------------------------------------------

Component = Literal["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"]
"""VFREEBUSY: a time that is taken, and nothing else is known about it."""


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One instance of an event, as it really takes place: moved ones where they were moved to."""

    summary: str
    start: datetime | date
    """A date: all day. Floating times are in the reader's zone, and marked."""
    end: datetime | date
    """Exclusive."""
    uid: str = ""
    is_all_day: bool = False
    is_floating: bool = False
    status: str = ""
    """`CONFIRMED`, `TENTATIVE`, `CANCELLED`, or as the file has it."""
    is_cancelled: bool = False
    """By its status, or because it came in the message that calls it off (METHOD:CANCEL)."""
    is_declined: bool = False
    """Whose calendar it is has said no to it."""
    is_transparent: bool = False
    """It takes no time: not busy."""
    component: Component = "VEVENT"
    calendar: str = ""
    """The name of its calendar, or of its file."""
    location: str = ""
    file: str = ""
    sequence: int = 0
    categories: tuple[str, ...] = ()
    is_ours: bool = False
    """A block that this program has planned and written."""

    @property
    def is_busy(self) -> bool:
        """Whether it takes up time."""
        is_off = self.is_cancelled or self.is_declined or self.status.upper() == "CANCELLED"
        return not (self.is_transparent or is_off)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A calendar file that was not read, or a part of one, and why."""

    file: str
    reason: str
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class CalendarWindow:
    """What the exported files say of some days. Outside of them nothing is known."""

    first: date
    last: date
    """Inclusive."""
    zone: str
    """IANA name of the reader's own zone."""
    is_zone_said: bool = True
    """Whether it was given, or is one that events are in; else it is UTC for want of another."""
    occurrences: tuple[Occurrence, ...]
    """In order of time."""
    files: tuple[str, ...] = ()
    known_until: date | None = None
    """The last day that the export plausibly covers; None where nothing says so."""
    exported: datetime | None = None
    """When the newest file was written."""
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    """One sentence each: what was guessed, what may be missing."""


# -- the board -------------------------------------------------------------------------------------

Energy = Literal["", "deep", "light"]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a card takes, in minutes: a single guess, or a range."""

    likely: int
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class CardLink:
    """Where a card comes from: a passage, with its words."""

    place: str
    """`transcripts/ep-068.vtt:42`."""
    quote: str = ""
    at: str = ""
    """`00:12:44`, where the source has times."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card of a board."""

    id: str
    """Stable: the `^id` at its end, or one made from its words."""
    title: str
    """Its words without marks."""
    lane: str
    details: tuple[str, ...] = ()
    """Lines below it."""
    is_done: bool = False
    effort: Effort | None = None
    due: date | None = None
    start: date | None = None
    """Not before this day."""
    at: time | None = None
    """`@@{10:00}`: a time that it is fixed to, on its due day."""
    priority: int | None = None
    """1 is the highest; None where nothing says so."""
    project: str = ""
    tags: tuple[str, ...] = ()
    waiting_for: str = ""
    after: tuple[str, ...] = ()
    """Ids of cards that must be done before."""
    energy: Energy = ""
    outcome: str = ""
    """The id of an outcome in the person's outcome tree."""
    links: tuple[CardLink, ...] = ()
    created: date | None = None
    """When it was put on a board; None where nothing says so."""
    done_on: date | None = None
    spent: int | None = None
    """Minutes it really took."""
    line: int = 0
    """Where it stands in the file, from 1; 0 for one that is in none yet."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One list of a board."""

    title: str
    limit: int | None = None
    """Work in progress at most."""
    is_done: bool = False
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board as its file has it. What the program does not understand stays byte for byte."""

    path: str
    title: str
    lanes: tuple[Lane, ...]
    archive: tuple[Card, ...] = ()
    text: str = ""
    """The whole file."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProposedCard:
    """A card that a transcript or note asks for. It is on no board until a person says so."""

    card: Card
    kind: Literal["promise", "action", "question", "import"]
    who: str = ""
    """Who said it."""
    reason: str = ""
    """Why it was taken for one."""
    duplicate_of: str = ""
    """The id of a card that already says so."""


# -- the plan --------------------------------------------------------------------------------------

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From when to when one works on a day."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the person works: what no block may break, and what they like."""

    zone: str
    hours: tuple[tuple[Weekday, tuple[Hours, ...]], ...]
    """By weekday; none for a day off."""
    buffer: int = 10
    """Minutes kept free before and after a meeting."""
    shortest: int = 25
    """No block is shorter, but for a card that is."""
    longest: int = 120
    """Longer work is split, with a break."""
    between: int = 5
    """Minutes between two blocks."""
    daily_share: float = 0.8
    """Of the free time of a day that may be planned at most."""
    deep_from: time | None = None
    deep_until: time | None = None
    """When deep work is best."""
    days_off: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnZone:
    """The time zone that a computer is set to."""

    name: str
    """By its IANA name; UTC where nothing says it."""
    source: str = ""
    """What says so: `TZ`, or a file; empty where nothing does."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Time set aside for a card."""

    id: str
    """Stable for a card and its part: `pmagent-<card>-<n>`."""
    card: str
    title: str
    start: datetime
    end: datetime
    part: int = 1
    parts: int = 1
    sequence: int = 0
    """Raised whenever it moves, as calendars want."""
    is_fixed: bool = False
    """The person has placed it, or it has begun: it stays."""
    why: str = ""
    """Why here, in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Unplaced:
    """A card without room, and why."""

    card: str
    title: str
    reason: str
    minutes_missing: int = 0
    minutes_planned: int = 0
    """More than none where a part of it is planned."""


@dataclass(frozen=True, kw_only=True)
class CardShift:
    """What of a card is changed where a person takes an option."""

    card: str
    due: date | None = None
    """Its new day; None: as it was."""
    start: date | None = None
    """Not before this day; None: as it was."""


@dataclass(frozen=True, kw_only=True)
class TradeOff:
    """A choice with its consequences, said aloud: the person picks."""

    id: str
    says: str
    """`PRD moves to Tuesday because the 13:00 review is fixed`."""
    options: tuple[str, ...] = ()
    """What could be done instead, with what it costs."""
    shifts: tuple[CardShift | None, ...] = ()
    """By option, what it changes on the board; None where it changes nothing there."""
    left: tuple[str, ...] = ()
    """By option, what is left to the person; empty where nothing is."""
    cards: tuple[str, ...] = ()

    def shift_of(self, option: int) -> CardShift | None:
        """What an option changes on the board; a plan kept by an older program may not say."""
        return self.shifts[option] if option < len(self.shifts) else None

    def left_of(self, option: int) -> str:
        """What an option leaves to the person."""
        return self.left[option] if option < len(self.left) else ""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What a new plan changes against the one before it."""

    block: str
    title: str
    kind: Literal["new", "moved", "shortened", "lengthened", "dropped"]
    before: tuple[datetime, datetime] | None = None
    after: tuple[datetime, datetime] | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class WeekPlan:
    """Blocks for some days, with everything that did not fit and why."""

    first: date
    last: date
    blocks: tuple[Block, ...]
    unplaced: tuple[Unplaced, ...] = ()
    late: tuple[Unplaced, ...] = ()
    """Cards whose blocks end after they are due."""
    trade_offs: tuple[TradeOff, ...] = ()
    moves: tuple[Move, ...] = ()
    free: int = 0
    """Minutes of working time without a meeting."""
    planned: int = 0
    objective: float = 0.0
    known_until: date | None = None
    """Where knowledge of the calendar ends."""
    seed: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WeekTask:
    """All that a plan is made from."""

    window: CalendarWindow
    cards: tuple[Card, ...]
    habits: Habits
    now: datetime
    """Nothing is planned before it."""
    before: WeekPlan | None = None
    """The plan that stands: a new one moves as little of it as it can."""
    priorities: tuple[tuple[str, float], ...] = ()
    """Weight of an outcome by its id."""
    seed: int = 0

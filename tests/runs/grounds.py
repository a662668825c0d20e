"""A small garden with procedures of its own, a site to send to, a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pmagent.agent.grounds import Wiring
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering, Script, ScriptedModel
from pmagent.runs.runs import Company
from pmagent.types.actions import Ask, AskReply, AuditEntry, Json
from pmagent.types.reviews import Review, ReviewDecision, Ruling
from pmagent.types.runs import Run, RunChanged, RunEvent, StepRow
from pmagent.types.talk import ModelCard, ModelRequest, Text
from tests.publishers.fake_ghost import FakeGhost

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
TALK = "transcripts/ep-101-the-deposit.md"
TALK_TEXT = """# The deposit, episode 101

**Nell:** [00:00] We said no to deposits eleven times, and the twelfth time we built it.

**Dov:** [00:30] Bea Tamworth had nine no-shows in every sixty bookings. She is now at two in sixty.

**Nell:** [01:10] An owner asks for ten dollars up front. The price stays the same.
"""
NOTES = "notes/margins.md"
NOTES_TEXT = "# Margins\n\nThe plan leaves us eleven dollars a shop.\n"
LOCKED = "finance/salaries.md"
TEXTS = {TALK: TALK_TEXT, NOTES: NOTES_TEXT, LOCKED: "# Salaries\n\nDov has 4,100 a month.\n"}
HEAD = """---
description: A procedure of a test
argument-hint: "<document>"
arguments: [document]
allowed-tools: {tools}
metadata:
  budget: {{steps: 40, minutes: 10, tokens: 150k, usd: 5, effects: 3}}
  autonomy: {autonomy}
  risk: {risk}
  key: document
  output: any
{more}---

Keep to what was said.

{before}## Steps

{steps}
"""
EVERY_TOOL = "Read ghost.draft folder.draft notes.write"
TO_GHOST = """\
1. **Read** `document` as `t`
2. **Set** `title = "What a deposit does"`
3. **Set** `words = "Two lines about deposits.\\n\\nThey are asked for up front."`
4. **Approve** "Send “{title}” to Ghost?" showing `title, words`
5. **Call** `ghost.draft` with `title=title, markdown=words, slug=slug(title)` as `draft`
6. **Return** `{"title": title, "words": words, "draft": draft}`
"""


class Clock:
    """A time that moves when a test says so."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Ground:
    """One garden on disk. It is opened anew each time, as each command of a person does."""

    root: Path
    home: Path
    clock: Clock = field(default_factory=Clock)

    # -- what is on disk ---------------------------------------------------------------------------

    def write(self, texts: Mapping[str, str]) -> None:
        for path, text in texts.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def procedure(
        self,
        name: str,
        steps: str,
        *,
        tools: str = EVERY_TOOL,
        risk: str = "external",
        autonomy: str = "assist",
        more: str = "",
        before: str = "",
        is_own: bool = True,
    ) -> Path:
        """A procedure of the person's own, or one that came with the garden."""
        folder = self.home / "config" / "commands" if is_own else self.root / ".pmagent/commands"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.md"
        head = HEAD.format(
            tools=tools, risk=risk, autonomy=autonomy, more=more, before=before, steps=steps
        )
        path.write_text(head, encoding="utf-8")
        return path

    def settings(self, **more: object) -> None:
        """The person's own settings; `permissions` and `hooks` stand beside ours."""
        path = self.home / "config" / "settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = {name: more.pop(name) for name in ("permissions", "hooks") if name in more}
        ours = {name.replace("_", "-"): value for name, value in more.items()}
        path.write_text(json.dumps({**beside, "pmagent": ours}), encoding="utf-8")

    def index(self) -> None:
        with Garden.open(self.root, home=self.home) as garden:
            garden.index(meaning=False)

    @property
    def database(self) -> Path:
        [found] = self.home.glob("data/gardens/*/runs.db")
        return found

    # -- open --------------------------------------------------------------------------------------

    @contextmanager
    def open(self) -> Generator[Sitting]:
        """One process's time with the garden."""
        wiring = Wiring(managed=(), now=self.clock)
        with Garden.open(self.root, home=self.home, wiring=wiring) as garden:
            yield Sitting(garden)

    def begin(self, line: str, company: Company | None = None, **options: Any) -> Run:
        with self.open() as sitting:
            return sitting.begin(line, company, **options)

    def resume(self, run: Run, company: Company | None = None) -> Run:
        with self.open() as sitting:
            return sitting.resume(run.id, company)

    def decide(self, decision: ReviewDecision, **more: Any) -> Review:
        """What a person says to the one thing that waits."""
        with self.open() as sitting:
            [review] = sitting.waiting()
            return sitting.garden.reviews.decide(review.id, Ruling(decision=decision, **more))

    def waiting(self) -> Review:
        with self.open() as sitting:
            [review] = sitting.waiting()
            return review

    def rows(self, run: Run) -> Sequence[StepRow]:
        with self.open() as sitting:
            return sitting.garden.runs.steps(run.id)

    def row(self, run: Run, name: str) -> StepRow:
        return next(row for row in self.rows(run) if row.name == name)


@dataclass
class Sitting:
    """The garden, open."""

    garden: Garden
    events: list[RunEvent] = field(default_factory=list[RunEvent])

    def begin(self, line: str, company: Company | None = None, **options: Any) -> Run:
        """`/name words`, to its end or to where it waits."""
        name, _, typed = line.removeprefix("/").partition(" ")
        return self._through(self.garden.runs.begin(name, typed, company or Company(), **options))

    def resume(self, run_id: str, company: Company | None = None) -> Run:
        return self._through(self.garden.runs.resume(run_id, company or Company()))

    def waiting(self) -> Sequence[Review]:
        return self.garden.reviews.open()

    def trail(self) -> Sequence[AuditEntry]:
        return list(self.garden.gatehouse.trail.entries(limit=1_000))

    def _through(self, events: Iterator[RunEvent]) -> Run:
        self.events = list(events)
        named = [event.run for event in self.events if isinstance(event, RunChanged)]
        return self.garden.runs.get(named[0].id)


# -- who is with a run -----------------------------------------------------------------------------


def model_of(script: Script, **card: Any) -> ScriptedModel:
    known: dict[str, Any] = {"id": "scripted", "is_local": True, "is_free": True, **card}
    return ScriptedModel(script, card=ModelCard(**known))


def says(value: Json, **more: Json) -> Answering:
    """An answer with this value."""
    return Answering(text=json.dumps({"value": value, **more}, ensure_ascii=False))


def with_model(model: ScriptedModel) -> Company:
    return Company(model=lambda _: model)


def told(request: ModelRequest) -> str:
    """All words of a request."""
    parts = (part for message in request.messages for part in message.parts)
    return "\n".join(part.text for part in parts if isinstance(part, Text))


@dataclass
class Presser:
    """A person at the terminal who presses the same key each time; what was asked is kept."""

    reply: Callable[[Ask], AskReply]
    asked: list[Ask] = field(default_factory=list[Ask])

    def __call__(self, ask: Ask) -> AskReply:
        self.asked.append(ask)
        return self.reply(ask)


def make_ground(
    folder: Path, texts: Mapping[str, str] = TEXTS, *, is_indexed: bool = True
) -> Ground:
    root, home = folder / "garden", folder / "home"
    root.mkdir(parents=True)
    ground = Ground(root, home)
    ground.write(texts)
    with Garden.create(root, home=home) as garden:
        if is_indexed:
            garden.index(meaning=False)
    return ground


def bodies(ghost: FakeGhost) -> list[tuple[str, str]]:
    """Title and Markdown of each post there is."""
    return [(post["title"], markdown_in(post["lexical"])) for post in ghost.posts.values()]


def markdown_in(lexical: str) -> str:
    [card] = json.loads(lexical)["root"]["children"]
    return card["markdown"]


FIXTURE = Path(__file__).parents[2] / "simulations" / "fixtures" / "ep-050.md"
EPISODE = "transcripts/ep-050.md"
MORE = """
**Juno:** \\[03:10\\] Page two, line one. "A seat is the right thing to count." March 2024.

**Nell:** We charge by the shop now. Nobody has asked for the seat price back, and two owners wrote
to say that they let the Saturday girl in at last.

**Dov:** The bill got shorter, and the list of words we eat got longer by one. I will have the new
page bound as well.
"""


def episode_texts() -> dict[str, str]:
    """An episode that is long enough to be published, with a page of research."""
    return {
        EPISODE: FIXTURE.read_text(encoding="utf-8") + MORE,
        "research/shops.md": "# Shops\n\nOwners ask for deposits.\n",
    }

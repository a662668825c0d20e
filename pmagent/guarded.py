"""What a garden offers of its gate: calls, the trail, undo points and rights, for any front end.

The gatehouse behind it is made when the first of these is asked for.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pmagent.errors import PmagentError

if TYPE_CHECKING:
    from pathlib import Path

    from pmagent.agency.grounds import AgencyGrounds
    from pmagent.agency.talk import Talk
    from pmagent.agent.gate import Asker
    from pmagent.config import Settings
    from pmagent.gatehouse import Gatehouse
    from pmagent.jobs.grounds import JobGrounds
    from pmagent.jobs.jobs import Jobs
    from pmagent.jobs.pushes import PushLinks
    from pmagent.jobs.week import Week
    from pmagent.outbox.outbox import Outbox
    from pmagent.reviews.queue import ReviewQueue
    from pmagent.runs.runs import Company, Runs
    from pmagent.types.actions import (
        AuditEntry,
        Checkpoint,
        Decision,
        FileChange,
        Json,
        Outcome,
        TrustLevel,
    )
    from pmagent.types.conversing import Conversation, Opening, StatusLine
    from pmagent.types.outbox import Effect
    from pmagent.types.rights import GardenRights


class Guarded:
    """The guarded half of a garden. What is not for a tool is for a person's key press only."""

    data_dir: Path
    settings: Settings
    _clock: Callable[[], datetime]
    """Of runs, their reviews and effects."""

    def __init__(
        self,
        make_gatehouse: Callable[[], Gatehouse],
        make_grounds: Callable[[], AgencyGrounds],
        make_job_grounds: Callable[[], JobGrounds],
    ) -> None:
        self._make_gatehouse = make_gatehouse
        self._make_job_grounds = make_job_grounds
        self._make_grounds = make_grounds
        self._asker: Asker | None = None
        self._talk: Talk | None = None
        self._talking = threading.Lock()

    @cached_property
    def gatehouse(self) -> Gatehouse:
        """The gate that every use of a tool goes through, and the way back."""
        made = self._make_gatehouse()
        if self._asker is not None:
            made.asker = self._asker
        made.outbox = lambda: self.runs.parts.door
        return made

    @property
    def jobs(self) -> Jobs:
        """Kits and checks of this garden's documents."""
        return self._jobs

    @cached_property
    def _jobs(self) -> Jobs:
        # Late: as for the conversation.
        from pmagent.jobs.jobs import Jobs  # noqa: PLC0415

        return Jobs(self._make_job_grounds())

    @property
    def week(self) -> Week:
        """The calendars, the board and the plans of this garden."""
        return self._week

    @cached_property
    def _week(self) -> Week:
        # Late: as for the conversation.
        from pmagent.agent.moment import computer_zone  # noqa: PLC0415
        from pmagent.jobs.week import Week  # noqa: PLC0415

        zone = computer_zone(os.environ)
        grounds = replace(self._make_job_grounds(), now=self._clock, zone=zone)
        return Week(grounds, self._runs_section, self._push_links())

    def _why_unwanted(self, effect: Effect) -> str:
        from pmagent.jobs.push_wants import is_of_a_push, why_unwanted  # noqa: PLC0415 - as above

        if not is_of_a_push(effect):
            return ""
        try:
            zone = ZoneInfo(self.week.habits().zone)
            board = self.week.board()
        except PmagentError:
            return ""  # it was approved, and nothing says otherwise
        return why_unwanted(effect, board, lambda at: at.astimezone(zone).date())

    def _push_links(self) -> PushLinks:
        from pmagent.jobs.pushes import PushLinks  # noqa: PLC0415 - as for the conversation
        from pmagent.records.effects import Effects  # noqa: PLC0415

        return PushLinks(
            target=lambda: self.runs.parts.door.target("trello.card"),
            effect=lambda key: Effects(self.runs.parts.tables).get(key),
        )

    def _runs_section(self, week: str, zone: tzinfo) -> str:
        from pmagent.records.tables import Tables  # noqa: PLC0415 - as for the conversation
        from pmagent.reviews.agreement import agrees  # noqa: PLC0415
        from pmagent.traces.gather import gather  # noqa: PLC0415
        from pmagent.traces.weekly import BEFORE_WEEKS, monday, weekly_section  # noqa: PLC0415

        begun = datetime.combine(monday(week), time(), zone) - timedelta(weeks=BEFORE_WEEKS)
        tables = Tables(self.data_dir)
        try:
            return weekly_section(gather(tables, begun), week, zone=zone, agrees=agrees)
        finally:
            tables.close()

    def jobs_with(self, model: str) -> Jobs:
        """The same jobs, their words polished and their verdicts seconded by a model.

        An empty name, and `offline`, are no model.

        Raises:
            ModelError: it is not known, or cannot be used now.
        """
        # Late: as for the conversation.
        from pmagent.agency.models import OFFLINE, open_for_jobs  # noqa: PLC0415

        if model in {"", OFFLINE}:
            return self.jobs
        return self.jobs.worded_by(open_for_jobs(self._make_grounds(), model))

    @property
    def runs(self) -> Runs:
        """Runs of procedures, what waits for the person in them, and the way out."""
        return self._runs

    @cached_property
    def _runs(self) -> Runs:
        # Late: as for the conversation.
        from pmagent.agency.models import price_of_use  # noqa: PLC0415
        from pmagent.runs.grounds import RunGrounds  # noqa: PLC0415
        from pmagent.runs.places import open_publishers  # noqa: PLC0415
        from pmagent.runs.runs import Runs  # noqa: PLC0415

        now = self._clock
        return Runs(
            RunGrounds(
                find_gatehouse=lambda: self.gatehouse,
                find_job_grounds=self._make_job_grounds,
                find_jobs=lambda: self.jobs,
                data_dir=self.data_dir,
                now=now,
                price=price_of_use,
                publishers=lambda: open_publishers(self.settings, os.environ, now),
                why_unwanted=self._why_unwanted,
            )
        )

    @property
    def reviews(self) -> ReviewQueue:
        """What waits for the person."""
        return self.runs.reviews

    @property
    def outbox(self) -> Outbox:
        """The one way out for effects."""
        return self.runs.outbox

    def company(self, model: str = "") -> Company:
        """Who is with a run that no conversation carries on: nobody, and the model that is named.

        An empty name is the settings' own; `offline` is none.

        Raises:
            ModelError: the model is not known, or cannot be used now.
        """
        # Late: as for the conversation.
        from pmagent.agency.models import models_for_jobs  # noqa: PLC0415
        from pmagent.runs.runs import Company  # noqa: PLC0415

        models = models_for_jobs(self._make_grounds())
        chosen = model or models.default
        if chosen == "offline":
            return Company()
        own = models.open(chosen)
        return Company(model=lambda name: models.open(name) if name and not model else own)

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        """What came of one use of a tool; a person may be asked, and it waits."""
        return self.gatehouse.perform(call_tool, tool_input, by=by, why=why)

    def set_asker(self, asker: Asker) -> None:
        """Who is asked from now on. It is called in the thread of `perform`."""
        self._asker = asker
        if "gatehouse" in self.__dict__:
            self.gatehouse.asker = asker

    def converse(self, opening: Opening | None = None) -> Conversation:
        """The conversation with the agent. There is one at a time: a second call gives the same.

        Without an `opening` it goes on where the last one was cut off, else it begins anew. It
        may be called from any thread.

        Raises:
            UsageError: no such session, or a name or rule without meaning.
            ModelError: the model that was named cannot be used.
        """
        # Late: models, commands and sessions are not needed to answer a question.
        from pmagent.agency.opening import open_talk  # noqa: PLC0415
        from pmagent.types.conversing import Opening  # noqa: PLC0415

        with self._talking:
            if self._talk is None:
                chosen = opening or Opening(is_recovering=True)
                self._talk = open_talk(self._make_grounds(), chosen)
            return self._talk

    def end_conversation(self) -> None:
        """Let another process go on with its session; nothing where none was begun."""
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def end_guarded(self) -> None:
        """End the conversation, the runs and the gate, as far as they were begun."""
        self.end_conversation()
        if "_runs" in self.__dict__:
            self._runs.close()
        if "gatehouse" in self.__dict__:
            self.gatehouse.close()

    def status_line_setting(self) -> StatusLine | None:
        """How the person's own status line is to be shown; None where they have set none."""
        # Late: most people have none.
        from pmagent.agency.status import read_status_line  # noqa: PLC0415

        return read_status_line(self.gatehouse.rights.book.wishes.get("statusLine"))

    def status_line(self, facts: Mapping[str, Json]) -> str | None:
        """What their command prints for these numbers; None where it did not work."""
        setting = self.status_line_setting()
        return self.gatehouse.print_status(setting.command, facts) if setting else None

    def audit(
        self,
        *,
        limit: int = 1000,
        verdict: str | None = None,
        path: str | None = None,
        agent: str | None = None,
        since: datetime | None = None,
    ) -> Sequence[AuditEntry]:
        """The latest entries of the trail that fit, the newest last."""
        return self.gatehouse.trail.entries(
            limit=limit, verdict=verdict, path=path, agent=agent, since=since
        )

    def audit_state(self) -> tuple[str, str]:
        """`ok`, `torn`, `tampered` or `empty`, and one sentence on it."""
        report = self.gatehouse.trail.verify()
        return report.state, report.says

    def checkpoints(self, *, limit: int = 100) -> Sequence[Checkpoint]:
        """The undo points, newest first."""
        return self.gatehouse.journal.checkpoints(limit=limit)

    def preview_undo(
        self, checkpoint_id: str, *, rewind: bool = False
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        """What taking it back would change, and the files edited since."""
        return self.gatehouse.preview_undo(checkpoint_id, rewind=rewind)

    def undo(
        self, checkpoint_id: str, *, rewind: bool = False, overwrite: bool = False
    ) -> Checkpoint:
        """Take it back, as an undo point of its own.

        Raises:
            JournalError: a file was edited since, and `overwrite` is not set.
        """
        return self.gatehouse.undo(checkpoint_id, rewind=rewind, overwrite=overwrite)

    def grants(self) -> GardenRights:
        """The rules, the level and what waits for trust."""
        return self.gatehouse.grants()

    def test_rule(self, tool: str, subject: str) -> Decision:
        """What would be decided about `Read`, `Edit`, `Bash` or `WebFetch` of `subject`."""
        return self.gatehouse.test_rule(tool, subject)

    def allow(self, rule_text: str, *, days: int | None) -> None:
        """Grant a rule, for some days or until it is revoked. For a person's key press only."""
        self.gatehouse.widen("allow", rule_text, lambda rights: rights.allow(rule_text, days=days))

    def revoke(self, rule_text: str) -> None:
        """Take a grant back."""
        self.gatehouse.rights.revoke(rule_text)

    def set_level(self, level: TrustLevel) -> None:
        """Let agents go this far unasked. For a person's key press only."""
        name = level.name.lower()
        self.gatehouse.widen("level", name, lambda rights: rights.set_level(level))

    def trust(self, digest: str) -> None:
        """Let what waits under this digest count. For a person's key press only."""
        self.gatehouse.trust(digest)

"""One session: what it has read, how far it may go, and what was pressed in it.

Labels only grow. A sub-agent works in the session of the one who started it, so that what one has
read counts for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pmagent.agent.exposure import Exposure
from pmagent.types.actions import Json, Label, Mode, Rule


@dataclass(kw_only=True)
class Session:
    """The state of one session that decisions depend on. Used from one thread at a time."""

    id: str
    mode: Mode | None = None
    """None: the mode of the settings."""
    labels: frozenset[Label] = frozenset()
    grants: tuple[Rule, ...] = ()
    """What a person let this session do again without asking."""
    exposure: Exposure = field(default_factory=Exposure)
    cwd: str = ""
    transcript: str = ""

    def note(self, labels: frozenset[Label], private_text: str) -> None:
        """Remember what came in, so that it is known again on its way out."""
        self.labels |= labels
        if private_text:
            self.exposure.remember(private_text)

    def for_hooks(self) -> Mapping[str, Json]:
        """The fields every hook is given."""
        return {"session_id": self.id, "transcript_path": self.transcript, "cwd": self.cwd}

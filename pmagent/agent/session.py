"""One session: what it has read, how far it may go, and what was pressed in it.

Labels only grow. A sub-agent works in the session of the one who started it, so that what one has
read counts for all; where it may go less far, it sees the session through `seen`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pmagent.agent.exposure import Exposure
from pmagent.types.actions import Json, Label, Mode, Rule

Narrow = Literal["plan", "dontAsk"]
"""The modes that only ever take away."""


@dataclass(kw_only=True)
class Session:
    """The state of one session that decisions depend on.

    The gate changes it in its turn, one call at a time; `note`, `said` and `carried` may be called
    from any thread at any moment.
    """

    id: str
    mode: Mode | None = None
    """None: the mode of the settings."""
    labels: frozenset[Label] = frozenset()
    grants: tuple[Rule, ...] = ()
    """What a person let this session do again without asking."""
    exposure: Exposure = field(default_factory=Exposure)
    cwd: str = ""
    transcript: str = ""
    base: Session | None = None
    """The session that this is a narrower view of; None where it is the session itself."""
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What hooks are told besides: which sub-agent it is."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def note(self, labels: frozenset[Label], private_text: str) -> None:
        """Remember what came in, so that it is known again on its way out."""
        if self.base is not None:
            self.base.note(labels, private_text)
        with self._lock:
            self.labels |= labels
            if private_text and self.base is None:
                self.exposure.remember(private_text)

    def said(self, text: str) -> None:
        """Note what the person typed: it may go where they want it."""
        with self.whole._lock:
            self.exposure.said(text)

    def carried(self, outgoing: str) -> Sequence[str]:
        """The pieces of private text in what would leave this computer."""
        with self.whole._lock:
            return self.exposure.carried(outgoing)

    @property
    def whole(self) -> Session:
        """The session itself, also where this is a view of it."""
        return self.base or self

    def seen(self, narrow: Narrow | None, now: Mode, facts: Mapping[str, Json]) -> Session:
        """This session as somebody sees it who may go less far; `now` is its mode.

        A session that plans stays one: who may only plan is not let act by asking nobody.
        """
        if narrow is None and not facts:
            return self
        mode: Mode | None = self.mode
        if narrow is not None:
            mode = "plan" if "plan" in {narrow, now} else narrow
        return replace(self, mode=mode, base=self.whole, facts=facts, _lock=threading.Lock())

    def for_hooks(self) -> Mapping[str, Json]:
        """The fields every hook is given."""
        known = {"session_id": self.id, "transcript_path": self.transcript, "cwd": self.cwd}
        return {**known, **self.facts}

"""The publisher of one Ghost site: what the outbox hands an effect to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from pmagent.publishers.ghost.client import READ_S, WRITE_S, GhostClient
from pmagent.publishers.ghost.describing import describe
from pmagent.publishers.ghost.diff import three_way_diff
from pmagent.publishers.ghost.images import do_image, look_for_image
from pmagent.publishers.ghost.posts import (
    do_draft,
    do_update,
    look_for_draft,
    look_for_update,
)
from pmagent.publishers.ghost.states import (
    do_newsletter,
    do_publish,
    do_schedule,
    look_for_newsletter,
    look_for_publish,
    look_for_schedule,
)
from pmagent.types.outbox import Effect, HttpRequest, Pace, Receipt, SendFault

NAME = "ghost"
_Look = Callable[[GhostClient, Effect], Receipt | None]
_Do = Callable[[GhostClient, Effect], Receipt]
_KINDS: Mapping[str, tuple[_Look, _Do]] = {
    "ghost.draft": (look_for_draft, do_draft),
    "ghost.update": (look_for_update, do_update),
    "ghost.schedule": (look_for_schedule, do_schedule),
    "ghost.publish": (look_for_publish, do_publish),
    "ghost.newsletter": (look_for_newsletter, do_newsletter),
    "ghost.image": (look_for_image, do_image),
}
KINDS = tuple(_KINDS)


class GhostPublisher:
    """Sends to one site. Writes go one after the other. Safe to use from several threads."""

    def __init__(self, client: GhostClient) -> None:
        self._client = client
        # One for the whole site: several kinds of effect change the same post.
        self._writing = threading.Lock()

    @property
    def name(self) -> str:
        """`ghost`."""
        return NAME

    @property
    def target(self) -> str:
        """The site's address."""
        return self._client.address

    @property
    def credential(self) -> str:
        """A digest of the key: another one may be tried where the last was refused."""
        return self._client.credential

    @property
    def pace(self) -> Pace:
        """Ghost has no limit of its own; hosts do. Three reads and a write, with their times."""
        return Pace(requests=50, window_s=10.0, per_effect=5, timeout_s=3 * READ_S + WRITE_S + 15)

    def describe(self, effect: Effect) -> HttpRequest:
        """The request that it comes down to. Its token is made when it is sent, and is not shown.

        Raises:
            SendFault: the payload is none of Ghost's.
        """
        return describe(self.target, effect)

    def compare(self, effect: Effect) -> str:
        """Three versions of a post: what was sent last, what is there, what is to be sent.

        Empty where it died of no collision, or is no post.
        """
        if effect.theirs is None:
            return ""
        try:
            return three_way_diff(effect, effect.theirs)
        except SendFault:
            return ""

    def look(self, effect: Effect) -> Receipt | None:
        """The object, where this effect has made it; for a change, where it is already so.

        Raises:
            SendFault: it could not be looked up.
        """
        return self._kind(effect)[0](self._client, effect)

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        """Make it so. What is there is read anew, so `found` need not be given.

        Raises:
            SendFault: as its kind says.
        """
        del found
        do = self._kind(effect)[1]
        with self._writing:
            return do(self._client, effect)

    def _kind(self, effect: Effect) -> tuple[_Look, _Do]:
        if effect.target != self.target:
            raise SendFault(
                "refused",
                f'it was meant for "{effect.target}", and the site set up here is "{self.target}"',
                'set that site up with "pmagent ghost connect", or drop it',
            )
        known = _KINDS.get(effect.kind)
        if known is None:
            raise SendFault("refused", f'Ghost has no "{effect.kind}"', "drop it")
        return known

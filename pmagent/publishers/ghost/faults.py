"""What a Ghost site's refusals mean for the outbox, each as one plain sentence and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from pmagent.net.api import NoReply, Reply
from pmagent.publishers.ghost.wire import SentError, SentErrors, exact_fault, read_as
from pmagent.types.outbox import FaultKind, SendFault

LONGEST_WAIT_S = 3_600.0
_KEY_HINT = 'set the key anew with "pmagent ghost connect"'
_HINTS: Mapping[str, tuple[FaultKind, str, str]] = {
    "INVALID_JWT": (
        "unauthorised",
        "the site does not accept the key's signature",
        "see that this computer's clock is right; else " + _KEY_HINT,
    ),
    "UNKNOWN_ADMIN_API_KEY": (
        "unauthorised",
        "the site does not know this key: it was replaced or deleted there",
        _KEY_HINT,
    ),
    "NoPermissionError": (
        "unauthorised",
        "the site does not let this key do that",
        _KEY_HINT,
    ),
    "UnauthorizedError": ("unauthorised", "the site does not accept the key", _KEY_HINT),
    "HostLimitError": ("refused", "the site's plan does not include that", "see your plan there"),
    "UpdateCollisionError": (
        "collision",
        "somebody has changed the post there in the meantime",
        "compare both versions, and say which one counts",
    ),
    "NotFoundError": ("refused", "the post is no longer there", "make the draft anew"),
    "RequestNotAcceptableError": (
        "refused",
        "this version of Ghost does not know the request",
        "update Ghost to version 5 or newer",
    ),
    "UnsupportedMediaTypeError": (
        "refused",
        "the site does not take files of this kind",
        "use a PNG, JPEG, GIF or WebP image",
    ),
    "RequestEntityTooLargeError": (
        "refused", "it is larger than the site takes", "make it smaller",
    ),
    "EmailError": (
        "ambiguous",
        "the site could not send the mail",
        "look at the post there: whether it went out stands in its analytics",
    ),
    "MaintenanceError": ("again", "the site is being maintained", ""),
    "TooManyRequestsError": ("again", "the site wants fewer requests", ""),
}  # fmt: skip
"""By Ghost's own code or type of error: what kind it is, what happened, what to do."""
_BY_STATUS: Mapping[int, str] = {
    401: "UnauthorizedError", 402: "HostLimitError", 403: "NoPermissionError",
    404: "NotFoundError", 406: "RequestNotAcceptableError", 409: "UpdateCollisionError",
    413: "RequestEntityTooLargeError", 415: "UnsupportedMediaTypeError",
    429: "TooManyRequestsError",
}  # fmt: skip
_LATER = frozenset({408, 425, 429, 503})
"""Nothing was done: the server did not take the request on."""


def fault_of_silence(heard: NoReply, *, changes: bool) -> SendFault:
    """Where no answer came. What only reads may be asked again at once."""
    kind: FaultKind = "ambiguous" if changes and heard.kind == "maybe sent" else "again"
    return SendFault(kind, heard.message, heard.hint)


def fault_of(reply: Reply, *, changes: bool, now: datetime) -> SendFault:
    """What an answer with a status above 299 means."""
    if 300 <= reply.status < 400:
        to = reply.headers.get("location", "")[:200]
        return SendFault(
            "refused",
            f"the site sends us on{f' to {to!a}' if to else ''}, and what is sent is not sent on",
            'give the address itself with "pmagent ghost connect"',
        )
    told = read_as(SentErrors, reply.body)
    error = told.errors[0] if told is not None else SentError()
    wait_s = _wait_of(reply, now)
    if reply.status in _LATER:
        message = _known(reply.status, error)[1] if told else "the site is busy"
        return SendFault("again", message, wait_s=wait_s)
    if reply.status >= 500:
        return _of_breakage(reply.status, error, changes=changes, wait_s=wait_s)
    kind, message, hint = _known(reply.status, error)
    return SendFault(kind, message, hint)


def _of_breakage(
    status: int, error: SentError, *, changes: bool, wait_s: float | None
) -> SendFault:
    """A server that broke may have done it before."""
    kind: FaultKind = "ambiguous" if changes else "again"
    if error.type in _HINTS:
        _, message, hint = _HINTS[error.type]
        return SendFault(kind, message, hint, wait_s=wait_s)
    said = f": {_said(error)}" if _said(error) else ""
    return SendFault(kind, f"the site broke down ({status}){said}", wait_s=wait_s)


def _known(status: int, error: SentError) -> tuple[FaultKind, str, str]:
    for name in (error.code or "", error.type, _BY_STATUS.get(status, "")):
        if name in _HINTS:
            return _HINTS[name]
    said = _said(error) or f"it answers {status}"
    return "refused", f"the site refuses it: {said}", "change it, and retry"


def _said(error: SentError) -> str:
    """The most exact sentence of the server's own words, on one line."""
    said = " ".join((exact_fault(error) or error.context or error.message).split())
    return said[:300].rstrip(".")


def _wait_of(reply: Reply, now: datetime) -> float | None:
    """Seconds, as the server asks for: `Retry-After` as a number or a date (RFC 9110)."""
    said = reply.headers.get("retry-after", "").strip()
    if not said:
        return None
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT_S)

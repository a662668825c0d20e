"""What Trello's refusals mean for the outbox, each as one plain sentence and what to do."""

from __future__ import annotations

from pmagent.net.api import NoReply, Reply
from pmagent.publishers.trello.wire import SentError, read_as
from pmagent.types.outbox import FaultKind, SendFault

WINDOW_S = 10.0
"""In which Trello counts requests; it names no time to wait, so a whole one is waited."""
LOCKED_S = 900.0
"""More than 200 refusals lock the key for the rest of a window, and some are of 900 s."""
_KEY_HINT = 'set both anew with "pmagent trello connect"'


def fault_of_silence(heard: NoReply, *, changes: bool) -> SendFault:
    """Where no answer came. What only reads may be asked again at once."""
    kind: FaultKind = "ambiguous" if changes and heard.kind == "maybe sent" else "again"
    return SendFault(kind, heard.message, heard.hint)


def is_out_of_sight(reply: Reply) -> bool:
    """Whether one card is deleted, or lies where the token may not look; the key is accepted."""
    said = _said(reply)
    is_barred = reply.status == 401 and "key" not in said and "token" not in said
    return reply.status == 404 or is_barred


def fault_of(reply: Reply, *, changes: bool) -> SendFault:
    """What an answer with a status above 299 means."""
    said = _said(reply)
    match reply.status:
        case status if 300 <= status < 400:
            return SendFault("refused", "Trello sends us on, and what is sent is not sent on")
        case 401:
            what = "Trello does not accept the key" if "key" in said else _denied(said)
            return SendFault("unauthorised", what, _KEY_HINT)
        case 403:
            return SendFault("unauthorised", "the token may not do that there", _KEY_HINT)
        case 404:
            return SendFault("refused", "the board, list or card is no longer there", "look there")
        case 429:
            return _too_many(reply)
        case 408 | 425 | 503:
            return SendFault("again", "Trello is busy")
        case status if status >= 500:
            kind: FaultKind = "ambiguous" if changes else "again"
            return SendFault(kind, f"Trello broke down ({status})")
        case status:
            return SendFault(
                "refused", f"Trello refuses it: {said or f'it answers {status}'}",
                "change it, and retry",
            )  # fmt: skip


def _too_many(reply: Reply) -> SendFault:
    """A limit of the key, the token, or the size of a board."""
    told = read_as(SentError, reply.body) or SentError()
    if told.error == "API_TOO_MANY_CARDS_REQUESTED":
        return SendFault(
            "refused", "the board has more cards than Trello gives at once",
            "archive some of its cards there, and retry",
        )  # fmt: skip
    is_locked = "lock" in told.message.lower()
    wait_s = LOCKED_S if is_locked else WINDOW_S
    message = "Trello wants no more requests for a while" if is_locked else (
        "Trello wants fewer requests"
    )  # fmt: skip
    return SendFault("again", message, wait_s=wait_s)


def _denied(said: str) -> str:
    if "token" in said:
        return "Trello does not accept the token: it was taken back, or has run out"
    return "Trello does not let this token do that"


def _said(reply: Reply) -> str:
    """The server's own words on one line: JSON, or plain text as its refusals mostly are."""
    told = read_as(SentError, reply.body)
    said = told.message if told is not None else reply.body.decode("utf-8", "replace")
    plain = "".join(char if char.isprintable() else " " for char in said)
    return " ".join(plain.split())[:300].rstrip(".").lower()

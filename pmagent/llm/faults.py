"""What went wrong at a server, and the one error a person is told of it. Pure.

A fault carries no exception of a library along: those hold the request with its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pmagent.errors import ModelError, ModelFault
from pmagent.llm.servers import Server
from pmagent.safe_text import safe_text

LONGEST_SAID = 300
What = Literal["status", "connection", "timeout", "cut", "malformed", "stopped"]


class WireFault(Exception):  # noqa: N818 - a fault that becomes a ModelError, never shown itself
    """What an adapter found. `said` is the server's own words, without secrets."""

    def __init__(self, what: What, said: str = "", *, answer: Refused | None = None) -> None:
        super().__init__(what, said)
        self.what: What = what
        self.said = said
        self.answer = answer or Refused()


@dataclass(frozen=True, kw_only=True)
class Refused:
    """What a server said of its own accord."""

    status: int = 0
    kind: str = ""
    """The provider's name for it, such as `overloaded_error`; empty where it gave none."""
    code: str = ""
    wait_s: float | None = None
    """How long it asks to wait."""


_BY_KIND: dict[str, ModelFault] = {
    "authentication_error": "authentication_failed",
    "permission_error": "authentication_failed",
    "billing_error": "billing_error",
    "not_found_error": "model_not_found",
    "invalid_request_error": "invalid_request",
    "request_too_large": "invalid_request",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "overloaded",
    "api_error": "server_error",
    "timeout_error": "server_error",
}
_BY_STATUS: dict[int, ModelFault] = {
    401: "authentication_failed",
    402: "billing_error",
    403: "authentication_failed",
    429: "rate_limit",
    503: "overloaded",
    529: "overloaded",
}
_FIRST_REFUSAL, _FIRST_SERVER_FAULT = 400, 500


def model_error(
    fault: WireFault, server: Server, model: str, others: tuple[str, ...] = ()
) -> ModelError:
    """The error of a fault: what happened, the server's words, what to do.

    `others` are the models that the server names, for one that it does not have.
    """
    where = f'"{server.host}"'
    match fault.what:
        case "status":
            return _of_status(fault, server, model, others)
        case "connection":
            said = f": {_short(fault.said)}" if fault.said else ""
            hint = _START if server.is_local else _OFFLINE
            return ModelError(f"{where} cannot be reached{said}", hint, kind="connection")
        case "timeout":
            return ModelError(f"{where} did not answer in time", _OFFLINE, kind="connection")
        case "cut":
            return ModelError(
                f"the answer from {where} was cut off", "ask again to go on", kind="connection"
            )
        case "malformed":
            return ModelError(
                f"{where} answered what is no answer of a model: {_short(fault.said)}",
                "ask again; if it stays so, check base-url: it may not be a Messages API server",
                kind="malformed",
            )
        case "stopped":
            return ModelError("the request was stopped", "", kind="unknown")


def kind_of(fault: WireFault) -> ModelFault:
    """The name of what a server said, in the terms that hooks match on."""
    answer = fault.answer
    if "spend_limit" in answer.code or "credit balance" in fault.said.lower():
        return "billing_error"
    if answer.kind in _BY_KIND:
        return _BY_KIND[answer.kind]
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status]
    if answer.status >= _FIRST_SERVER_FAULT:
        return "server_error"
    return "invalid_request" if answer.status >= _FIRST_REFUSAL else "unknown"


_OFFLINE = 'try again, or go on without a network with the model "offline"'
_START = 'start the server, or choose another model with "/model"'
_HINTS: dict[ModelFault, str] = {
    "authentication_failed": 'check the key: "pmagent model key" sets it, or ANTHROPIC_API_KEY',
    "billing_error": 'add credit or raise the limit there, or choose the model "offline"',
    "model_not_found": 'choose another with "/model", or name it in "models" in your settings',
    "rate_limit": "wait a minute and ask again, or choose another model",
    "overloaded": "wait a minute and ask again, or choose another model",
    "server_error": "ask again; if it stays so, choose another model",
    "invalid_request": "make the conversation shorter with /compact, or choose another model",
}


def _of_status(fault: WireFault, server: Server, model: str, others: tuple[str, ...]) -> ModelError:
    kind, status, where = kind_of(fault), fault.answer.status, f'"{server.host}"'
    said = f": {_short(fault.said)}" if fault.said else ""
    hint = _HINTS.get(kind, "ask again, or choose another model")
    if 300 <= status < 400:
        message = f"{where} sends on to another address ({status})"
        hint = "name that address itself as base-url, if it is the one you mean"
    elif status == 404 and kind != "model_not_found":
        message = f"{where} has no Messages API at this address (404)"
        hint = "check base-url: it is the part before /v1/messages"
    elif kind == "model_not_found":
        message = f'{where} has no model "{model}"{said}'
        hint = f"it has {_some(others)}: name one in your settings" if others else hint
    else:
        message = f"{where} {_DID.get(kind, 'failed')} ({fault.answer.kind or status}){said}"
    if fault.answer.wait_s is not None and kind in {"rate_limit", "overloaded"}:
        hint = f"wait {_duration(fault.answer.wait_s)} and ask again, or choose another model"
    return ModelError(message, hint, kind=kind)


_DID: dict[ModelFault, str] = {
    "authentication_failed": "does not accept the key",
    "billing_error": "wants to be paid first",
    "rate_limit": "takes no more requests for now",
    "overloaded": "is overloaded",
    "invalid_request": "refuses the request",
}


def _short(text: str) -> str:
    line = safe_text(" ".join(text[: 4 * LONGEST_SAID].split()))
    return line if len(line) <= LONGEST_SAID else f"{line[:LONGEST_SAID]}…"


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(f'"{_short(name)}"' for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{max(1, round(seconds))} seconds" if seconds < 100 else f"{minutes} minutes"

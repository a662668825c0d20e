"""A dead letter for a person: the request as a `curl` command, without its secrets. Pure."""

from __future__ import annotations

import re
import shlex

from pmagent.secrets import MASK, Redactor
from pmagent.types.outbox import HttpRequest

_SECRET_HEADER = re.compile(
    r"authorization|cookie|token|secret|api-?key|password|^x-.*key", re.IGNORECASE
)
_SECRET_FIELD = re.compile(
    r"([?&](?:key|token|secret|password|api_?key|access_token)=)[^&#]*", re.IGNORECASE
)


def curl_of(request: HttpRequest) -> str:
    """A command that sends the request; where a secret stands, it says so instead."""
    hide = Redactor(()).redact
    words = ["curl", "-X", request.method, _SECRET_FIELD.sub(rf"\1{MASK}", hide(request.url))]
    for name, value in sorted(request.headers.items()):
        shown = MASK if _SECRET_HEADER.search(name) else hide(value)
        words += ["-H", f"{name}: {shown}"]
    if request.body:
        words += ["--data-binary", hide(request.body)]
    return shlex.join(words)

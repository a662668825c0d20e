"""What every request is made of: the addresses of its host, and headers that say what they seem to.

Shared by the client of pages and the door to the APIs a person has set up.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from pmagent.errors import FetchError
from pmagent.net.addresses import WebTarget
from pmagent.net.exchange import CONNECT_S, Deadline, words_of

Resolver: TypeAlias = Callable[[str], Sequence[str]]
"""The addresses of a host, in the order to try them; OSError where it has none."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]{0,8000}[\x21-\x7e])?|")
_OURS = frozenset({
    "host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade",
    "expect", "trailer", "cookie", "keep-alive", "proxy-authorization", "proxy-connection",
})  # fmt: skip


def system_resolve(host: str) -> Sequence[str]:
    """The addresses the system knows for `host`, without repeats.

    Raises:
        OSError: it knows none.
    """
    # As bytes: given text, Python reads the name once more by older rules of its own.
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_in_time(resolve: Resolver, host: str, deadline: Deadline) -> Sequence[str]:
    """The addresses of `host`, at least one.

    The system's resolver knows no time limit, so it is asked in a thread of its own.

    Raises:
        FetchError: there is none, or none in time.
    """
    found: list[Sequence[str]] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.append(tuple(resolve(host)))
        except OSError as exc:
            failed.append(exc)

    thread = threading.Thread(target=ask, daemon=True, name="resolver")
    try:
        thread.start()
    except RuntimeError as exc:
        raise FetchError("the system can start no more threads", "try again") from exc
    thread.join(deadline.left(CONNECT_S))
    if failed:
        why = words_of(failed[0])
        raise FetchError(f'the name "{host}" is not known: {why}') from failed[0]
    if not found:
        raise FetchError(f'the name "{host}" is not resolved in time', "try again")
    if not found[0]:
        raise FetchError(f'the name "{host}" is not known: it has no address')
    return found[0]


def check_request(method: str, headers: Mapping[str, str]) -> None:
    """Refuse what could say more to a server than it seems to.

    Raises:
        FetchError: there is no such method, or a header that is not for callers to set.
    """
    if method not in _METHODS:
        raise FetchError(f'there is no request "{method[:20]}"')
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise FetchError(f"the header {name[:40]!a} is refused: it is not plain ASCII")
        if name.lower() in _OURS:
            raise FetchError(f'the header "{name}" is not for callers to set')


def headers_of(
    target: WebTarget, accept: str, own: Mapping[str, str], body: bytes, method: str
) -> Sequence[tuple[bytes, bytes]]:
    """All headers of a request, those of the caller among them."""
    given = {name.lower() for name in own}
    headers = {"Host": target.authority}
    usual = {"User-Agent": "pmagent", "Accept": accept}
    headers |= {name: value for name, value in usual.items() if name.lower() not in given}
    headers |= {**own, "Accept-Encoding": "gzip, deflate", "Connection": "close"}
    if body or method in {"POST", "PUT", "PATCH"}:
        headers["Content-Length"] = str(len(body))
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

"""Length-prefixed messages over a pipe: a JSON header and raw bytes.

Both ends are ours and of one version. A message that is cut short reads as the end of the pipe.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, cast

Header = Mapping[str, object]

_LENGTHS = struct.Struct("<II")
MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Frame:
    """One message."""

    header: Header
    payload: bytes = b""


def write_frame(stream: IO[bytes], header: Header, payload: bytes = b"") -> None:
    """Send one message.

    Raises:
        ValueError: it is larger than `MAX_BYTES`, or the stream is closed.
        OSError: the other end is gone.
    """
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    if len(head) + len(payload) > MAX_BYTES:
        raise ValueError(f"a message of {len(head) + len(payload):,} bytes is too large")
    stream.write(_LENGTHS.pack(len(head), len(payload)))
    stream.write(head)
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next message; None at the end of the pipe or where it is cut short or no message."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_bytes, payload_bytes = cast("tuple[int, int]", _LENGTHS.unpack(lengths))
    if head_bytes + payload_bytes > MAX_BYTES:
        return None
    head = stream.read(head_bytes)
    payload = stream.read(payload_bytes)
    if len(head) < head_bytes or len(payload) < payload_bytes:
        return None
    return Frame(cast("Header", json.loads(head)), payload)


def serve(answer: Callable[[Frame], Frame]) -> None:
    """Answer requests from standard input on standard output until the input ends.

    Whatever else the process prints goes to standard error: a library's greeting must not stand
    among the frames.
    """
    requests = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with requests, replies:
        while (request := read_frame(requests)) is not None:
            reply = answer(request)
            write_frame(replies, reply.header, reply.payload)

"""Packed bodies, unpacked piece by piece and never further than asked: a bomb stops early."""

from __future__ import annotations

import zlib
from typing import Literal

from pmagent.errors import FetchError

Packing = Literal["gzip", "deflate", ""]

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB_METHOD = 8


def packing_of(content_encoding: str) -> Packing:
    """How a body is packed, by its Content-Encoding header.

    Raises:
        FetchError: in a way that is not undone here, or in several ways at once.
    """
    names = [
        name
        for part in content_encoding.lower().split(",")
        if (name := part.strip()) not in {"", "identity"}
    ]
    match names:
        case []:
            return ""
        case ["gzip" | "x-gzip"]:
            return "gzip"
        case ["deflate"]:
            return "deflate"
        case _:
            raise FetchError("the page is packed in a way that is not unpacked here")


class Inflater:
    """Unpacks one body, fed in pieces as they arrive. Bytes after its end are dropped."""

    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._waiting = b""
        self._unpacker = zlib.decompressobj(_GZIP) if packing == "gzip" else None

    @property
    def is_whole(self) -> bool:
        """Whether the packed body has come to its end; always true where nothing is packed."""
        return not self._packing or (self._unpacker is not None and self._unpacker.eof)

    def feed(self, piece: bytes, limit: int) -> bytes:
        """What `piece` unpacks to, at most `limit` bytes of it; the rest is lost.

        Raises:
            FetchError: it is damaged.
        """
        if not self._packing:
            return piece[:limit]
        self._waiting += piece
        if self._unpacker is None:
            if len(self._waiting) < 2:
                return b""
            self._unpacker = zlib.decompressobj(_window_bits(self._waiting))
        if self._unpacker.eof:
            self._waiting = b""
            return b""
        try:
            unpacked = self._unpacker.decompress(self._waiting, limit)
        except zlib.error:
            raise FetchError("the page is packed in a way that cannot be unpacked") from None
        self._waiting = self._unpacker.unconsumed_tail
        return unpacked


def _window_bits(head: bytes) -> int:
    """Some servers send bare deflate where the standard (RFC 9110) means zlib's wrapping."""
    is_zlib = head[0] & 0x0F == _ZLIB_METHOD and int.from_bytes(head[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS

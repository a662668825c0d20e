"""Addresses in a model's words, made so that no click and no terminal opens them.

A session that has read private words and the words of strangers may be talked into writing an
address that carries the one to the other. Such an address is shown to be read, not to be followed.
"""

from __future__ import annotations

import re

_WEB = re.compile(r"(?i)http(?=s?:)")
_OTHERS = re.compile(r"(?i)(ftps?|wss?|file|smb|ssh|data|javascript|vbscript):")
_HOST = re.compile(r"(?i)(?://|www\.)[^\s/)\]>\"'`]+")
MAX_HELD = 2_000
"""Characters of one word that are held back until it is whole."""


def defang(text: str) -> str:
    """`text` with every address spelled so that nothing follows it: `hxxp://evil[.]test/a`."""
    spelled = _OTHERS.sub(r"\1[:]", _WEB.sub(_crossed, text))
    return _HOST.sub(lambda found: found[0].replace(".", "[.]"), spelled)


class Defanger:
    """The same for words that arrive in pieces: an address is never shown by halves."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, piece: str) -> str:
        """What can be shown now: all but the last word, which may go on."""
        text = self._held + piece
        cut = max(text.rfind(" "), text.rfind("\n"), text.rfind("\t")) + 1
        if len(text) - cut > MAX_HELD:
            # A blank ends the word, so that no address begins in it and goes on behind it.
            text, cut = f"{text} ", len(text) + 1
        self._held = text[cut:]
        return defang(text[:cut])

    def rest(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return defang(held)


def _crossed(found: re.Match[str]) -> str:
    return f"{found[0][0]}xx{found[0][3]}"

"""Hides people's addresses, numbers and ids in what is about to be sent (PreToolUse).

Texts are rewritten; an address to fetch is not, because it would lead elsewhere: there a person is
asked. It never allows a call. The person's own public addresses stay: one a line in
PMAGENT_PUBLISHED, or after `--published` where the hook is copied.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import unquote

from pmagent.hooks.personal_data import (
    DEFAULT_REGIONS,
    Piece,
    count_in_words,
    find_personal,
    mask,
)

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)


@dataclass(kw_only=True)
class _Sweep:
    published: Sequence[str]
    regions: Sequence[str]
    masked: Counter[str] = field(default_factory=Counter[str])
    in_addresses: Counter[str] = field(default_factory=Counter[str])

    def clean(self, value: object) -> object:
        """The value with every text in it rewritten; addresses stay as they are."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            items = cast("Mapping[str, object]", value).items()
            return {key: self.clean(inner) for key, inner in items}
        if isinstance(value, Sequence):
            return [self.clean(inner) for inner in cast("Sequence[object]", value)]
        return value

    def _text(self, text: str) -> str:
        if _ADDRESS.fullmatch(text.strip()):
            # As a query carries them: a blank as "+" or "%20", "@" as "%40".
            shown = re.sub(r"[?&=/+]", " ", unquote(text).partition("://")[2])
            self.in_addresses.update(piece.kind for piece in self._find(shown))
            return text
        pieces = self._find(text)
        self.masked.update(piece.kind for piece in pieces)
        return mask(text, pieces)

    def _find(self, text: str) -> Sequence[Piece]:
        return find_personal(text, regions=self.regions, published=self.published)


def answer(
    call: Mapping[str, object],
    *,
    published: Sequence[str] = (),
    regions: Sequence[str] = DEFAULT_REGIONS,
) -> Mapping[str, object]:
    """What to say of a call: the input with people's data hidden, a question, or nothing."""
    sweep = _Sweep(published=published, regions=regions)
    cleaned = sweep.clean(call.get("tool_input"))
    said: dict[str, object] = {}
    specific: dict[str, object] = {"hookEventName": "PreToolUse"}
    if sweep.masked:
        specific["updatedInput"] = cleaned
        were = "was" if sweep.masked.total() == 1 else "were"
        said["systemMessage"] = (
            f"{count_in_words(sweep.masked)} {were} hidden before anything is sent"
        )
    if sweep.in_addresses:
        specific["permissionDecision"] = "ask"
        specific["permissionDecisionReason"] = (
            f"the address itself carries {count_in_words(sweep.in_addresses)}"
        )
    return {**said, "hookSpecificOutput": specific} if len(specific) > 1 else {}


def region_of(language: str) -> Sequence[str]:
    """The countries to read phone numbers by, for a LANG such as `de_CH.UTF-8`."""
    found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", language)
    return (found[1],) if found else DEFAULT_REGIONS


if __name__ == "__main__":
    _public = os.environ.get("PMAGENT_PUBLISHED", "").splitlines()
    if "--published" in sys.argv:
        _public += sys.argv[sys.argv.index("--published") + 1 :]
    json.dump(
        answer(
            json.load(sys.stdin),
            published=_public,
            regions=region_of(os.environ.get("LANG", "")),
        ),
        sys.stdout,
    )

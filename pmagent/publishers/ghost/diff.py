"""Three versions of a post as one text: what was sent last, what is there, what is to be sent."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from pmagent.publishers.ghost.content import (
    FIELDS,
    Content,
    content_of_payload,
    content_of_receipt,
    readable,
    same,
)
from pmagent.publishers.ghost.payloads import DraftPayload, UpdatePayload, read_payload
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect

_NAMES = {
    "title": "Title", "excerpt": "Excerpt", "lexical": "Text", "tags": "Tags",
    "feature_image": "Image", "feature_image_alt": "Image description",
}  # fmt: skip
_CONTEXT = 2


def three_way_diff(effect: Effect, theirs: Mapping[str, Json]) -> str:
    """The fields in which the versions differ, each with what both sides made of the last one.

    `theirs` is what a collision brought along. Lines that begin with `-` stand in the earlier
    version, with `+` in the later one. Empty where nothing differs.

    Raises:
        SendFault: the effect is not one that changes the words of a post.
    """
    model = UpdatePayload if effect.kind == "ghost.update" else DraftPayload
    ours = content_of_payload(read_payload(model, effect.payload))
    base = content_of_receipt(effect.receipt.data) if effect.receipt is not None else None
    parts = ["\n".join(_field(name, base, ours, theirs)) for name in FIELDS if name in ours]
    return "\n\n".join(part for part in parts if part)


def _field(
    name: str, base: Content | None, ours: Content, theirs: Mapping[str, Json]
) -> Iterator[str]:
    new, there = ours[name], theirs.get(name, "")
    if same(name, new, there):
        return
    yield f"== {_NAMES[name]} =="
    if base is None or name not in base:
        yield from _lines(name, there, new, "on the site now", "to be sent")
        return
    last = base[name]
    if same(name, last, there):
        yield "on the site: unchanged since it was last sent"
    else:
        yield from _lines(name, last, there, "last sent", "on the site now")
    if same(name, last, new):
        yield "to be sent: unchanged since it was last sent"
    else:
        yield from _lines(name, last, new, "last sent", "to be sent")


def _lines(name: str, before: Json, after: Json, before_is: str, after_is: str) -> Iterator[str]:
    yield from difflib.unified_diff(
        _text(name, before).splitlines(), _text(name, after).splitlines(),
        before_is, after_is, n=_CONTEXT, lineterm="",
    )  # fmt: skip


def _text(name: str, value: Json) -> str:
    if name == "lexical" and isinstance(value, str):
        return readable(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)

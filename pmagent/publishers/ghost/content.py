"""The words of a post as fields that can be compared, and two changes of them brought together.

A field that one side alone has changed since the base takes that side's value; one that both have
changed in different ways is a conflict, which no code decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pmagent.publishers.ghost.payloads import MARK, DraftPayload, UpdatePayload
from pmagent.publishers.ghost.wire import SentPost
from pmagent.types.actions import Json

FIELDS = ("title", "excerpt", "lexical", "tags", "feature_image", "feature_image_alt")
_NAMES = {"excerpt": "custom_excerpt"}
"""What Ghost calls a field, where that is another name."""


Content = Mapping[str, Json]
"""Some of `FIELDS` by name. Tags are a list without internal ones; what is empty is ""."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Both sides' changes together."""

    content: Content
    conflicts: tuple[str, ...] = ()
    """Fields that both have changed; in `content` they are as they are there."""


def content_of_post(post: SentPost) -> Content:
    """All fields of a post as it lies there."""
    return {
        "title": post.title,
        "excerpt": post.custom_excerpt or "",
        "lexical": post.lexical or "",
        "tags": [name for name in post.tag_names if not name.startswith("#")],
        "feature_image": post.feature_image or "",
        "feature_image_alt": post.feature_image_alt or "",
    }


def content_of_payload(payload: DraftPayload | UpdatePayload) -> Content:
    """The fields that a payload sets: all of a draft, some of an update."""
    given = cast("dict[str, Json]", payload.model_dump(mode="json", include=set(FIELDS)))
    return {name: given[name] for name in FIELDS if given.get(name) is not None}


def content_of_receipt(data: Mapping[str, Json]) -> Content | None:
    """What was there after the last time; None where a receipt does not say."""
    held = data.get("content")
    return held if isinstance(held, Mapping) else None


def same(name: str, ours: Json, theirs: Json) -> bool:
    """Whether two values of a field are one to a reader.

    Ghost trims titles, gives a tag the letters it was first written in, and may write the JSON of
    a text anew.
    """
    if name == "lexical" and isinstance(ours, str) and isinstance(theirs, str):
        return ours == theirs or _tree(ours) == _tree(theirs)
    if name == "tags":
        return _folded(ours) == _folded(theirs)
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours.strip() == theirs.strip()
    return ours == theirs


def differing(ours: Content, theirs: Content) -> tuple[str, ...]:
    """The fields of `ours` that are otherwise in `theirs`."""
    return tuple(name for name in ours if not same(name, ours[name], theirs.get(name)))


def merge(base: Content | None, ours: Content, theirs: Content) -> Merged:
    """`ours` and `theirs` together. Without a base every difference is a conflict."""
    content: dict[str, Json] = dict(theirs)
    conflicts: list[str] = []
    for name in differing(ours, theirs):
        if base is None or name not in base:
            conflicts.append(name)
        elif same(name, base[name], theirs.get(name)):
            content[name] = ours[name]
        elif not same(name, base[name], ours[name]):
            conflicts.append(name)
    return Merged(content=content, conflicts=tuple(conflicts))


def fields_to_send(content: Content, names: Sequence[str], kept_tags: Sequence[str]) -> Content:
    """`names` of `content` as Ghost calls them. `kept_tags` are internal ones, put last."""
    sent: dict[str, Json] = {}
    for name in names:
        value = content[name]
        if name == "tags":
            value = [*_names(value), *kept_tags]
        elif value == "" and name != "title":
            value = None
        sent[_NAMES.get(name, name)] = value
    return sent


def internal_tags(post: SentPost) -> tuple[str, ...]:
    """Tags that readers do not see, our own among them."""
    return tuple(name for name in post.tag_names if name.startswith("#"))


def mark_of(key: str) -> str:
    """The internal tag of the post that one effect makes."""
    return f"{MARK}{key}"


def digest_of(content: Content) -> str:
    """The same for contents that are the same, whatever the order of the fields."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def readable(lexical: str) -> str:
    """The Markdown of a text of one card; else its cards one after the other, others as JSON."""
    match _tree(lexical):
        case {"root": {"children": list()}} as tree:
            children = cast("dict[str, dict[str, list[object]]]", tree)["root"]["children"]
            return "\n\n".join(_card(child) for child in children)
        case _:
            return lexical


def _card(card: object) -> str:
    match card:
        case {"type": "markdown", "markdown": str(text)}:
            return text
        case {"type": "html", "html": str(text)}:
            return text
        case {"children": list()}:
            inner = cast("dict[str, list[object]]", card)["children"]
            return "".join(_piece(one) for one in inner)
        case _:
            return json.dumps(card, ensure_ascii=False, sort_keys=True)


def _piece(piece: object) -> str:
    match piece:
        case {"text": str(text)}:
            return text
        case {"type": "linebreak"}:
            return "\n"
        case _:
            return _card(piece)


def _tree(lexical: str) -> object:
    try:
        return cast("object", json.loads(lexical))
    except (ValueError, RecursionError):
        return lexical


def _names(value: Json) -> list[str]:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        return []
    return [name for name in value if isinstance(name, str)]


def _folded(value: Json) -> list[str]:
    return [name.strip().casefold() for name in _names(value)]

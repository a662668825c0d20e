"""What the tools with an effect outside share: where it goes, what would leave, how it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError, model_validator

from pmagent.agent.tool import OutboxPort, Reach, Result
from pmagent.errors import FetchError, UsageError
from pmagent.net.addresses import parse_target
from pmagent.publish.render.ghost import lexical
from pmagent.publishers.ghost.payloads import EXCERPT_CHARS, SLUG_CHARS
from pmagent.tools._input import Input
from pmagent.types.actions import Json
from pmagent.types.calls import Parameter
from pmagent.types.outbox import Dead, Delivery, Effect, Held, Queued, Receipt, Sent, Wish

GIVES = "{url: url?, id: str?, state: str, revision: str?, slug: str?}"
"""`state` is Ghost's own, such as `draft`; or `queued`, `held`, `dead`, `dropped`."""
_ANY_PORT = range(1, 65_536)
_CITED = re.compile(r"[ \t]{0,4}\[\^(?P<path>[^\[\]\n]{1,400}?):(?P<line>\d{1,7})\]")
P = TypeVar("P", bound=BaseModel)


class EffectInput(Input):
    """Strict as all inputs; a step may give none for what it leaves out."""

    @model_validator(mode="before")
    @classmethod
    def _without_none(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        fields = cast("Mapping[str, object]", given)
        return {name: value for name, value in fields.items() if value is not None}


def outbox_of(reach: Reach, kind: str) -> tuple[OutboxPort, str, str]:
    """The outbox, the address that effects of a kind go to, and its host.

    Raises:
        UsageError: nothing is set up.
    """
    if reach.outbox is None:
        raise UsageError(f'"{kind}" cannot be sent from here', "use it in a step of a procedure")
    target = reach.outbox.target(kind)
    try:
        return reach.outbox, target, parse_target(target, ports=_ANY_PORT).host
    except FetchError as exc:
        raise UsageError(exc.message, exc.hint) from exc


def checked(kind: str, model: type[P], fields: Mapping[str, Json]) -> Mapping[str, Json]:
    """The payload, as it goes on record.

    Raises:
        UsageError: the site would not take it.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        payload = model.model_validate(given)
    except ValidationError as exc:
        fault = exc.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "input"
        raise UsageError(
            f'"{where}" of {kind} is not taken: {fault["msg"].lower()}', "mend the step"
        ) from None
    return cast("dict[str, Json]", payload.model_dump(mode="json", exclude_none=True))


def deliver(reach: Reach, wish: Wish) -> Result:
    """Hand it in, and say how it stands.

    Raises:
        UsageError: nothing is set up.
    """
    outbox, _, _ = outbox_of(reach, wish.kind)
    delivery = outbox.send(wish)
    data = _told(delivery)
    return Result(text=_sentence(wish.kind, delivery), data=data)


def _told(delivery: Delivery) -> Mapping[str, Json]:
    match delivery:
        case Sent(receipt=receipt):
            return _of_receipt(receipt)
        case Queued(effect=effect):
            at = effect.next_at.isoformat() if effect.next_at is not None else None
            return {**_unsent(effect, "queued"), "next_at": at}
        case Dead(effect=effect):
            is_dropped = effect.state in {"cancelled", "undone"}
            return _unsent(effect, "dropped" if is_dropped else "dead")
        case Held(effect=effect):
            return _unsent(effect, "held")


def _of_receipt(receipt: Receipt) -> Mapping[str, Json]:
    return {
        "url": receipt.url or None,
        "id": receipt.id,
        "state": receipt.data.get("state", "done"),
        "revision": receipt.revision or None,
        "slug": receipt.data.get("slug"),
    }


def _unsent(effect: Effect, state: str) -> Mapping[str, Json]:
    """Of an object that is there from an earlier time, its address stays known."""
    before = effect.receipt
    return {
        "url": before.url or None if before is not None else None,
        "id": before.id if before is not None else None,
        "state": state,
        "revision": before.revision or None if before is not None else None,
        "slug": None,
        "error": effect.error,
        "hint": effect.hint,
    }


def _sentence(kind: str, delivery: Delivery) -> str:
    match delivery:
        case Sent(receipt=receipt):
            remark = receipt.data.get("remark")
            more = f"; {remark}" if isinstance(remark, str) else ""
            return f"{kind} is done: {receipt.url or receipt.id}{more}"
        case Queued(effect=effect):
            return f"{kind} waits and is tried again: {effect.error or 'it is its turn soon'}"
        case Dead(effect=effect):
            return f"{kind} could not be done: {effect.error}"
        case Held():
            return f"{kind} is on record, and is not sent"


def slug_of(title: str) -> str:
    """The last part of an address made of a title, in small ASCII letters and digits.

    Raises:
        UsageError: nothing of it is left.
    """
    bare = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:SLUG_CHARS].rstrip("-")
    if not slug:
        raise UsageError(f"no address can be made of the title {title[:60]!r}", "give a slug")
    return slug


def card_of(markdown: str) -> str:
    """The text as Ghost stores it: cleaned of raw HTML, its marks turned to numbers."""
    return lexical(numbered(markdown))


def numbered(markdown: str) -> str:
    """Marks of places as numbers, with a list of lines at the end. Paths stay at home."""
    places: dict[tuple[str, str], int] = {}

    def number(mark: re.Match[str]) -> str:
        return f" [{places.setdefault((mark['path'], mark['line']), len(places) + 1)}]"

    text = _CITED.sub(number, markdown)
    if not places:
        return markdown
    papers = {path: at for at, path in enumerate(dict.fromkeys(path for path, _ in places), 1)}
    rows = [
        f"{at}. {f'source {papers[path]}, ' if len(papers) > 1 else ''}line {line}"
        for (path, line), at in places.items()
    ]
    return "\n".join([text.rstrip(), "", "## Sources", "", *rows, ""])


def excerpt_of(text: str) -> str:
    """On one line, as long as Ghost takes, cut behind a word and marked with `…`."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT_CHARS:
        return line
    head = line[: EXCERPT_CHARS - 1]
    return f"{(head.rpartition(' ')[0] or head).rstrip(' .,;:–—-')}…"


def shown(head: Sequence[tuple[str, str]], text: str = "") -> str:
    """What would leave, for a person to read: named fields, then the text itself."""
    rows = [f"{name}: {value}" for name, value in head if value]
    return "\n".join([*rows, *(["", text] if text else [])])


def parameters(**shapes: str) -> tuple[Parameter, ...]:
    """Parameters by name and short type; a `?` behind the type makes one optional."""
    return tuple(
        Parameter(name=name, shape=shape.removesuffix("?"), is_optional=shape.endswith("?"))
        for name, shape in shapes.items()
    )

"""A card made once and brought to what it shall say, moved, labelled and dated.

It is looked for before it is made, by the mark in the last line of its description, in the list of
all the board's cards. What somebody has changed there in the meantime stays, or is a collision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pmagent.publishers.trello.client import KEPT_S, TrelloClient, read_back
from pmagent.publishers.trello.payloads import (
    MARK,
    CardPayload,
    DuePayload,
    LabelPayload,
    MovePayload,
    read_payload,
)
from pmagent.publishers.trello.wire import SentCard, SentLabel
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Receipt, SendFault

Content = Mapping[str, Json]
_LABELS = {"name": "the title", "text": "the description", "due": "the due time"}
_GONE_HINT = "drop it"
_LIST_HINT = "open it again there, or name another one"
_MARK = re.compile(rf"^[ \t]*{MARK}(?P<key>[0-9a-f]{{20}})[ \t]*\\?[ \t]*$", re.MULTILINE)
"""A line of its own, wherever people there have written on behind it; their editor may end it with
a backslash."""
_HINT = "compare both versions, and say which one counts"


def mark_of(key: str) -> str:
    """The last line of the description of the card that an effect has made."""
    return f"{MARK}{key}"


def text_with_mark(text: str, key: str) -> str:
    """A description with the mark as its last line."""
    return f"{text.rstrip()}\n\n{mark_of(key)}" if text.strip() else mark_of(key)


def is_marked(card: SentCard, key: str) -> bool:
    """Whether that is the card's mark."""
    return text_and_mark(card)[1] == key


def text_and_mark(card: SentCard) -> tuple[str, str]:
    """The description without its mark, and the key in the mark; empty where it has none."""
    desc = card.desc.replace("\r\n", "\n")
    last = None
    for last in _MARK.finditer(desc):  # noqa: B007 - the last one counts: others were in the text
        pass
    if last is None:
        return desc.strip(), ""
    before, behind = desc[: last.start()].strip(), desc[last.end() :].strip()
    return "\n\n".join(part for part in (before, behind) if part), last["key"]


def receipt_of(card: SentCard) -> Receipt:
    """What is to be known of a card as it lies there."""
    state = "archived" if card.closed else "open"
    data: dict[str, Json] = {
        "state": state, "list": card.list, "content": _content_of_card(card),
        "labels": [label.name or label.color or "" for label in card.labels],
    }  # fmt: skip
    return Receipt(id=card.id, url=card.url, revision=card.changed, data=data)


def look_for_card(client: TrelloClient, effect: Effect) -> Receipt | None:
    """The card that this effect has made; None where there is none."""
    ours = _find(client, effect)
    return replace(receipt_of(ours[0]), matches=len(ours)) if ours else None


def do_card(client: TrelloClient, effect: Effect) -> Receipt:
    """Make the card, or bring the one that is there to the payload. Its list is not changed."""
    payload = read_payload(CardPayload, effect.payload)
    ours = _find(client, effect)
    _refuse_doubles(effect, len(ours))
    if ours:
        # The list of all cards may be some seconds old.
        return _change(client, effect, payload, client.card(ours[0].id))
    if payload.before is not None:
        raise SendFault("refused", "the card was deleted there, or is on another board", _GONE_HINT)
    wanted = _content_of_payload(payload)
    fields: dict[str, Json] = {
        "idList": payload.list, "name": payload.name, "pos": "bottom",
        "desc": text_with_mark(payload.text, effect.key), "due": wanted["due"],
    }  # fmt: skip
    _check_list(client, payload.list)
    if payload.labels:
        fields["idLabels"] = _labels_of(client, payload.labels, None)
    made = client.make_card(fields)
    seen = read_back(lambda: client.card(made.id))
    if lost := _differing(wanted, _content_of_card(seen)):
        told = ", ".join(_LABELS[name] for name in lost)
        message = f"Trello stored something else than was sent: {told}"
        raise SendFault("refused", message, f"look at {made.url}")
    return receipt_of(seen)


def look_for_move(client: TrelloClient, effect: Effect) -> Receipt | None:
    """The card, where it is in that list already."""
    payload = read_payload(MovePayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    return receipt_of(card) if card.list == payload.list else None


def do_move(client: TrelloClient, effect: Effect) -> Receipt:
    """Put the card at the end of a list."""
    payload = read_payload(MovePayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    if card.list == payload.list:
        return receipt_of(card)
    if payload.before is not None and card.list != payload.before:
        raise _collision("somebody has moved the card there in the meantime", card)
    _check_list(client, payload.list)
    fields: dict[str, Json] = {"idList": payload.list, "pos": "bottom"}
    client.change_card(card.id, fields)
    after = read_back(lambda: client.card(card.id))
    if after.list != payload.list:
        raise _collision("the card is in another list than it was just moved to", after)
    return receipt_of(after)


def look_for_label(client: TrelloClient, effect: Effect) -> Receipt | None:
    """The card, where it has that label already."""
    payload = read_payload(LabelPayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    return receipt_of(card) if _has(card, payload) else None


def do_label(client: TrelloClient, effect: Effect) -> Receipt:
    """Give the card a label; the board's own of that name, or one made for it."""
    payload = read_payload(LabelPayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    if _has(card, payload):
        return receipt_of(card)
    [label] = _labels_of(client, (payload.name,), payload.colour)
    client.add_label(card.id, label)
    after = read_back(lambda: client.card(card.id))
    if label not in after.label_ids:
        raise _collision("the card's labels were changed there at the same time", after)
    return receipt_of(after)


def look_for_due(client: TrelloClient, effect: Effect) -> Receipt | None:
    """The card, where it is due just then already."""
    payload = read_payload(DuePayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    return receipt_of(card) if _stamp(card.due) == _stamp(payload.due) else None


def do_due(client: TrelloClient, effect: Effect) -> Receipt:
    """Say when the card is due."""
    payload = read_payload(DuePayload, effect.payload)
    card = _target(client, payload.card, payload.made_by)
    if _stamp(card.due) == _stamp(payload.due):
        return receipt_of(card)
    has_before = "before" in payload.model_fields_set
    if has_before and _stamp(card.due) != _stamp(payload.before):
        raise _collision("somebody has changed there when the card is due", card)
    client.change_card(card.id, {"due": _stamp(payload.due)})
    after = read_back(lambda: client.card(card.id))
    if _stamp(after.due) != _stamp(payload.due):
        raise _collision("the card is due at another time than was just set", after)
    return receipt_of(after)


def _find(client: TrelloClient, effect: Effect) -> list[SentCard]:
    """The card that the last receipt names; else those that bear the mark.

    Copied there, a card takes its mark along, and the copy is not ours. Where a try to make one
    ended unknown, or is looked at once more, all with the mark are found: it may have made two.
    """
    is_looked_over = effect.state == "done"
    if effect.receipt is not None and not is_looked_over:
        known = client.card_here(effect.receipt.id)
        if known is not None:
            return [known]
    is_first = not (is_looked_over or effect.is_doubtful or effect.attempts > 1)
    cards = client.cards(kept_s=KEPT_S if is_first else 0.0)
    return [card for card in cards if is_marked(card, effect.key)]


def _check_list(client: TrelloClient, ident: str) -> None:
    """See that a list is on this board and open: Trello would put a card anywhere.

    Raises:
        SendFault: it is not, or that cannot be read.
    """
    found = next((one for one in client.lists() if one.id == ident), None)
    if found is None:
        raise SendFault("refused", "the list was deleted there, or is on another board", _LIST_HINT)
    if found.closed:
        raise SendFault("refused", f'the list "{found.name[:80]}" is archived there', _LIST_HINT)


def _refuse_doubles(effect: Effect, matches: int) -> None:
    if matches > 1:
        raise SendFault(
            "collision",
            f'{matches} cards of the board carry the mark "{mark_of(effect.key)}"',
            "archive all but one there, take the mark out of them, and retry",
        )


def _change(client: TrelloClient, effect: Effect, payload: CardPayload, card: SentCard) -> Receipt:
    """Write the fields that differ, where nobody else has changed them since the last time."""
    ours, theirs = _content_of_payload(payload), _content_of_card(card)
    wanted = _differing(ours, theirs)
    if not wanted:
        return receipt_of(card)
    known = _known_before(effect, payload)
    # A field that we leave as it was sent the last time takes what is there; it was theirs to set.
    changed = [name for name in wanted if name not in known or known[name] != ours[name]]
    conflicts = [name for name in changed if name not in known or known[name] != theirs[name]]
    if conflicts:
        told = ", ".join(_LABELS[name] for name in conflicts)
        raise _collision(f"somebody has changed {told} there in the meantime", card)
    if not changed:
        return receipt_of(card)
    told = {"name": payload.name, "desc": text_with_mark(payload.text, effect.key),
            "due": ours["due"]}  # fmt: skip
    names = {"name": "name", "text": "desc", "due": "due"}
    client.change_card(card.id, {names[name]: told[names[name]] for name in changed})
    after = read_back(lambda: client.card(card.id))
    if _differing({name: ours[name] for name in changed}, _content_of_card(after)):
        raise _collision("what is there now is not what was just written", after)
    return receipt_of(after)


def _known_before(effect: Effect, payload: CardPayload) -> Content:
    """What the card said as far as is known: as it was seen, else as it was sent the last time."""
    if payload.before is not None:
        seen = payload.before
        return {"name": seen.name.strip(), "text": seen.text.strip(), "due": _stamp(seen.due)}
    base = effect.receipt.data.get("content") if effect.receipt is not None else None
    return base if isinstance(base, Mapping) else {}


def _target(client: TrelloClient, ident: str | None, made_by: str | None) -> SentCard:
    """The card that a payload names.

    Raises:
        SendFault: it is not there, is archived, or cannot be read.
    """
    if ident is not None:
        card = client.card(ident)
    else:
        found = [one for one in client.cards() if made_by and is_marked(one, made_by)]
        if len(found) != 1:
            many = "is not on the board yet" if not found else f"is there {len(found)} times"
            raise SendFault(
                "again" if not found else "collision", f'the card "{made_by}" {many}',
                "its making comes first",
            )  # fmt: skip
        card = found[0]
    if card.closed:
        raise _collision("the card was archived there", card)
    return card


def _content_of_card(card: SentCard) -> dict[str, Json]:
    return {"name": card.name, "text": text_and_mark(card)[0], "due": _stamp(card.due)}


def _content_of_payload(payload: CardPayload) -> dict[str, Json]:
    return {"name": payload.name.strip(), "text": payload.text.strip(),
            "due": _stamp(payload.due)}  # fmt: skip


def _differing(ours: Content, theirs: Content) -> list[str]:
    return [name for name in ours if ours[name] != theirs.get(name)]


def _has(card: SentCard, payload: LabelPayload) -> bool:
    return any(_is_named(label, payload.name, payload.colour) for label in card.labels)


def _labels_of(client: TrelloClient, names: Sequence[str], colour: str | None) -> list[str]:
    """The ids of the board's labels of these names; those that it does not have are made."""
    found = _ids_of(client.labels(), names, colour)
    missing = [name for name in names if name not in found]
    for name in missing:
        client.make_label(name, colour)
    if missing:
        found = _ids_of(read_back(client.labels), names, colour)
    if any(name not in found for name in names):
        raise SendFault("ambiguous", "a label was made, and is not found there")
    return list(dict.fromkeys(found[name] for name in names))


def _ids_of(
    labels: Sequence[SentLabel], names: Sequence[str], colour: str | None
) -> dict[str, str]:
    pairs = ((name, label.id) for name in names for label in reversed(labels)
             if _is_named(label, name, colour))  # fmt: skip
    return dict(pairs)


def _is_named(label: SentLabel, name: str, colour: str | None) -> bool:
    is_coloured = colour is None or label.color == colour
    return (label.name or "").casefold() == name.casefold() and is_coloured


def _stamp(at: datetime | None) -> str | None:
    """As Trello writes a time: UTC, with milliseconds."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _collision(message: str, card: SentCard) -> SendFault:
    """Somebody has changed it there: their version comes along."""
    theirs: dict[str, Json] = {**_content_of_card(card), "list": card.list, "url": card.url}
    return SendFault("collision", message, _HINT, theirs=theirs)

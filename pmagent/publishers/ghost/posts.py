"""A draft made once and brought to what it shall say; a post that is there changed.

Looked for before it is made, by its mark; read back afterwards. What somebody has changed there in
the meantime stays, or is a collision where it is the same field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pmagent.publishers.ghost.client import GhostClient, read_back
from pmagent.publishers.ghost.content import (
    Content,
    content_of_payload,
    content_of_post,
    content_of_receipt,
    differing,
    digest_of,
    fields_to_send,
    internal_tags,
    mark_of,
    merge,
    readable,
)
from pmagent.publishers.ghost.payloads import DraftPayload, UpdatePayload, read_payload
from pmagent.publishers.ghost.wire import SentPost
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Receipt, SendFault

KEEP_REVISION = {"save_revision": "1"}
"""Ghost keeps what stood there before, for its own history."""
_LABELS = {
    "title": "the title", "excerpt": "the excerpt", "lexical": "the text", "tags": "the tags",
    "feature_image": "the image", "feature_image_alt": "the image's description",
}  # fmt: skip
_SETTLED = frozenset({"published", "scheduled", "sent"})


def receipt_of(post: SentPost, **more: Json) -> Receipt:
    """What is to be known of a post as it lies there."""
    content = content_of_post(post)
    data: dict[str, Json] = {
        "state": post.status,
        "slug": post.slug,
        "content": content,
        "digest": digest_of(content),
        **more,
    }
    return Receipt(id=post.id, url=post.url, revision=post.updated_at, data=data)


def collision(message: str, post: SentPost) -> SendFault:
    """Somebody has changed it there: their version comes along."""
    theirs: dict[str, Json] = {**content_of_post(post), "state": post.status, "url": post.url,
                               "revision": post.updated_at}  # fmt: skip
    hint = "compare both versions, and say which one counts"
    return SendFault("collision", message, hint, theirs=theirs)


def look_for_draft(client: GhostClient, effect: Effect) -> Receipt | None:
    """The post that this effect has made; None where there is none."""
    found = _find(client, effect, slug=None)
    if found.ours is None:
        return None
    return replace(receipt_of(found.ours), matches=found.matches)


def do_draft(client: GhostClient, effect: Effect) -> Receipt:
    """Make the draft, or bring the one that is there to the payload."""
    payload = read_payload(DraftPayload, effect.payload)
    found = _find(client, effect, slug=payload.slug)
    _refuse_doubles(effect, found)
    if found.ours is None:
        return _make(client, effect, payload, found.holder)
    base = _base_of(effect, found.ours)
    merged = merge(base, content_of_payload(payload), content_of_post(found.ours))
    _refuse_conflicts(merged.conflicts, found.ours)
    wanted = differing(merged.content, content_of_post(found.ours))
    if wanted and found.ours.status in _SETTLED:
        raise SendFault(
            "refused",
            f"the draft is {found.ours.status} by now, so it is not changed as a draft",
            'change it with "ghost.update", which is a permission of its own',
        )
    return _change(client, found.ours, merged.content, wanted)


def look_for_update(client: GhostClient, effect: Effect) -> Receipt | None:
    """The post, where it already says what the update wants, or was changed by it before."""
    payload = read_payload(UpdatePayload, effect.payload)
    post = client.post(payload.post)
    is_done = not differing(content_of_payload(payload), content_of_post(post))
    return receipt_of(post) if is_done or effect.receipt is not None else None


def do_update(client: GhostClient, effect: Effect) -> Receipt:
    """Change the fields that the payload names, of a post of any status."""
    payload = read_payload(UpdatePayload, effect.payload)
    post = client.post(payload.post)
    ours, theirs = content_of_payload(payload), content_of_post(post)
    wanted = differing(ours, theirs)
    if not wanted:
        return receipt_of(post)
    if post.updated_at == payload.revision:
        return _change(client, post, {**theirs, **ours}, wanted)
    merged = merge(_base_of(effect, post), ours, theirs)
    _refuse_conflicts(merged.conflicts, post)
    return _change(client, post, merged.content, differing(merged.content, theirs))


@dataclass(frozen=True, kw_only=True)
class _Found:
    ours: SentPost | None
    holder: SentPost | None
    """The post of somebody else that has the slug."""
    matches: int = 1
    """How many posts are ours; one may be."""


def _find(client: GhostClient, effect: Effect, *, slug: str | None) -> _Found:
    """One request that sees the mark, the id of the last receipt, and who holds the slug."""
    mark = mark_of(effect.key)
    known = effect.receipt.id if effect.receipt is not None else ""
    conditions = [f"tag:hash-{mark.removeprefix('#')}"]
    conditions += [f"id:{known}"] if re.fullmatch(r"[0-9a-f]{24}", known) else []
    conditions += [f"slug:{slug}"] if slug else []
    posts = client.find_posts(",".join(conditions))
    ours = [post for post in posts if post.id == known or mark in post.tag_names]
    holder = next((post for post in posts if post not in ours and post.slug == slug), None)
    return _Found(ours=ours[0] if ours else None, holder=holder, matches=len(ours))


def _refuse_doubles(effect: Effect, found: _Found) -> None:
    if found.matches > 1:
        raise SendFault(
            "collision",
            f'{found.matches} posts of the site carry the mark "{mark_of(effect.key)}"',
            "delete all but one there, and retry",
        )


def _make(
    client: GhostClient, effect: Effect, payload: DraftPayload, holder: SentPost | None
) -> Receipt:
    if holder is not None and not payload.may_number_slug:
        raise SendFault(
            "refused",
            f'the address "{payload.slug}" is taken by the {holder.status} post "{holder.title}"',
            "choose another slug, or let the site put a number behind it with may_number_slug",
        )
    ours = content_of_payload(payload)
    fields = fields_to_send(ours, list(ours), [mark_of(effect.key)])
    client.make_post({**fields, "slug": payload.slug, "status": "draft"})
    seen = read_back(lambda: _find(client, effect, slug=None))
    _refuse_doubles(effect, seen)
    found = seen.ours
    if found is None:
        raise SendFault("ambiguous", "the draft was made, and is not found there")
    if lost := differing(ours, content_of_post(found)):
        told = ", ".join(_LABELS[name] for name in lost)
        message = f"the site stored something else than was sent: {told}"
        raise SendFault("refused", message, f"look at {found.url}")
    _see_that_it_is_shown(ours, list(ours), found)
    if found.slug == payload.slug:
        return receipt_of(found)
    remark = f'the address "{payload.slug}" was taken, so the site made it "{found.slug}"'
    return receipt_of(found, remark=remark)


def _change(client: GhostClient, post: SentPost, content: Content, names: Sequence[str]) -> Receipt:
    """Write these fields over what was read, and read them back."""
    if not names:
        return receipt_of(post)
    fields: Mapping[str, Json] = fields_to_send(content, names, internal_tags(post))
    try:
        client.change_post(post.id, {**fields, "updated_at": post.updated_at}, KEEP_REVISION)
    except SendFault as exc:
        if exc.kind != "collision":
            raise
        raise collision(exc.message, client.post(post.id)) from exc
    after = read_back(lambda: client.post(post.id))
    if differing({name: content[name] for name in names}, content_of_post(after)):
        # Ghost's stamps have a grain of a second: two writes within one are not told apart there.
        raise collision("what is there now is not what was just written", after)
    _see_that_it_is_shown(content, names, after)
    return receipt_of(after)


def _see_that_it_is_shown(content: Content, names: Sequence[str], post: SentPost) -> None:
    """A site that knows no such text stores it, and shows an empty page."""
    text = content["lexical"] if "lexical" in names else ""
    if isinstance(text, str) and readable(text).strip() and not (post.html or "").strip():
        message = "the site shows nothing of the text that was sent"
        raise SendFault("refused", message, f"look at {post.url}")


def _base_of(effect: Effect, post: SentPost) -> Content | None:
    if effect.over is not None:
        # A person has seen this version, and said that it shall give way.
        return effect.over
    receipt = effect.receipt
    if receipt is None or receipt.id != post.id:
        return None
    return content_of_receipt(receipt.data)


def _refuse_conflicts(conflicts: Sequence[str], post: SentPost) -> None:
    if conflicts:
        told = ", ".join(_LABELS[name] for name in conflicts)
        raise collision(f"somebody has changed {told} there in the meantime", post)

"""A draft given a time, made public, or made public and mailed: looked at before it is done.

What a person approved is one revision: a post that was changed since is not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pmagent.publishers.ghost.client import GhostClient, read_back
from pmagent.publishers.ghost.payloads import (
    NewsletterPayload,
    PublishPayload,
    SchedulePayload,
    moment_of,
    read_payload,
)
from pmagent.publishers.ghost.posts import collision, receipt_of
from pmagent.publishers.ghost.wire import SentPost
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Receipt, SendFault

_GRAIN = timedelta(seconds=1)
_PUBLIC = frozenset({"published", "sent"})


def look_for_schedule(client: GhostClient, effect: Effect) -> Receipt | None:
    """The post, where it waits for just that time, or was given another by this effect."""
    payload = read_payload(SchedulePayload, effect.payload)
    post = client.post(payload.post)
    is_known = effect.receipt is not None
    return receipt_of(post) if is_known or _waits_until(post, payload.at) else None


def do_schedule(client: GhostClient, effect: Effect) -> Receipt:
    """Have the site publish the post at a time to come."""
    payload = read_payload(SchedulePayload, effect.payload)
    post = client.post(payload.post)
    if _waits_until(post, payload.at):
        return receipt_of(post)
    if post.status in _PUBLIC:
        raise SendFault("refused", f"the post is {post.status} already", "nothing is left to do")
    if payload.at <= client.now():
        raise SendFault(
            "refused",
            f"{payload.at:%Y-%m-%d %H:%M %Z} is past, and a post is scheduled for a time to come",
            "give a later time",
        )
    _refuse_other_revision(post, payload.revision)
    at = payload.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    after = _put(client, post, {"status": "scheduled", "published_at": at})
    if not _waits_until(after, payload.at):
        raise collision("the post was changed there while it was scheduled", after)
    return receipt_of(after)


def look_for_publish(client: GhostClient, effect: Effect) -> Receipt | None:
    """The post, where it is public, or was made so by this effect."""
    payload = read_payload(PublishPayload, effect.payload)
    post = client.post(payload.post)
    is_known = effect.receipt is not None
    return receipt_of(post) if is_known or post.status in _PUBLIC else None


def do_publish(client: GhostClient, effect: Effect) -> Receipt:
    """Make the post public now, without a mail."""
    payload = read_payload(PublishPayload, effect.payload)
    post = client.post(payload.post)
    if post.status in _PUBLIC:
        return receipt_of(post)
    _refuse_other_revision(post, payload.revision)
    after = _put(client, post, {"status": "published", "published_at": _stamp(client.now())})
    return receipt_of(_public(after))


def look_for_newsletter(client: GhostClient, effect: Effect) -> Receipt | None:
    """The post, where it was mailed."""
    payload = read_payload(NewsletterPayload, effect.payload)
    post = client.post(payload.post)
    return _mailed(post) if _is_mailed(post) or effect.receipt is not None else None


def do_newsletter(client: GhostClient, effect: Effect) -> Receipt:
    """Make the post public now, and mail it to the newsletter's subscribers. Nothing undoes it."""
    payload = read_payload(NewsletterPayload, effect.payload)
    post = client.post(payload.post)
    if _is_mailed(post):
        return _mailed(post)
    if post.status in _PUBLIC:
        raise SendFault(
            "refused",
            "the post is public already, and Ghost mails one only when it becomes so",
            "mail it from Ghost by hand",
        )
    known = [one.slug for one in client.newsletters().newsletters if one.status == "active"]
    if payload.newsletter not in known:
        raise SendFault(
            "refused",
            f'the site has no newsletter "{payload.newsletter}"',
            f"it has {', '.join(sorted(known)) or 'none'}",
        )
    _refuse_other_revision(post, payload.revision)
    query = {"newsletter": payload.newsletter, "email_segment": payload.segment}
    fields = {"status": "published", "published_at": _stamp(client.now())}
    after = _public(_put(client, post, fields, query))
    if not _is_mailed(after):
        raise SendFault(
            "refused",
            "the post is public, and no mail was made of it",
            "see in Ghost whether the newsletter has subscribers and mail is set up",
        )
    return _mailed(after)


def _put(
    client: GhostClient,
    post: SentPost,
    fields: Mapping[str, Json],
    query: Mapping[str, str] | None = None,
) -> SentPost:
    """The post read back after a change of its state."""
    try:
        client.change_post(post.id, {**fields, "updated_at": post.updated_at}, query or {})
    except SendFault as exc:
        if exc.kind != "collision":
            raise
        raise collision(exc.message, client.post(post.id)) from exc
    return read_back(lambda: client.post(post.id))


def _public(post: SentPost) -> SentPost:
    if post.status not in _PUBLIC:
        raise collision(f"the post is {post.status} again: somebody took it back", post)
    return post


def _refuse_other_revision(post: SentPost, revision: str) -> None:
    if post.updated_at != revision:
        raise collision("the post was changed since it was approved, so it is left as it is", post)


def _waits_until(post: SentPost, at: datetime) -> bool:
    there = moment_of(post.published_at)
    return post.status == "scheduled" and there is not None and abs(there - at) < _GRAIN


def _is_mailed(post: SentPost) -> bool:
    return post.email is not None


def _mailed(post: SentPost) -> Receipt:
    mail = post.email
    state = mail.status if mail is not None else ""
    count = mail.email_count if mail is not None else 0
    return receipt_of(post, mail=state, recipients=count)


def _stamp(now: datetime) -> str:
    """A draft that was once scheduled keeps that time, and would be published with it."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""The one request that an effect comes down to, for a person to read and to send by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pmagent.publishers.ghost.client import ADMIN, VERSION
from pmagent.publishers.ghost.content import (
    FIELDS,
    content_of_payload,
    fields_to_send,
    mark_of,
)
from pmagent.publishers.ghost.payloads import (
    DraftPayload,
    ImagePayload,
    NewsletterPayload,
    PublishPayload,
    SchedulePayload,
    UpdatePayload,
    read_payload,
)
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, HttpRequest

TOKEN = "Ghost ‹token›"  # noqa: S105 - stands for one
_NOW = "‹now›"


def describe(address: str, effect: Effect) -> HttpRequest:
    """The request that makes or changes the object. What is only known there is in ‹›.

    Raises:
        SendFault: the payload is none of Ghost's.
    """
    match effect.kind:
        case "ghost.draft":
            draft = read_payload(DraftPayload, effect.payload)
            content = content_of_payload(draft)
            fields = fields_to_send(content, list(content), [mark_of(effect.key)])
            if effect.receipt is not None:
                return _put(address, effect.receipt.id, effect.receipt.revision, fields)
            return _request(address, "POST", "posts/", {**fields, "slug": draft.slug})
        case "ghost.update":
            update = read_payload(UpdatePayload, effect.payload)
            changed = content_of_payload(update)
            names = [name for name in FIELDS if name in changed]
            fields = fields_to_send(changed, names, ["‹internal tags›"])
            return _put(address, update.post, update.revision, fields)
        case "ghost.image":
            image = read_payload(ImagePayload, effect.payload)
            url = f"{address}/{ADMIN}/images/upload/"
            headers = {**_headers(), "Content-Type": "multipart/form-data"}
            return HttpRequest(method="POST", url=url, headers=headers, body=f"‹{image.name}›")
        case _:
            return _of_state(address, effect)


def _of_state(address: str, effect: Effect) -> HttpRequest:
    if effect.kind == "ghost.schedule":
        schedule = read_payload(SchedulePayload, effect.payload)
        fields = {"status": "scheduled", "published_at": schedule.at.isoformat()}
        return _put(address, schedule.post, schedule.revision, fields)
    fields = {"status": "published", "published_at": _NOW}
    if effect.kind == "ghost.publish":
        public = read_payload(PublishPayload, effect.payload)
        return _put(address, public.post, public.revision, fields)
    mail = read_payload(NewsletterPayload, effect.payload)
    query = f"?newsletter={mail.newsletter}&email_segment={mail.segment}"
    return _put(address, mail.post, mail.revision, fields, query)


def _put(
    address: str, post: str, revision: str, fields: Mapping[str, Json], query: str = ""
) -> HttpRequest:
    return _request(address, "PUT", f"posts/{post}/{query}", {**fields, "updated_at": revision})


def _request(address: str, method: str, path: str, fields: Mapping[str, Json]) -> HttpRequest:
    return HttpRequest(
        method=method,
        url=f"{address}/{ADMIN}/{path}",
        headers={**_headers(), "Content-Type": "application/json"},
        body=json.dumps({"posts": [fields]}, ensure_ascii=False),
    )


def _headers() -> Mapping[str, str]:
    return {"Accept-Version": VERSION, "Authorization": TOKEN}

"""An image uploaded once: it bears the hash of its bytes for a name, and is known there by it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta

from pmagent.publishers.ghost.client import GhostClient
from pmagent.publishers.ghost.payloads import ImagePayload, read_payload
from pmagent.types.outbox import Effect, Receipt, SendFault

MOST_BYTES = 20_000_000
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF87a", "gif", "image/gif"),
    (b"GIF89a", "gif", "image/gif"),
)
_DAY = timedelta(days=1)


def image_payload(data: bytes) -> ImagePayload | None:
    """What an upload of these bytes carries; None where they are no image that is sent.

    SVG is left out: it can hold scripts.
    """
    kind = _kind_of(data)
    if kind is None:
        return None
    ending, media_type = kind
    return ImagePayload(
        name=f"pmagent-{hashlib.sha256(data).hexdigest()[:20]}.{ending}",
        media_type=media_type,
        data=base64.b64encode(data).decode("ascii"),
    )


def look_for_image(client: GhostClient, effect: Effect) -> Receipt | None:
    """Where the same image lies already; None where it is not found.

    Ghost puts an upload into the folder of its month and has no list of images, so the months
    around the effect and around today are looked at. A site that keeps its images elsewhere gets
    the image once more, which nobody sees.
    """
    payload = read_payload(ImagePayload, effect.payload)
    days = (effect.made, client.now())
    months = {_month(day + step) for day in days for step in (-_DAY, timedelta(), _DAY)}
    for month in sorted(months, reverse=True):
        path = f"content/images/{month}/{payload.name}"
        if client.has_image(path):
            return _receipt(payload, client.address_of(path))
    return None


def do_image(client: GhostClient, effect: Effect) -> Receipt:
    """Upload it, unless it lies there."""
    payload = read_payload(ImagePayload, effect.payload)
    try:
        data = base64.b64decode(payload.data, validate=True)
    except (binascii.Error, ValueError):
        raise SendFault(
            "refused", "the image cannot be sent: it is damaged", "read it anew"
        ) from None
    found = look_for_image(client, effect)
    if found is not None:
        return found
    return _receipt(payload, client.upload_image(payload.name, payload.media_type, data))


def _receipt(payload: ImagePayload, url: str) -> Receipt:
    return Receipt(id=payload.name, url=url, data={"state": "uploaded"})


def _month(day: datetime) -> str:
    return f"{day:%Y/%m}"


def _kind_of(data: bytes) -> tuple[str, str] | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "image/webp"
    return next(
        ((ending, media) for start, ending, media in _STARTS if data.startswith(start)), None
    )

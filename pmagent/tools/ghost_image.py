"""ghost.image: an image of the garden, uploaded to the person's own Ghost site once."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated, cast

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import ReadError
from pmagent.publishers.ghost.images import MOST_BYTES, image_payload
from pmagent.publishers.ghost.payloads import ImagePayload
from pmagent.tools._effects import GIVES, EffectInput, deliver, outbox_of, parameters, shown
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.outbox import Wish

KIND = "ghost.image"


class GhostImageInput(EffectInput):
    """Which file."""

    path: Annotated[str, Field(min_length=1)]


class GhostImageTool:
    """Uploads an image."""

    name = KIND
    summary = "An image of the garden, uploaded to Ghost"
    Input = GhostImageInput
    spec = CallSpec(
        name=KIND,
        summary="An image of the garden, uploaded to Ghost; its address is for feature_image",
        parameters=parameters(path="str"),
        gives=GIVES,
        effect="external",
    )

    def plan(self, given: GhostImageInput, reach: Reach) -> Plan:
        """Which image, by its size and hash.

        Raises:
            UsageError: no site is set up.
            ReadError: it is no image that is sent.
        """
        _, target, host = outbox_of(reach, KIND)
        payload = _payload(given, reach)
        outgoing = _outgoing(given, target, payload)
        return Plan(
            subject=f"{given.path} to {host}",
            targets=(reach.walls.locate(given.path, "read"),),
            host=host,
            is_outward=True,
            outgoing=outgoing,
            is_publication=True,
            body=outgoing,
            risk="whoever knows its address can see it at once; what else the file holds goes "
            "along, and a photo may hold where it was taken",
            grant=KIND,
        )

    def run(self, given: GhostImageInput, plan: Plan, reach: Reach) -> Result:
        """Hand it to the outbox.

        Raises:
            ReadError: the file is another one than was planned.
        """
        _, target, _ = outbox_of(reach, KIND)
        payload = _payload(given, reach)
        if _outgoing(given, target, payload) != plan.outgoing:
            raise ReadError(f'"{given.path}" has changed since, so it was not sent', "ask again")
        told = cast("dict[str, Json]", payload.model_dump(mode="json"))
        wish = Wish(kind=KIND, target=target, business_key=payload.name, payload=told)
        return deliver(reach, wish)


def _payload(given: GhostImageInput, reach: Reach) -> ImagePayload:
    data, _ = reach.walls.read(given.path, limit=MOST_BYTES, follow=True)
    payload = image_payload(data)
    if payload is None:
        raise ReadError(
            f'"{given.path}" is no image that Ghost is sent', "use a PNG, JPEG, GIF or WebP file"
        )
    return payload


def _outgoing(given: GhostImageInput, target: str, payload: ImagePayload) -> str:
    data = base64.b64decode(payload.data)
    return shown((
        ("To", f"{target}, as {payload.name}"),
        ("File", f"{given.path}, {payload.media_type}, {len(data):,} bytes"),
        ("SHA-256", hashlib.sha256(data).hexdigest()),
    ))


tool = GhostImageTool()

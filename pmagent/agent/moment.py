"""The clock of the edges, and the zone it is set to, so that everything else is given the time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmagent.types.tasks import OwnZone

LOCALTIME = Path("/etc/localtime")
_BELOW = re.compile(r"(?:^|/)zoneinfo/(?:posix/|right/)?(?P<name>.+)$")


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def computer_zone(environment: Mapping[str, str], *, localtime: Path = LOCALTIME) -> OwnZone:
    """The zone that this computer is set to: by `TZ`, else by what `localtime` is a link to.

    UTC where neither names a zone of the IANA's, as a copied file and `CET-1CEST` do not.
    """
    if name := _named(environment.get("TZ", "").removeprefix(":")):
        return OwnZone(name=name, source="TZ")
    try:
        target = localtime.readlink().as_posix()
    except OSError:  # no link, no such file, or no system that has one
        target = ""
    if name := _named(target):
        return OwnZone(name=name, source=str(localtime))
    return OwnZone(name="UTC")


def _named(text: str) -> str:
    """The zone's name, of itself or of its file; empty where there is none such."""
    found = _BELOW.search(text)
    name = found["name"] if found is not None else text
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""

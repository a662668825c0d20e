"""The zone of a computer by its IANA name, wherever the system writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.agent.moment import computer_zone
from pmagent.types.tasks import OwnZone


@pytest.mark.parametrize(
    "said",
    ["Europe/Lisbon", ":Europe/Lisbon", "/usr/share/zoneinfo/Europe/Lisbon",
     ":/usr/share/zoneinfo/posix/Europe/Lisbon"],
)  # fmt: skip
def test_tz_names_the_zone_in_each_of_its_forms(said: str, tmp_path: Path) -> None:
    found = computer_zone({"TZ": said}, localtime=tmp_path / "none")

    assert found == OwnZone(name="Europe/Lisbon", source="TZ")


@pytest.mark.parametrize(
    "target",
    ["/usr/share/zoneinfo", "../usr/share/zoneinfo", "/var/db/timezone/zoneinfo"],
)
def test_without_tz_the_systems_link_names_it(target: str, tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to(f"{target}/America/Argentina/Ushuaia")

    found = computer_zone({"TZ": "CET-1CEST"}, localtime=link)

    assert found == OwnZone(name="America/Argentina/Ushuaia", source=str(link))


def test_where_nothing_names_a_zone_it_is_utc_and_nothing_is_its_source(tmp_path: Path) -> None:
    copied = tmp_path / "localtime"
    copied.write_bytes(b"TZif2")

    assert computer_zone({}, localtime=copied) == OwnZone(name="UTC")
    assert computer_zone({"TZ": "Mars/Olympus"}, localtime=tmp_path / "none") == OwnZone(name="UTC")

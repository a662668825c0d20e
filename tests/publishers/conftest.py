"""The site the tests of this room send to."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost, serve_ghost
from tests.publishers.sites import GhostSite


@pytest.fixture
def fake() -> Iterator[FakeGhost]:
    with serve_ghost() as ghost:
        yield ghost


@pytest.fixture
def site(fake: FakeGhost) -> GhostSite:
    """The fake one."""
    return GhostSite(url=fake.url, admin_key=ADMIN_KEY, fake=fake)


@pytest.fixture
def ghost() -> Iterator[GhostSite]:
    """A real one where `PMAGENT_GHOST_URL` names it (`make test-ghost`), else the fake one."""
    url, key = os.environ.get("PMAGENT_GHOST_URL"), os.environ.get("PMAGENT_GHOST_ADMIN_KEY")
    if url and key:
        real = GhostSite(url=url, admin_key=key, fake=None)
        yield real
        real.clear()
        return
    with serve_ghost() as made:
        yield GhostSite(url=made.url, admin_key=ADMIN_KEY, fake=made)

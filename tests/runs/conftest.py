"""A ground for each test, and a Ghost on loopback that it can send to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost, serve_ghost
from tests.runs.grounds import Ground, make_ground


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """No site is set up: a post goes to a folder. Nothing is indexed, for it costs time."""
    return make_ground(tmp_path, is_indexed=False)


@pytest.fixture
def ghost(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGhost]:
    """A site that the person has set up, on the garden's own clock."""
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)
    with serve_ghost() as site:
        site.now = ground.clock
        site.token_now = lambda: ground.clock().timestamp()
        ground.settings(ghost_url=site.url)
        yield site

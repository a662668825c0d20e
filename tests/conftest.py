"""Gardens to test with: real folders, a home of their own, one shared cache for the model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pmagent.garden import Garden

MakeGarden = Callable[..., Garden]

EPISODE = """WEBVTT

1
00:00:03.000 --> 00:00:09.500
<v Ana Ruiz>Pricing is a promise, not a number.

2
00:00:09.600 --> 00:00:15.000
<v Tom Okafor>And the lighthouse customers wanted an export they can keep offline.
"""

NOTE = """---
title: Pricing notebook
date: 2025-06-01
tags: [pricing]
---

# Tiers

We said nine dollars a seat. A seat is the wrong thing to count, so pricing moves to outcomes.

# Export

The export must work offline, see [[ep-041]].
"""


@pytest.fixture(autouse=True)
def _a_home_of_its_own(  # pyright: ignore[reportUnusedFunction]
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test reads or writes the developer's own gardens, settings or terminal preferences."""
    monkeypatch.setenv("PMAGENT_HOME", str(tmp_path / "home"))
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "EDITOR", "VISUAL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedder, made once for all tests, or once for all runs where a place is named."""
    named = os.environ.get("PMAGENT_TEST_CACHE")
    cache = Path(named) if named else tmp_path_factory.mktemp("model-cache")
    from pmagent.index.embed import ensure_exported  # noqa: PLC0415 - only where it is needed

    ensure_exported("all-MiniLM-L6-v2", cache)
    return cache


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A garden's folder with a transcript and a note."""
    root = tmp_path / "garden"
    (root / "notes").mkdir(parents=True)
    (root / "2024-03-14-ep-041.vtt").write_text(EPISODE, encoding="utf-8")
    (root / "notes" / "pricing.md").write_text(NOTE, encoding="utf-8")
    return root


@pytest.fixture
def garden(root: Path) -> Iterator[Garden]:
    """That folder as an open garden, not indexed yet; searched by words alone once it is."""
    with Garden.create(root) as opened:
        yield opened


@pytest.fixture
def meaningful(root: Path, tmp_path: Path, model_cache: Path) -> Iterator[Garden]:
    """That garden with the embedder at hand."""
    cache = tmp_path / "home" / "cache"
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.symlink_to(model_cache)
    with Garden.create(root) as opened:
        yield opened

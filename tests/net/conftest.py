"""One web server for each test, and one that speaks TLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.net.servers import Web, serve


@pytest.fixture
def web() -> Iterator[Web]:
    with serve() as web:
        yield web


@pytest.fixture
def secure_web() -> Iterator[Web]:
    with serve(tls=True) as web:
        yield web

"""Lets one thread at a time do what is made for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def one_at_a_time(work: Callable[P, T], turn: threading.Lock) -> Callable[P, T]:
    """`work`, done by one thread at a time of all that share `turn`."""

    def done(*given: P.args, **named: P.kwargs) -> T:
        with turn:
            return work(*given, **named)

    return done

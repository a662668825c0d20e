"""A process that exchanges two names as fast as it can, as somebody who attacks a garden would.

python -m tests.chaos.swapper A B [A B]…    until it is ended or its parent is
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXCHANGE = 2
HERE = -100


@contextmanager
def swapping(*names: Path) -> Iterator[None]:
    """Exchange the names, two by two, for the length of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.swapper", *map(str, names)],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        try:
            yield
        finally:
            process.kill()


def main() -> None:
    renameat2 = ctypes.CDLL(None).renameat2
    names = [os.fsencode(name) for name in sys.argv[1:]]
    pairs = list(zip(names[::2], names[1::2], strict=True))
    os.write(1, b".")
    parent, until = os.getppid(), time.monotonic() + 600
    while os.getppid() == parent and time.monotonic() < until:
        for _ in range(500):
            for one, other in pairs:
                renameat2(HERE, one, HERE, other, EXCHANGE)


if __name__ == "__main__":
    main()

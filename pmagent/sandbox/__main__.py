"""The first thing a child runs: lower its priority, tie it to its parent, become the module."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

GRACE_S = 5.0
INTERRUPTED = 130


def main() -> None:
    """Run `PROTOCOL NICENESS MODULE [ARGUMENT…]`."""
    protocol, niceness, module, *arguments = sys.argv[1:]
    if hasattr(os, "nice"):
        os.nice(int(niceness))
    if protocol == "lines":
        # A framed child reads its input itself and sees the end of it.
        threading.Thread(target=_end_with_parent, daemon=True, name="parent").start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """At the end of input interrupt as Ctrl-C would; end at once where that is not heeded."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(GRACE_S)
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()

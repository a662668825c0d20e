"""A worker that dies of every file but `well.csv`, as one does of a fault in a library."""

from __future__ import annotations

import os
import signal

from pmagent.index.parse_form import pack
from pmagent.sandbox.frames import Frame, serve
from pmagent.types import Block, Parsed


def answer(request: Frame) -> Frame:
    if request.header.get("path") == "well.csv":
        block = Block(text="well", first_line=1)
        return Frame({"ok": True}, pack(Parsed(blocks=(block,), format="table")))
    if "path" in request.header:
        os.kill(os.getpid(), signal.SIGSEGV)
    return Frame({"confined": False})


if __name__ == "__main__":
    serve(answer)

"""Calls the person when something waits for them (Notification) or a turn has ended (Stop).

A hook has no terminal of its own, so it gives the sequence to be sent: a notification where the
terminal knows one, else a bell. Nothing of the message can become another sequence.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping

BELL = "\a"
MAX_MESSAGE = 200
_SILENT = ("dumb", "linux", "vt")
_URXVT = ("rxvt", "foot")


def sequence(message: str, terminal: str) -> str:
    """What to send to a terminal whose TERM is `terminal`."""
    # A semicolon would begin another field; "4;" in OSC 9 is a progress bar.
    kept = "".join(c if c.isprintable() and c != ";" else " " for c in message)
    text = " ".join(kept.split())[:MAX_MESSAGE]
    if not text or terminal.startswith(_SILENT):
        return BELL
    if terminal.startswith(_URXVT):
        return f"\x1b]777;notify;pmagent;{text}{BELL}"
    return f"\x1b]9;{text}{BELL}"


def answer(event: Mapping[str, object], terminal: str) -> Mapping[str, object]:
    """What to say of an event; nothing where a stop was held up by another hook."""
    if event.get("hook_event_name") == "Stop":
        if event.get("stop_hook_active") is True:
            return {}
        message = "the answer is there"
    else:
        message = str(event.get("message") or "something waits for you")
    return {"terminalSequence": sequence(message, terminal)}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin), os.environ.get("TERM", "")), sys.stdout)

"""Two hundred scripted faults over real HTTP: none crashes, and what was said is kept."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

from pmagent.errors import ModelError
from pmagent.types.talk import Stopped, TextDelta
from tests.llm.conftest import KEY, OpenAt, StartServer, asking
from tests.llm.messages_server import Frame, Play, as_event, refuse, say

FAULTS = 200
SEED = 4
TEXT = "Pricing is a promise, not a number; a seat is the wrong thing to count. Ünïcode 🧀."
STATUSES = (400, 401, 403, 404, 413, 429, 500, 503, 529)
SHAPES = (b"[]", b"3", b'""', b"{}", b"null", b'{"type": 3}', b"[" * 9_000, b"{", b"\xff")


def test_two_hundred_faults_neither_crash_nor_lose_a_word(
    start_server: StartServer, open_at: OpenAt
) -> None:
    rng = random.Random(SEED)
    cases = [faulty(rng) for _ in range(FAULTS)]
    model = open_at(start_server([play for play, _ in cases]))
    faults = ends = 0

    for _, kept in cases:
        text, fault, has_ended = "", None, False
        try:
            for event in model.stream(asking()):
                text += event.text if isinstance(event, TextDelta) else ""
                has_ended = isinstance(event, Stopped)
        except ModelError as exc:
            fault = exc
        assert text.startswith(kept)
        assert has_ended is (fault is None)
        said = f"{fault.message}{fault.hint}" if fault else ""
        assert KEY not in said
        assert said.isprintable()
        faults += fault is not None
        ends += has_ended

    assert faults + ends == FAULTS
    assert faults > FAULTS // 2
    assert sum(thread.name == "pmagent-model" for thread in threading.enumerate()) <= 1


def faulty(rng: random.Random) -> tuple[Play, str]:
    """An answer with something wrong at a random place, and the words before that place."""
    plain = say(TEXT, uses=[("Read", {"file_path": "a.md"})] * rng.randrange(2), pieces=9).frames
    events = [as_event(frame) for frame in plain if isinstance(frame, dict)]
    place = rng.randrange(1, len(events))
    kept = words_in(plain[:place])
    before, after = tuple(events[:place]), tuple(events[place:])
    match rng.randrange(9):
        case 0:
            return Play(frames=tuple(events), cut_after=place), kept
        case 1:
            return Play(frames=tuple(events), ends_after=place), kept
        case 2:
            never = {"x-should-retry": "false"}
            return refuse(rng.choice(STATUSES), "odd", f"no {KEY}", **never), ""
        case 3:
            return Play(frames=(*before, damaged(rng, events[place]), *after[1:])), kept
        case 4:
            odd = b"event: content_block_delta\ndata: " + rng.choice(SHAPES) + b"\n\n"
            return Play(frames=(*before, odd, *after)), kept
        case 5:
            kind = rng.choice([b"overloaded_error", b"api_error", b"odd"])
            body = b'{"type": "error", "error": {"type": "' + kind + b'", "message": "x"}}'
            return Play(frames=(*before, b"event: error\ndata: " + body + b"\n\n")), kept
        case 6:
            kinds = ["text/html", "application/json", "", KEY]
            return Play(frames=tuple(events), content_type=rng.choice(kinds)), ""
        case 7:
            again = (events[place],) if rng.randrange(2) else ()
            return Play(frames=(*before, *again, *again, *after[1:])), kept
        case _:
            slow = rng.randrange(5, 60)
            return Play(frames=tuple(events), cut_after=place, bytes_at_once=slow), kept


def damaged(rng: random.Random, event: bytes) -> bytes:
    """An event with some bytes turned at random."""
    bytes_of = bytearray(event)
    for _ in range(rng.randrange(1, 6)):
        bytes_of[rng.randrange(len(bytes_of))] = rng.randrange(256)
    return bytes(bytes_of)


def words_in(frames: Sequence[Frame | bytes]) -> str:
    deltas = [frame.get("delta", {}) for frame in frames if isinstance(frame, dict)]
    return "".join(delta.get("text", "") for delta in deltas)

from __future__ import annotations

import json

from pmagent.publish.render import format_named
from tests.publish import kits

JSON = format_named("json")


def test_strings_stand_where_strings_are_looked_for() -> None:
    kit = kits.kit()
    told = json.loads(JSON.render(kit))

    assert told["titles"] == [idea.text for idea in kit.titles]
    assert told["description"] == kit.description.long
    assert told["short_description"] == kit.description.short
    assert [mention["text"] for mention in told["mentions"]] == [one.text for one in kit.mentions]
    assert [note["text"] for note in told["notes"]] == [note.text for note in kit.notes]
    assert [quote["text"] for quote in told["quotes"]] == [quote.text for quote in kit.quotes]


def test_every_part_says_where_it_stands() -> None:
    told = json.loads(JSON.render(kits.kit()))

    assert told["chapters"][1] == {
        "start_line": 10,
        "start_ms": 14_000,
        "title": "The Fennick chart",
        "is_estimate": False,
        "turn": 2,
        "titles": ["The Fennick chart, told again"],
        "strength": 0.75,
    }
    assert told["quotes"][0] == {
        "text": kits.SPOKEN[5][2],
        "path": kits.PATH,
        "line": 19,
        "last_line": 19,
        "start_ms": 188_000,
        "is_estimate": False,
        "speaker": kits.TOMAS,
    }
    assert told["fresh"][1]["last_before"]["date"] == "2030-11-20"
    assert told["mentions"][0]["seen_before"][0]["path"] == "transcripts/ep-09-ink.vtt"


def test_a_kit_without_times_has_null_for_each() -> None:
    told = json.loads(JSON.render(kits.kit(timed=False)))

    assert {chapter["start_ms"] for chapter in told["chapters"]} == {None}
    assert told["end_ms"] is None


def test_what_is_missing_is_named() -> None:
    assert JSON.check("x") == ("it is not JSON",)
    assert JSON.check("[]") == ("it is not an object",)
    told = json.loads(JSON.render(kits.kit()))
    told["description"] = {"long": "x"}
    del told["mentions"]

    assert JSON.check(json.dumps(told)) == (
        '"description" is not a text',
        '"mentions" is not a list',
    )

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.ingest.parse import parse
from pmagent.publish.render import format_named
from pmagent.publish.render._speech import longest_rising
from pmagent.publish.render.captions import Cue, cues_of
from pmagent.types import Block
from pmagent.types.publishing import Transcript, Turn
from tests.publish import kits

VTT, SRT = format_named("vtt"), format_named("srt")


def talk_of(*said: tuple[str | None, float | None, str], end_s: float | None = None) -> Transcript:
    """A transcript with these (speaker, second, words)."""
    turns = tuple(
        Turn(
            text=text,
            first_line=index + 1,
            last_line=index + 1,
            speaker=speaker,
            start_ms=None if second is None else round(second * 1000),
        )
        for index, (speaker, second, text) in enumerate(said)
    )
    return Transcript(
        document=kits.document(turns),
        turns=turns,
        end_ms=None if end_s is None else round(end_s * 1000),
    )


def times(cues: Sequence[Cue]) -> list[tuple[int, int]]:
    return [(cue.start_ms, cue.end_ms) for cue in cues]


def test_webvtt_is_read_back_with_its_voices_times_and_words() -> None:
    parsed = parse(VTT.render(kits.kit()).encode(), "captions.vtt")
    starts = {start for _, start, _ in kits.SPOKEN}
    said: list[tuple[str, int, str]] = []
    for block in parsed.blocks:
        second, text = (block.start_ms or 0) // 1000, " ".join(block.text.split())
        if second in starts:
            said.append((block.speaker or "", second, text))
        else:
            speaker, start, above = said.pop()
            assert block.speaker == speaker
            said.append((speaker, start, f"{above} {text}"))

    assert parsed.warnings == ()
    assert said == list(kits.SPOKEN)


def test_subrip_is_read_back_with_its_names_and_words() -> None:
    parsed = parse(SRT.render(kits.kit()).encode(), "captions.srt")
    said: dict[str, str] = {}
    for block in parsed.blocks:
        said[block.speaker or ""] = f"{said.get(block.speaker or '', '')} {block.text}"

    assert {name: " ".join(text.split()) for name, text in said.items()} == {
        name: " ".join(text for speaker, _, text in kits.SPOKEN if speaker == name)
        for name in (kits.WREN, kits.TOMAS)
    }


def test_a_cue_ends_with_its_words_where_a_silence_follows() -> None:
    cues = cues_of(talk_of((None, 0, "A short line."), (None, 60, "The next one.")), width=65)

    assert times(cues) == [(0, 13 * 90), (60_000, 61_000)]


def test_a_long_turn_is_cut_at_its_sentences_and_timed_by_its_words() -> None:
    words = "This is one sentence of a certain length that goes on. And this is the other."
    cues = cues_of(talk_of(("Ann", 10, words), ("Bo", 16.5, "Yes.")), width=60)

    assert [cue.lines for cue in cues] == [
        ("This is one sentence of a certain length that goes on.",),
        ("And this is the other.",),
        ("Yes.",),
    ]
    assert [cue.is_new_speaker for cue in cues] == [True, False, True]
    assert cues[0].start_ms == 10_000
    assert cues[0].end_ms == cues[1].start_ms == pytest.approx(10_000 + 6_500 * 55 / 77, abs=30)


def test_marks_inside_a_turn_are_kept_to() -> None:
    talk = talk_of(("Ann", 0, "The first cue of a long turn is here. The second begins late."))
    blocks = (
        Block(text="The first cue of a long\nturn is here.", first_line=1, start_ms=0),
        Block(text="The second begins late.", first_line=1, start_ms=30_000),
    )
    parsed = replace(talk.document.parsed, blocks=blocks)
    talk = replace(talk, document=replace(talk.document, parsed=parsed))

    assert [cue.start_ms for cue in cues_of(talk, width=40)] == [0, 30_000]


def test_a_clock_that_jumps_loses_its_jumps_alone() -> None:
    said = [("Ann", second, f"Words number {second}.") for second in (0, 10, 99_999, 20, 5, 30)]
    talk = talk_of(*said)
    made = VTT.make(replace(kits.kit(), transcript=talk))

    assert [cue.start_ms // 1000 for cue in cues_of(talk, width=65) if "99999" not in cue.lines[0]][
        :2
    ] == [0, 10]
    assert "2 times against the order of the others ignored" in made.remarks
    assert VTT.check(made.text) == ()


def test_a_transcript_that_begins_without_a_time_is_not_lost() -> None:
    talk = talk_of((None, None, "Some words at first."), (None, 60, "And the timed ones."))

    assert times(cues_of(talk, width=65)) == [(60_000 - 20 * 65, 60_000), (60_000, 61_235)]


def test_without_times_there_are_no_captions_and_the_reason_is_given() -> None:
    assert VTT.make(kits.kit(timed=False)).remarks == ("no captions: the transcript has no times",)
    assert SRT.make(kits.empty_kit()).remarks == ("no captions: nothing is said in it",)


def test_without_speakers_the_captions_have_no_names() -> None:
    text = VTT.render(kits.kit(named=False))

    assert "<v" not in text
    assert "the transcript names no speakers" in VTT.make(kits.kit(named=False)).remarks[-1]


def test_a_name_longer_than_a_line_is_cut() -> None:
    name = "Professor Doctor Maximiliana von und zu Hohenfels"
    made = SRT.render(replace(kits.kit(), transcript=talk_of((name, 0, "Good evening to you."))))

    assert made.splitlines()[2:] == ["Professor Doctor Maximiliana…:", "Good evening to you."]
    assert SRT.check(made) == ()


def test_words_that_look_like_markup_stay_words() -> None:
    talk = talk_of(("<b>Ann", 0, "if a < b && c --> d then <i>stop</i>"))
    kit = replace(kits.kit(), transcript=talk)

    assert "<v bAnn>if a &lt; b &amp;&amp; c --&gt; d then &lt;i&gt;stop&lt;/i&gt;" in VTT.render(
        kit
    )
    assert "if a ‹ b && c → d then" in " ".join(SRT.render(kit).split())


def test_a_megabyte_without_a_blank_is_cut_and_nothing_is_lost() -> None:
    talk = talk_of(("Ann", 0, "語" * 500_000), ("Bo", 9_000, "Yes."), end_s=9_001)
    cues = cues_of(talk, width=32, with_names=True)

    assert sum(line.count("語") for cue in cues for line in cue.lines) == 500_000
    assert all(above.end_ms <= below.start_ms for above, below in pairwise(cues))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "Ann", "Bo Carver"]),
            st.none() | st.floats(0, 5_000),
            st.lists(st.text("abcdé語.?,", min_size=1, max_size=40), max_size=25).map(" ".join),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([32, 65]),
)
def test_cues_never_overlap_and_hold_every_word_in_order(
    said: Sequence[tuple[str | None, float | None, str]], width: int
) -> None:
    cues = cues_of(talk_of(*said), width=width)
    spans = times(cues)

    assert all(start < end for start, end in spans)
    assert all(above[1] <= below[0] for above, below in pairwise(spans))
    assert all(len(cue.lines) <= 2 for cue in cues)
    assert all(0 < len(line) <= width for cue in cues for line in cue.lines)
    if any(second is not None and text.strip() for _, second, text in said):
        shown = "".join("".join(cue.lines) for cue in cues).replace(" ", "")
        assert shown == "".join(text for _, _, text in said).replace(" ", "")


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=12))
def test_what_is_kept_of_the_times_rises(points: list[tuple[int, int]]) -> None:
    ordered = sorted(points, key=lambda point: point[0])
    kept = longest_rising(ordered)

    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(kept))
    assert set(kept) <= set(points)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("00:00:01.000 --> 00:00:02.000\na\n", "it does not begin with WEBVTT"),
        ("WEBVTT\n", "it has no cues"),
        (
            "WEBVTT\n\n00:00:01.000 --> 00:00:05.000\na\n\n00:00:04.000 --> 00:00:06.000\nb\n",
            "cues overlap, or end before they begin",
        ),
        ("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ann>\n", "a cue is empty"),
        (
            f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{'a' * 66}\n",
            "a line has more than 65 characters",
        ),
    ],
)
def test_each_fault_of_captions_is_named(text: str, why: str) -> None:
    assert VTT.check(text) == (why,)

"""What a model is told is valid for every provider, whatever a turn was cut off in."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.agent.session_messages import CUT_OFF, NOT_RUN, valid_messages
from pmagent.agent.session_rows import map_texts, read_record, write_record
from pmagent.types.sessions import Stepped
from pmagent.types.talk import Message, Opaque, Part, Text, ToolAnswer, ToolUse

IDS = st.sampled_from("abc")
WORDS = st.sampled_from(("", " ", "\n", "a", "b c", "\udcff", "価"))
TEXTS = st.builds(Text, text=WORDS)
USER_PARTS = TEXTS | st.builds(ToolAnswer, id=IDS, text=WORDS)
MODEL_PARTS = (
    TEXTS
    | st.builds(ToolUse, id=IDS, tool=st.just("Read"), input=st.just({"path": "a"}))
    | st.builds(Opaque, data=st.just({"type": "thinking"}))
)


def unique_uses(parts: Sequence[Part]) -> tuple[Part, ...]:
    seen: dict[object, Part] = {}
    for part in parts:
        seen.setdefault(part.id if isinstance(part, ToolUse) else id(part), part)
    return tuple(seen.values())


MESSAGES = st.lists(
    st.builds(
        Message,
        role=st.just("user"),
        parts=st.lists(USER_PARTS, max_size=4).map(tuple),
    )
    | st.builds(
        Message,
        role=st.just("assistant"),
        parts=st.lists(MODEL_PARTS, max_size=4).map(unique_uses),
        is_partial=st.booleans(),
    ),
    max_size=8,
)


def answers(message: Message) -> list[str]:
    return [part.id for part in message.parts if isinstance(part, ToolAnswer)]


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_roles_alternate_a_person_begins_and_every_use_has_its_one_answer(
    messages: list[Message],
) -> None:
    told = valid_messages(messages)

    assert [m.role for m in told] == (["user", "assistant"] * len(told))[: len(told)]
    assert all(message.parts for message in told)
    assert not any(isinstance(p, Text) and not p.text.strip() for m in told for p in m.parts)
    wanted: list[str] = []
    for message in told:
        if message.role == "user":
            given_first = message.parts[: len(wanted)]
            assert [p.id for p in given_first if isinstance(p, ToolAnswer)] == wanted
            assert len(answers(message)) == len(wanted)
        wanted = [use.id for use in message.uses]
    assert wanted == []


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_making_messages_valid_twice_changes_nothing_more(messages: list[Message]) -> None:
    once = valid_messages(messages)

    assert valid_messages(once) == once


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_a_message_is_read_again_as_it_was_written(messages: list[Message]) -> None:
    for message in messages:
        record = Stepped(turn="t", message=message)

        assert read_record(write_record(record)) == record
        assert map_texts(record, lambda text: text) == record


def test_words_that_broke_off_are_kept_and_marked_and_a_half_written_use_is_not_told() -> None:
    cut = Message(
        role="assistant",
        parts=(
            Opaque(data={"type": "thinking"}),
            Text(text="Ana said that pri"),
            ToolUse(id="u", tool="Read", input={}, problem="broken JSON"),
        ),
        is_partial=True,
    )

    [_, kept, _] = valid_messages([user("one"), cut, user("two")])

    assert not kept.is_partial
    assert kept.parts == (Text(text="Ana said that pri"), Text(text=CUT_OFF))


def test_a_cut_answer_keeps_the_uses_that_were_run() -> None:
    uses = tuple(ToolUse(id=one, tool="Read", input={}) for one in "ab")
    cut = Message(role="assistant", parts=uses, is_partial=True)
    given = ToolAnswer(id="a", text="A line.")

    told = valid_messages([user("one"), cut, Message(role="user", parts=(given,))])

    assert [message.parts for message in told[1:]] == [(uses[0],), (given,)]


def test_a_use_that_was_never_run_is_answered_as_such() -> None:
    use = ToolUse(id="u", tool="Read", input={})
    whole = Message(role="assistant", parts=(use,))

    [_, _, last] = valid_messages([user("one"), whole, user("two")])

    assert last.parts == (ToolAnswer(id="u", text=NOT_RUN, is_error=True), Text(text="two"))


def user(text: str) -> Message:
    return Message(role="user", parts=(Text(text=text),))

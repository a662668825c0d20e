"""Messages as every provider takes them, whatever a turn was cut off in. Pure.

Roles alternate, a person begins, every use of a tool is answered in the message behind it and
nothing else is, and no part is empty. Words are never dropped; what broke off is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from pmagent.types.talk import Message, Part, Text, ToolAnswer, ToolUse

CUT_OFF = "[The answer was cut off here.]"
NOT_RUN = "The turn ended before this tool was used. Nothing was done."
_SUMMARY = "What was said before, in short:"


def summary_message(summary: str) -> Message:
    """The first message of a conversation whose beginning is told as `summary`."""
    return Message(role="user", parts=(Text(text=f"{_SUMMARY}\n\n{summary}"),))


def closing_message(reason: str) -> Message:
    """What stands for an answer that never began, so that the next request is not taken for it."""
    return Message(role="assistant", parts=(Text(text=f"[There is no answer: {reason}.]"),))


def valid_messages(messages: Iterable[Message]) -> list[Message]:
    """`messages` in the form that the module speaks of. Doing it twice changes nothing more."""
    given = list(messages)
    followed = zip_longest(given, given[1:])
    told = _begun(_merged(_whole(message, behind) for message, behind in followed))
    while (mended := _begun(_merged(_answered(told)))) != told:
        told = mended  # what was emptied may have stood between two of one role
    return told


def join_turns(turns: Iterable[Sequence[Message]]) -> list[Message]:
    """The valid messages of one turn after another as one valid conversation."""
    return _merged(message for turn in turns for message in turn)


def _begun(messages: list[Message]) -> list[Message]:
    """From the first message of a person on."""
    first = next((place for place, one in enumerate(messages) if one.role == "user"), len(messages))
    return messages[first:]


def _whole(message: Message, behind: Message | None) -> Message:
    """What of a message was whole, without empty words; a cut one then says so.

    A cut one keeps its words and the uses that were answered in the message `behind` it.
    """
    if message.is_partial:
        return Message(role=message.role, parts=_whole_parts(message, behind))
    if all(_has_words(part) for part in message.parts):
        return message
    return replace(message, parts=tuple(part for part in message.parts if _has_words(part)))


def _whole_parts(message: Message, behind: Message | None) -> tuple[Part, ...]:
    answered = {part.id for part in behind.parts if isinstance(part, ToolAnswer)} if behind else ()
    if any(use.id in answered for use in message.uses):
        return tuple(
            part
            for part in message.parts
            if _has_words(part) and not (isinstance(part, ToolUse) and part.id not in answered)
        )
    # A provider's own part may have no end, and is refused by it then.
    kept = [part for part in message.parts if isinstance(part, Text) and _has_words(part)]
    return (*kept, Text(text=CUT_OFF)) if kept else ()


def _has_words(part: Part) -> bool:
    return not isinstance(part, Text) or bool(part.text and not part.text.isspace())


def _merged(messages: Iterable[Message]) -> list[Message]:
    """No two of one role in a row, none without parts."""
    told: list[Message] = []
    for message in messages:
        if not message.parts:
            continue
        if told and told[-1].role == message.role:
            last = told.pop()
            message = replace(message, parts=(*last.parts, *message.parts))
        told.append(message)
    return told


def _answered(messages: Sequence[Message]) -> Iterable[Message]:
    """Each use of a tool with its answer, each answer with its use."""
    wanted: list[str] = []
    for message in messages:
        if message.role == "user":
            is_plain = not any(isinstance(part, ToolAnswer) for part in message.parts)
            yield message if is_plain and not wanted else _with_answers(message.parts, wanted)
        else:
            yield message
        wanted = [use.id for use in message.uses]
    if wanted:
        yield _with_answers((), wanted)


def _with_answers(parts: Sequence[Part], wanted: Sequence[str]) -> Message:
    """A person's message that begins with one answer to each use that is `wanted`."""
    given: dict[str, ToolAnswer] = {}
    for part in parts:
        if isinstance(part, ToolAnswer):
            given.setdefault(part.id, part)
    answers = [given.get(one) or ToolAnswer(id=one, text=NOT_RUN, is_error=True) for one in wanted]
    rest = [part for part in parts if not isinstance(part, ToolAnswer)]
    return Message(role="user", parts=(*answers, *rest))

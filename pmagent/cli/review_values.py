"""The values that a person gives for a review: typed, read from a file, or written in an editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pmagent.cli.batch import read_source
from pmagent.cli.editor import edit_text
from pmagent.cli.output import Output
from pmagent.cli.reviewing import show_lines
from pmagent.errors import UsageError
from pmagent.reviews.typed import editable, read_edited
from pmagent.types.actions import Json
from pmagent.types.reviews import Review


def edited_values(review: Review, words: Sequence[str]) -> Mapping[str, Json]:
    """The values that are not as they were, by name.

    `name=text`, `name=@file`, or a name alone, which opens the editor; without any word the only
    value there is.

    Raises:
        UsageError: a word names no value, or what is written cannot be one.
        PmagentError: no editor is named, or it cannot be used.
    """
    names = ", ".join(review.shown)
    if not review.shown:
        raise UsageError("it shows no value that could be changed", "accept or reject it")
    if not words and len(review.shown) > 1:
        first = next(iter(review.shown))
        raise UsageError(
            f"it shows {len(review.shown)} values: {names}",
            f"name one: pmagent review edit {review.id} {first}",
        )
    edits: dict[str, Json] = {}
    for word in words or tuple(review.shown):
        name, sign, text = word.partition("=")
        if name not in review.shown:
            raise UsageError(f'"{word}" names no value of it', f"it shows: {names}")
        before = review.shown[name]
        value = read_edited(_text(text) if sign else _edited(before), before, name)
        if value != before:
            edits[name] = value
    return edits


def typed_answer(review: Review, value: str | None, output: Output) -> str:
    """What is answered, as it is typed; where nothing is, an editor opens for it.

    Raises:
        UsageError: a file cannot be read.
        PmagentError: no editor is named, or it cannot be used.
    """
    if value is not None:
        return _text(value)
    for line in show_lines(review, output, is_asked=True):
        output.say(line)
    return edit_text("", ".md")


def _text(typed: str) -> str:
    return read_source(typed[1:]) if typed.startswith("@") else typed


def _edited(value: Json) -> str:
    text, suffix = editable(value)
    return edit_text(text, suffix)

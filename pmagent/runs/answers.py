"""What a person types for a value that a run asks for, held against its type before it is kept."""

from __future__ import annotations

from pmagent.errors import UsageError
from pmagent.procedures.engine.asking import answer_problems
from pmagent.procedures.language.shapes import parse_shape
from pmagent.reviews.typed import read_answer
from pmagent.types.actions import Json
from pmagent.types.runs import Answered


def read_fitting(typed: str, shape: str) -> Json:
    """The value that was typed for a short type such as `str 20..200`.

    Raises:
        UsageError: it does not fit, and why; nothing is decided by it.
    """
    value = read_answer(typed, shape)
    if not shape:
        return value
    problems = answer_problems(Answered(value=value), parse_shape(shape))
    if problems:
        raise UsageError(f"it does not fit: {problems[0]}", f"what is wanted: {shape}")
    return value

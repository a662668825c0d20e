"""`text.*`: small things a step needs of words."""

from __future__ import annotations

from pmagent.functions._arguments import Given, text_of, whole_of
from pmagent.functions._cited import without_marks
from pmagent.publish.wording import clip
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter


def _words(given: Given, desk: CallDesk) -> Json:
    del desk
    return len(without_marks(text_of(given, "text")).split())


def _cut(given: Given, desk: CallDesk) -> Json:
    del desk
    return clip(" ".join(text_of(given, "text").split()), whole_of(given, "most", 160))


functions = (
    Function(
        spec=CallSpec(
            name="text.words",
            summary="How many words a text has, without its marks",
            parameters=(Parameter(name="text", shape="any"),),
            gives="int",
        ),
        run=_words,
    ),
    Function(
        spec=CallSpec(
            name="text.cut",
            summary="A text on one line, ended on a whole word within so many characters",
            parameters=(
                Parameter(name="text", shape="any"),
                Parameter(name="most", shape="int", is_optional=True),
            ),
            gives="str",
        ),
        run=_cut,
    ),
)

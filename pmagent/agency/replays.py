"""`--model scripted:FILE`: a model that replays a file, to show and to try things out with.

The file is JSON: a list of answers, each an object with `text`, `uses` (a list of `[tool, input]`)
and `stop` (a stop reason), all of which may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pmagent.errors import UsageError
from pmagent.llm.scripted import Answering, ScriptedModel
from pmagent.paths import reason_of
from pmagent.types.actions import Json
from pmagent.types.talk import StopReason

REPLAY = "scripted:"
MAX_BYTES = 10_000_000


class _Answer(BaseModel):
    """One answer, as it is written."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    uses: tuple[tuple[str, dict[str, object]], ...] = ()
    stop: StopReason | None = None


_ANSWERS = TypeAdapter(Annotated[list[_Answer], Field(max_length=10_000)])


def open_replay(path: str) -> ScriptedModel:
    """The model that replays a file.

    Raises:
        UsageError: there is no such file, or it is no list of answers.
    """
    try:
        data = Path(path).expanduser().read_bytes()[:MAX_BYTES]
    except OSError as exc:
        raise UsageError(f'cannot read the replay "{path}": {reason_of(exc)}') from exc
    try:
        answers = _ANSWERS.validate_json(data)
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f'"{path}" is no replay: {place}: {first["msg"].lower()}',
            'write a list such as [{"text": "hello"}, {"uses": [["Search", {"query": "x"}]]}]',
        ) from exc
    return ScriptedModel([
        Answering(
            text=one.text,
            uses=tuple((tool, cast("Mapping[str, Json]", given)) for tool, given in one.uses),
            reason=one.stop,
        )
        for one in answers
    ])

"""`--json-schema`: the JSON Schema that an answer has to fit, and whether it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pmagent.errors import UsageError
from pmagent.paths import reason_of
from pmagent.types.actions import Json

_FENCE = "```"


def read_schema(text: str) -> Mapping[str, Json]:
    """The schema: `text` itself where it begins with a brace, else the file it names.

    Raises:
        UsageError: it cannot be read, or is no JSON Schema.
    """
    import jsonschema  # noqa: PLC0415 - only where a schema is given

    whole = text if text.lstrip().startswith("{") else _read(text)
    try:
        schema = cast("object", json.loads(whole))
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"--json-schema is not JSON: {exc}", "give one JSON object") from exc
    if not isinstance(schema, dict):
        raise UsageError("--json-schema is not a JSON object", 'begin it with "{"')
    made = cast("dict[str, Json]", schema)
    try:
        jsonschema.Draft202012Validator.check_schema(made)
    except jsonschema.SchemaError as exc:
        raise UsageError(f"--json-schema is no JSON Schema: {exc.message}", "mend it") from exc
    return made


def fit(text: str, schema: Mapping[str, Json]) -> tuple[Json, str]:
    """The value that `text` holds, and why it does not fit; empty where it does."""
    import jsonschema  # noqa: PLC0415 - as in `read_schema`

    words = text.strip()
    if words.startswith(_FENCE) and words.endswith(_FENCE):
        words = words.removesuffix(_FENCE).partition("\n")[2]
    try:
        value = cast("Json", json.loads(words))
    except (ValueError, RecursionError):
        return None, "the answer is not JSON, as --json-schema wants it"
    try:
        jsonschema.validate(value, dict(schema), cls=jsonschema.Draft202012Validator)
    except jsonschema.ValidationError as exc:
        return value, f"the answer does not fit --json-schema: {exc.message}"
    return value, ""


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = reason_of(exc) if isinstance(exc, OSError) else "it is not UTF-8"
        raise UsageError(f'cannot read "{name}": {reason}') from exc

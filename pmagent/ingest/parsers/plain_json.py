"""JSON of no known shape: its values on their lines, while the file is small enough to be notes."""

from __future__ import annotations

import json
import re
from typing import cast

from pmagent.errors import SkipError
from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Draft
from pmagent.types import Parsed

_MOST_CHARACTERS = 1_000_000
"""A larger file is a machine's, and its text would drown what people wrote."""
_TOKEN = re.compile(r'"|\n|(?<![\w.])-?\d[\d.eE+-]{0,40}')
_STRICT = json.JSONDecoder(strict=True)
"""A string that goes over a line end is a quote nobody closed."""
_COLON = re.compile(r"\s*:")


class _PlainJson:
    suffixes = frozenset({".json", ".jsonl", ".ndjson", ".geojson"})

    def fit(self, source: Source) -> Fit:
        """Anything with the name, where no parser knows the shape."""
        return Fit.NAME if source.text.lstrip()[:1] in {"{", "[", '"'} else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block a run of lines with values."""
        if len(source.text) > _MOST_CHARACTERS:
            raise SkipError("JSON of no known shape, larger than 1 MB")
        draft = Draft()
        for number, values in enumerate(_lines(source.text), 1):
            if values:
                draft.add(number, "; ".join(values))
            else:
                draft.close()
        draft.close()
        return Parsed(blocks=tuple(draft.blocks), format="json", warnings=source.decoded.warnings)


def _lines(text: str) -> list[list[str]]:
    """The strings and numbers on each line, a key joined with the value behind it."""
    lines: list[list[str]] = [[]]
    key = ""
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        if match.group() == "\n":
            lines.append([])
            continue
        value = match.group()
        if value == '"':
            value, at = _string(text, at)
            if _COLON.match(text, at):
                key = f"{value}: "
                continue
        lines[-1].append(key + " ".join(value.split()))
        key = ""
    return lines


def _string(text: str, at: int) -> tuple[str, int]:
    try:
        return cast("tuple[str, int]", _STRICT.raw_decode(text, at - 1))
    except ValueError:
        return "", at


PARSER = _PlainJson()

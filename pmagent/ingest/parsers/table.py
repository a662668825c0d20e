"""Tables as text: one block a record, whatever line ends its quoted values hold."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from pmagent.ingest.parsers import MOST_BLOCKS, Fit, Source
from pmagent.types import Block, Parsed

_DELIMITERS = ",;\t|"
_HEAD_LINES = 5


class _Table:
    suffixes = frozenset({".csv", ".tsv"})

    def fit(self, source: Source) -> Fit:
        """Any text with the name."""
        return Fit.NAME if source.text else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """The values of each record, separated by semicolons."""
        lines = source.lines
        delimiter = "\t" if source.suffix == ".tsv" else _delimiter(lines[:_HEAD_LINES])
        blocks: list[Block] = []
        warnings = source.decoded.warnings
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
        first_line = 1
        try:
            for record in islice(reader, MOST_BLOCKS + 1):
                blocks.extend(_block(record, first_line))
                first_line = reader.line_num + 1
        except csv.Error:
            # Mostly a quote that never closes: what follows it is lines, not records.
            warnings += (f"the table is damaged below line {first_line}: read as lines",)
            blocks.extend(
                Block(text=line, first_line=number)
                for number, line in enumerate(lines[first_line - 1 :], first_line)
                if line.strip()
            )
        return Parsed(blocks=tuple(blocks), format="table", warnings=warnings)


def _block(record: list[str], first_line: int) -> Iterator[Block]:
    values = [value.strip(" \t") for value in record]
    text = "; ".join(value for value in values if value)
    if text.strip():
        yield Block(text=text.rstrip("\n"), first_line=first_line)


def _delimiter(lines: list[str]) -> str:
    """The separator that the first lines use most."""
    head = "\n".join(line[:2000] for line in lines)
    return max(_DELIMITERS, key=head.count)


PARSER = _Table()

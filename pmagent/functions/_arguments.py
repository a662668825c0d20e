"""A step's arguments read once: a document, a text, a list; what is none of it is said plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk

Given = Mapping[str, Json]


@dataclass(frozen=True, kw_only=True)
class Doc:
    """A document that a step was given."""

    path: str
    title: str
    text: str
    digest: str
    """Of the bytes that the run has read; empty where the step was given a path."""


def document_of(given: Given, name: str, desk: CallDesk) -> Doc:
    """The document at `name`: an object of kind `document`, or a path.

    Raises:
        UsageError: it is neither, or no document fits the path.
    """
    value = given.get(name)
    if isinstance(value, str):
        path = desk.archive.resolve(value)
        found = desk.archive.document(path)
        text = "\n".join(block.text for block in found.parsed.blocks)
        return Doc(path=path, title=found.title, text=text, digest="")
    if isinstance(value, Mapping) and value.get("kind") == "document":
        return Doc(
            path=text_in(value, "path"),
            title=text_in(value, "title"),
            text=text_in(value, "text"),
            digest=text_in(value, "sha256"),
        )
    raise UsageError(f'"{name}" is no document', 'give what a "Read" step read, or a path')


def fresh_path(doc: Doc, desk: CallDesk) -> str:
    """The document's path, where its file still holds what the run has read.

    Raises:
        UsageError: it has changed since.
    """
    if doc.digest and desk.archive.document(doc.path).digest != doc.digest:
        raise UsageError(
            f'"{doc.path}" has changed since this run read it',
            "start a new run, so that every part of it speaks of the same words",
        )
    return doc.path


def text_in(record: Mapping[str, Json], name: str) -> str:
    """A field's text; empty where it holds none."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def number_in(record: Mapping[str, Json], name: str) -> int:
    """A field's whole number; 0 where it holds none."""
    value = record.get(name)
    return value if isinstance(value, int) else 0


def text_of(given: Given, name: str) -> str:
    """The text at `name`, or the text of the document at it.

    Raises:
        UsageError: it is neither.
    """
    value = given.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and value.get("kind") == "document":
        return text_in(value, "text")
    raise UsageError(f'"{name}" is no text', "give words, or a document")


def whole_of(given: Given, name: str, default: int) -> int:
    """The whole number at `name`; `default` where it is left out.

    Raises:
        UsageError: it is no whole number above 0.
    """
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f'"{name}" is no whole number above 0', f"such as {default}")
    return value


def share_of(given: Given, name: str, default: float) -> float:
    """The number from 0 to 1 at `name`; `default` where it is left out.

    Raises:
        UsageError: it is none.
    """
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UsageError(f'"{name}" is no number from 0 to 1', f"such as {default}")
    return float(value)


def list_of(given: Given, name: str) -> Sequence[Json]:
    """The list at `name`; empty where it is left out.

    Raises:
        UsageError: it is no list.
    """
    value = given.get(name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise UsageError(f'"{name}" is no list')
    return value


def texts_of(given: Given, name: str) -> tuple[str, ...]:
    """The list of texts at `name`; one text is a list of one.

    Raises:
        UsageError: it is neither.
    """
    value = given.get(name)
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in list_of(given, name) if isinstance(one, str))


def records_of(given: Given, name: str) -> tuple[Mapping[str, Json], ...]:
    """The list of records at `name`.

    Raises:
        UsageError: it is no list, or holds something else.
    """
    rows = list_of(given, name)
    found = tuple(one for one in rows if isinstance(one, Mapping))
    if len(found) < len(rows):
        raise UsageError(f'"{name}" holds something that is no record')
    return found


def record_of(given: Given, name: str) -> Mapping[str, Json]:
    """The record at `name`.

    Raises:
        UsageError: it is none.
    """
    value = given.get(name)
    if not isinstance(value, Mapping):
        raise UsageError(f'"{name}" is no record')
    return value

"""What several built-ins say alike."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import CommandGarden
from pmagent.types.turns import Noted


def notes_of(garden: CommandGarden) -> Iterator[Noted]:
    """What is degraded while an answer is given."""
    for note in garden.notes():
        yield Noted(text=note, kind="warning")

"""`/show-notes`: the show notes of one transcript."""

from __future__ import annotations

from pmagent.commands.builtin._kits import part_command

builtin = part_command(
    "show-notes",
    "show-notes",
    "Show notes for a transcript, every line cited",
    "shownotes",
    "notes",
)

"""`/chapters`: the chapters of one transcript."""

from __future__ import annotations

from pmagent.commands.builtin._kits import part_command

builtin = part_command(
    "chapters",
    "chapters",
    "Chapters of a transcript: where its parts begin, and what they are called",
    "chapter",
)

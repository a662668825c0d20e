"""`/titles`: five titles of one transcript, each of another kind."""

from __future__ import annotations

from pmagent.commands.builtin._kits import part_command

builtin = part_command(
    "titles", "titles", "Five titles of different kinds for a transcript", "title"
)

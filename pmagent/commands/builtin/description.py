"""`/description`: what one transcript is about, in two lengths."""

from __future__ import annotations

from pmagent.commands.builtin._kits import part_command

builtin = part_command(
    "description", "description", "A short and a long description of a transcript"
)

"""`/mentions`: who and what one transcript names."""

from __future__ import annotations

from pmagent.commands.builtin._kits import part_command

builtin = part_command(
    "mentions", "mentions", "People, books, tools and companies a transcript names, and where else"
)

"""`/help`: every command there is, by what it is for, and one of them with its details."""

from __future__ import annotations

import pytest

from pmagent.commands.bench import builtins
from pmagent.commands.builtin.help import help_markdown, one_markdown
from pmagent.errors import UsageError
from tests.commands.builtin.conftest import ROWS
from tests.plain.small_talk import COMMANDS


def test_every_command_is_listed_once_with_what_it_takes() -> None:
    shown = help_markdown((*ROWS, *COMMANDS[2:]), builtins())

    for row in (*ROWS, *COMMANDS[2:]):
        assert shown.count(f"- `/{row.name}") == 1 + sum(
            other.name.startswith(row.name) and other != row for other in (*ROWS, *COMMANDS[2:])
        )
    assert "`/digest FILE`: A transcript in short" in shown


def test_the_groups_stand_in_the_order_of_use() -> None:
    shown = help_markdown((*ROWS, *COMMANDS[2:]), builtins())

    titles = [line[3:] for line in shown.split("\n") if line.startswith("## ")]
    assert titles == [
        "Ask the archive", "Jobs that ship", "Publish and check", "Plan the week",
        "This conversation",
        "This garden", "pmagent",
        "Of this garden",
    ]  # fmt: skip


def test_one_command_is_told_with_its_other_names_by_any_of_them() -> None:
    by_alias = one_markdown("w", ROWS, builtins())

    assert by_alias == one_markdown("where", ROWS, builtins())
    assert by_alias.startswith("# /where\n\n")
    assert "Also: `/w`, `/map`" in by_alias
    assert "Flags stand last" in by_alias


def test_a_mistyped_name_suggests_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        one_markdown("wehre", ROWS, builtins())

    assert caught.value.hint == 'did you mean "/where"?'

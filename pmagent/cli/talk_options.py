"""The flags of a conversation without a screen: shared by `-p`, `run` and `--plain`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import ParamSpec, TypeVar, cast, get_args

import click

from pmagent.cli.schema_option import read_schema
from pmagent.errors import AccessError, UsageError
from pmagent.types.actions import Mode
from pmagent.types.conversing import Opening
from pmagent.types.procedures import Autonomy
from pmagent.types.turns import Budget

P = ParamSpec("P")
R = TypeVar("R")


def opening_options(function: Callable[P, R]) -> Callable[P, R]:
    """Which garden, model and session, and what may be used."""
    for option in (
        click.option(
            "--no-session", is_flag=True, help="Write nothing of this conversation down."
        ),
        click.option(
            "--append-system-prompt", default="", metavar="TEXT",
            help="Put TEXT behind the model's instructions.",
        ),
        click.option(
            "--permission-mode", metavar="MODE",
            help="default, acceptEdits, plan or dontAsk.",
        ),
        click.option(
            "--disallowedTools", "--disallowed-tools", "disallowed", multiple=True,
            metavar="RULES", help='Never use these: "Bash", "Read(private/**)".',
        ),
        click.option(
            "--allowedTools", "--allowed-tools", "allowed", multiple=True, metavar="RULES",
            help='Use these unasked: "Edit(/drafts/**)", "Bash(git add:*)".',
        ),
        click.option(
            "--fork-session", is_flag=True, help="Go on with a copy of the session."
        ),
        click.option("-r", "--resume", default="", metavar="ID", help="Go on with this session."),
        click.option("-c", "--continue", "continued", is_flag=True,
                     help="Go on with the latest session."),
        click.option("--model", default="", metavar="NAME", help="offline, fast, deep or an id."),
        click.option("--garden", metavar="DIR", default=".", show_default=False,
                     help="The garden; else the one this folder is in."),
    ):  # fmt: skip
        function = option(function)
    return function


def turn_options(function: Callable[P, R]) -> Callable[P, R]:
    """How much one turn may use, and how it is told."""
    for option in (
        click.option("--verbose", is_flag=True, hidden=True),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr on the way."),
        click.option("--json-schema", default="", metavar="FILE",
                     help="JSON Schema that the answer has to fit: a file, or the JSON itself."),
        click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
                     help="Stop after so long."),
        click.option("--max-budget-usd", default="", metavar="X",
                     help="Stop before more than X dollars are spent."),
        click.option("--max-turns", type=click.IntRange(1), metavar="N",
                     help="Ask the model at most N times."),
        click.option("--output-format", type=click.Choice(["text", "json", "stream-json"]),
                     default="text", show_default=True, help="How the result is written."),
    ):  # fmt: skip
        function = option(function)
    return function


def opening_of(flags: Mapping[str, object], *, is_attended: bool) -> Opening:
    """How the conversation is to begin.

    Raises:
        UsageError: flags exclude each other, or one has no meaning.
        AccessError: a mode is named that only a person sets.
    """
    session, is_continued = str(flags["resume"]), bool(flags["continued"])
    is_forked = bool(flags["fork_session"])
    if session and is_continued:
        raise UsageError("--continue and --resume exclude each other", "leave one of them out")
    if is_forked and not session and not is_continued:
        raise UsageError("--fork-session copies nothing", "add --resume ID or --continue")
    schema = str(flags.get("json_schema") or "")
    return Opening(
        model=str(flags["model"]),
        session=session,
        is_continued=is_continued,
        is_forked=is_forked,
        is_kept=not flags["no_session"],
        is_attended=is_attended,
        allowed_tools=split_rules(cast("tuple[str, ...]", flags["allowed"])),
        disallowed_tools=split_rules(cast("tuple[str, ...]", flags["disallowed"])),
        mode=_mode(str(flags["permission_mode"] or "")),
        appended=str(flags["append_system_prompt"]),
        output_schema=read_schema(schema) if schema else None,
        is_dry=bool(flags.get("dry_run")),
        has_step_model=not flags.get("no_model"),
        autonomy=cast("Autonomy | None", flags.get("autonomy")),
    )


def budget_of(flags: Mapping[str, object]) -> Budget | None:
    """The limits that were given; None where none was.

    Raises:
        UsageError: the amount of money is none.
    """
    steps = cast("int | None", flags["max_turns"])
    cost = _dollars(str(flags["max_budget_usd"]))
    time_s = cast("float | None", flags["timeout"])
    if steps is None and cost is None and time_s is None:
        return None
    usual = Budget()
    return Budget(steps=steps or usual.steps, cost_usd=cost, time_s=time_s)


def split_rules(given: tuple[str, ...]) -> tuple[str, ...]:
    """Rules written as `A, B` or `A B` in one word or several; never split inside brackets."""
    rules: list[str] = []
    for text in given:
        depth, word = 0, ""
        for character in f"{text},":
            depth += (character == "(") - (character == ")")
            if depth <= 0 and character in ", \t\n":
                rules.extend([word] if word else [])
                word = ""
            else:
                word += character
    return tuple(dict.fromkeys(rules))


def _mode(name: str) -> Mode | None:
    if not name:
        return None
    known = get_args(Mode)
    wanted = "default" if name == "manual" else name
    if wanted == "bypassPermissions":
        raise AccessError(
            "no command line switches every question off",
            "name what may be used with --allowedTools, or raise the level: "
            '"pmagent garden level edit"',
        )
    if wanted not in known:
        raise UsageError(
            f'there is no permission mode "{name}"', "default, acceptEdits, plan or dontAsk"
        )
    return cast("Mode", wanted)


def _dollars(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation as exc:
        raise UsageError(f'--max-budget-usd "{text}" is no amount', "write 0.50") from exc
    if not amount.is_finite() or amount <= 0:
        raise UsageError(f'--max-budget-usd "{text}" is no amount above 0', "write 0.50")
    return amount

"""`pmagent -p`: one prompt, answered without a person, for scripts and pipes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import click

from pmagent.cli import codes
from pmagent.cli.events import Format, Who, failure_object, json_line
from pmagent.cli.headless import Errand, Nobody, carry_out
from pmagent.cli.piped import read_beside, read_prompt, with_piped
from pmagent.cli.schema_option import fit
from pmagent.cli.talk_options import budget_of, opening_of, opening_options, turn_options
from pmagent.errors import PmagentError, UsageError
from pmagent.garden import Garden
from pmagent.types.conversing import Conversation, Opening

LONGEST_PROMPT = 100_000
"""Characters of the words themselves; more is a document, and is piped in or named."""


@click.command(short_help="Answer one prompt without a person.")
@click.option("-p", "--print", "is_print", is_flag=True, help="Answer, and end.")
@click.argument("prompt", nargs=-1)
@turn_options
@opening_options
def command(prompt: tuple[str, ...], **flags: object) -> int:
    """Answer PROMPT on stdout; "-" reads it from stdin, which otherwise is read as words beside it.

    Nobody is asked: what would need a yes is not done, is named on stderr, and ends with code 5.
    """
    return answer(" ".join(prompt), flags)


def answer(prompt: str, flags: Mapping[str, object]) -> int:
    """Run one turn as the flags say; the exit code. What breaks is told as JSON where asked for."""
    form = cast("Format", flags["output_format"])
    try:
        return _answer(prompt, form, flags)
    except PmagentError as exc:
        if form != "text":
            value = failure_object(exc.message, exc.hint, codes.code_of(exc))
            click.echo(json_line(value))
        raise


def who_answers(talk: Conversation, garden: Garden, opening: Opening) -> Who:
    """What the first line of a stream tells."""
    return Who(
        session_id=talk.session.id,
        model=talk.model.id,
        context_tokens=talk.model.context_tokens,
        cwd=str(garden.root),
        tools=tuple(garden.gatehouse.tools),
        commands=tuple(row.name for row in talk.commands()),
        agents=tuple(agent.name for agent in talk.agents()),
        mode=opening.mode or garden.rights.book.mode,
    )


def _answer(prompt: str, form: Format, flags: Mapping[str, object]) -> int:
    opening = opening_of(flags, is_attended=False)
    budget = budget_of(flags)
    text = _whole(prompt)
    schema = opening.output_schema
    errand = Errand(
        text=text,
        form=form,
        budget=budget,
        is_quiet=bool(flags["quiet"]),
        fits=(lambda said: fit(said, schema)) if schema is not None else None,
        garden=str(flags["garden"]),
    )
    nobody = Nobody()
    with Garden.find(str(flags["garden"])) as garden:
        garden.set_asker(nobody)
        talk = garden.converse(opening)
        return carry_out(errand, talk, nobody, who_answers(talk, garden, opening))


def _whole(prompt: str) -> str:
    """The prompt with what was piped in.

    Raises:
        UsageError: there is none, or it is too long.
    """
    words = prompt.strip()
    if words in {"", "-"}:
        words = read_prompt().strip()
        piped = ""
    else:
        # A command takes its arguments and no more.
        piped = "" if words.startswith(("/", "!")) else read_beside()
    if not words:
        raise UsageError("the prompt is empty", 'for example: pmagent -p "what did we promise?"')
    if len(words) > LONGEST_PROMPT:
        raise UsageError(
            f"the prompt has {len(words):,} characters, more than {LONGEST_PROMPT:,}",
            "pipe the long part in, or put it into a file of the garden",
        )
    return with_piped(words, piped)

"""`pmagent run`: a slash command, a shell command or a question, run once without a person."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from pmagent.cli.named_files import place_files
from pmagent.cli.prompt_mode import answer
from pmagent.cli.talk_options import opening_options, turn_options
from pmagent.errors import UsageError


@click.command(
    short_help="Run a slash command, a procedure or a question, without a person.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("text", nargs=-1, type=click.UNPROCESSED)
@click.option("--dry-run", is_flag=True, help="Tell what a procedure would do, and do none of it.")
@click.option("--no-model", is_flag=True, help="Let no model write in a procedure.")
@click.option(
    "--autonomy",
    type=click.Choice(["shadow", "assist", "canary", "auto"]),
    default=None,
    help="How far a procedure may go at most; in shadow nothing leaves.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --output-format json.")
@turn_options
@opening_options
def command(text: Sequence[str], **flags: object) -> int:
    """Run TEXT as if it were typed: `pmagent run "/digest ep-041"`, `pmagent run "!git status"`.

    The result goes to stdout. Nobody is asked: what would need a yes is not done, is named on
    stderr, and ends with code 5. "-" reads TEXT from stdin.

    A procedure, such as /publish-episode, goes on until it is done or waits for you: then it ends
    with code 10 and says what to type next. A file may be named from where you are:
    `pmagent run /publish-episode show/transcripts/ep-041.md`.
    """
    if flags["as_json"]:
        flags["output_format"] = "json"
    words = _words_of(text)
    if words and words[0].startswith("/"):
        placed = place_files(words, str(flags["garden"]))
        if placed.words != tuple(words):
            text = placed.words
        flags["garden"] = placed.garden
    return answer(as_typed(text), flags)


def as_typed(words: Sequence[str]) -> str:
    """The words as one line; those that hold blanks are quoted again.

    Raises:
        UsageError: a flag stands among the words that is none of ours and no command's.
    """
    if len(words) == 1:
        return words[0]
    if words and not words[0].startswith("/"):
        for word in words:
            if word.startswith("--"):
                raise UsageError(f"no such option: {word}", '"pmagent run --help" lists them')
        return " ".join(words)
    return " ".join(shlex.quote(word) if _has_blank(word) else word for word in words)


def _words_of(text: Sequence[str]) -> Sequence[str]:
    """The words, where all of them were given as one too."""
    if len(text) != 1:
        return text
    try:
        return shlex.split(text[0])
    except ValueError:
        return text[0].split()


def _has_blank(word: str) -> bool:
    return not word or any(character.isspace() for character in word)

"""`/review`: what waits for a person. Nothing is decided here: that takes a key or the shell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, wrap
from pmagent.nlp.counted import counted
from pmagent.types.reviews import Review
from pmagent.types.turns import Screen, TurnEvent

LISTED = 20


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The queue; with an id, that one."""
    named = argument.strip()
    reviews = bench.garden.reviews
    text = review_markdown(reviews.get(named)) if named else queue_markdown(reviews.open())
    yield Screen(name="review", argument=named, text=text)


def queue_markdown(reviews: Sequence[Review]) -> str:
    """What waits, the most pressing first."""
    if not reviews:
        return "Nothing waits for you."
    rows = [
        f"{code(one.id)} {one.kind}, {code('/' + one.command)}: {shorten(one.title, 80)}"
        for one in reviews[:LISTED]
    ]
    left = len(reviews) - len(rows)
    more = f"{left} more: {code('pmagent review')}." if left else ""
    how = f"One of them whole: {code('/review ID')}. To decide: {code('pmagent review accept ID')}."
    title = f"# {counted(len(reviews), 'review')} waiting"
    return page(title, items(rows), wrap(more), wrap(how))


def review_markdown(review: Review) -> str:
    """The question, why it is here, what would leave."""
    facts = [
        f"Kind: {review.kind}, of {code('/' + review.command)}, risk {review.risk}",
        *([f"Why: {plain(review.reason)}"] if review.reason else []),
        *([f"Shows: {', '.join(map(code, review.shown))}"] if review.shown else []),
        *([f"Evidence: {', '.join(map(code, review.evidence))}"] if review.evidence else []),
        *(
            f"A yes sends {code(str(one.get('function')))} to {code(str(one.get('target')))}"
            for one in review.sendings
        ),
    ]
    whole = f"All of it, with the exact text: {code(f'pmagent review show {review.id}')}"
    return page(f"# {plain(review.title)}", items(facts), wrap(whole))


builtin = Builtin(
    name="review",
    aliases=("approve", "inbox"),
    group="Garden",
    summary="What waits for you: approvals, questions, hand-offs, dead letters",
    argument_hint="[ID]",
    details=(
        "The most pressing stands first: what is lost, on average, while it waits. It is decided "
        "with a key on its screen, or with `pmagent review`; never by what is typed here."
    ),
    run=run,
)

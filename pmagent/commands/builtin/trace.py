"""`/trace`: what one run did, and how long each part of it took."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import WIDTH, code, page, plain, wrap
from pmagent.safe_text import safe_text
from pmagent.traces.text import by_address, waterfall_lines
from pmagent.traces.waterfall import waterfall
from pmagent.types.turns import Screen, TurnEvent

_CODE = " " * 4
"""Before each line: it is code then, whose columns stay as they are, whatever stands in them."""


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The waterfall of the run named, else of the latest."""
    runs = bench.garden.runs
    wanted = argument.strip()
    if not wanted and not runs.list(1):
        none = f"Nothing was run here yet. {code('/runs')} lists the runs once there are any."
        yield Screen(name="trace", text=none)
        return
    found = runs.get(wanted) if wanted else runs.list(1)[0]
    spans = runs.spans(found.id)
    drawn = waterfall(spans)
    if drawn is None:
        lines = runs.explain(found.id).splitlines()
    else:
        with_steps = dict.fromkeys(span.run for span in spans)
        steps = by_address([row for each in with_steps for row in runs.steps(each)])
        lines = list(
            waterfall_lines(found, drawn, runs.events(found.id), steps, width=WIDTH - len(_CODE))
        )
    block = "\n".join(f"{_CODE}{safe_text(line)}".rstrip() for line in lines)
    more = wrap(
        f"To send it to a collector: {code(f'pmagent trace {plain(found.id)} --otlp URL')}."
    )
    yield Screen(name="trace", argument=found.id, text=page("# Trace", block, more))


builtin = Builtin(
    name="trace",
    group="Garden",
    summary="What a run did and how long each part took; the latest without a name",
    argument_hint="[RUN]",
    run=run,
)

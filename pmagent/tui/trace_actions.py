"""The part of the table of actions that is about runs and their traces."""

from __future__ import annotations

from pmagent.tui.action import Action

TRACE_COMMANDS: tuple[Action, ...] = (
    Action(id="runs", scope="app", command="runs", run="show_runs",
           summary="The runs of procedures, the latest first: how each stands, what it took"),
    Action(id="trace", scope="app", command="trace", argument="[RUN]", run="show_trace",
           summary="What a run did and how long each part took; the latest without a name"),
)  # fmt: skip

TRACE_ACTIONS: tuple[Action, ...] = (
    Action(id="runs.open", scope="runs", run="open", shown="Enter", hint="trace",
           summary="What it did and how long each part took"),
    Action(id="runs.why", scope="runs", run="explain", keys="o", shown="o", hint="explain",
           summary="Why it went as it did, step by step"),
    Action(id="runs.copy", scope="runs", run="copy", keys="c", shown="c", hint="copy id",
           summary="Copy its id"),
    Action(id="runs.again", scope="runs", run="look_again", keys="R", shown="R", hint="refresh",
           summary="Read the list again"),
    Action(id="runs.back", scope="runs", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

    Action(id="trace.open", scope="trace", run="open", shown="Enter", hint="open",
           summary="Open the document that was read, else the value that the step gave"),
    Action(id="trace.why", scope="trace", run="explain", keys="o", shown="o", hint="explain",
           summary="Why the run went as it did, step by step"),
    Action(id="trace.next", scope="trace", run="step(1)", keys="n", shown="n", hint="trouble",
           summary="The next part that failed or was cut off"),
    Action(id="trace.previous", scope="trace", run="step(-1)", keys="p", shown="p",
           summary="The one before that failed or was cut off"),
    Action(id="trace.copy", scope="trace", run="copy", keys="c", shown="c", hint="copy",
           summary="Copy what is known of the part under the bar"),
    Action(id="trace.again", scope="trace", run="look_again", keys="R", shown="R", hint="refresh",
           summary="Read the trace again, while the run goes on"),
    Action(id="trace.pane", scope="trace", run="other_pane", keys="tab,f6", shown="Tab",
           summary="The other pane"),
    Action(id="trace.back", scope="trace", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back to the parts, then to where it was opened"),
)  # fmt: skip

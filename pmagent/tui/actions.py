"""Every key and every command, once: bindings, hints, help, palette and completion read this."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from textual.binding import Binding, BindingType

from pmagent.tui.action import Action as Action
from pmagent.tui.action import Scope as Scope
from pmagent.tui.job_actions import JOB_ACTIONS, JOB_COMMANDS
from pmagent.tui.plan_actions import PLAN_ACTIONS, PLAN_COMMANDS
from pmagent.tui.review_actions import REVIEW_ACTIONS, REVIEW_COMMANDS
from pmagent.tui.trace_actions import TRACE_ACTIONS, TRACE_COMMANDS

_QUERY = "QUESTION [--since DATE] [--until DATE] [--speaker NAME] [--in GLOB]"

ACTIONS: tuple[Action, ...] = (
    Action(id="where", scope="conversation", command="where", aliases=("w", "map"),
           argument=f"[{_QUERY}]", run="map_last", keys="f2", shown="F2", hint="map",
           summary="A map of every mention: themes, time, sources"),
    Action(id="read", scope="conversation", command="read", aliases=("open",), argument="PLACE",
           run="read", summary="Open a file at a place, such as notes/pricing.md:42"),
    *JOB_COMMANDS,
    *PLAN_COMMANDS,
    *REVIEW_COMMANDS,
    *TRACE_COMMANDS,
    Action(id="status", scope="app", command="status", run="show_status", keys="f9", shown="F9",
           summary="What is indexed, waiting, skipped or failed, and why"),
    Action(id="garden", scope="app", command="garden", aliases=("rules", "permissions", "trust"),
           run="show_garden", keys="f7", shown="F7",
           summary="What may be read, written and run here, by which rule, and how far unasked"),
    Action(id="audit", scope="app", command="audit", run="show_audit", keys="f5", shown="F5",
           summary="Every call, what was decided by which rule, and whether the trail is whole"),
    Action(id="undo", scope="app", command="undo", run="show_undo",
           summary="Undo points and what each takes back"),
    Action(id="why", scope="app", command="why", run="why", shown="? while it works",
           summary="What is it doing, why, what next, what would stop it, what is spent"),
    Action(id="model", scope="app", command="model", argument="[NAME]", run="show_model",
           keys="alt+p", shown="Alt+p", summary="The models: price, context, what leaves here"),
    Action(id="agents", scope="app", command="agents", run="show_agents", keys="f8", shown="F8",
           summary="The sub-agents that run, and those there are"),
    Action(id="context", scope="app", command="context", run="show_context",
           summary="What the model would be sent now, in tokens"),
    Action(id="cost", scope="app", command="cost", aliases=("usage",), run="show_cost",
           summary="What this conversation used: steps, tokens, money, time"),
    Action(id="resume", scope="app", command="resume", aliases=("sessions", "continue"),
           argument="[NAME]", run="show_sessions", summary="Go on with an earlier conversation"),
    Action(id="rewind", scope="app", command="rewind", run="show_rewind", shown="Esc Esc",
           summary="Go on from before a turn: the conversation, the files, or both"),
    Action(id="copy", scope="app", command="copy", run="copy_last",
           summary="Copy the last answer, as Markdown"),
    Action(id="export", scope="app", command="export", argument="[FILE]",
           run="export", summary="Write this conversation to a .md or .json file, by the rules"),
    Action(id="answer", scope="app", run="answer", keys="ctrl+g", shown="^g",
           summary="Go to the card that asks; only then do its keys count"),
    Action(id="index", scope="app", command="index", run="index",
           summary="Read the files again and keep the index fresh"),
    Action(id="theme", scope="app", command="theme", argument="[NAME]", run="theme",
           summary="Other colours: the next theme, or one by name"),
    Action(id="clear", scope="conversation", command="clear", run="clear",
           summary="An empty conversation; the files stay as they are"),
    Action(id="help", scope="app", command="help", aliases=("keys", "?"), run="show_help",
           keys="f1,question_mark", shown="?", hint="keys", summary="Every key and every command"),
    Action(id="palette", scope="app", run="show_palette", keys="ctrl+p", shown="^p",
           hint="commands", summary="Find a command by name"),
    Action(id="quit", scope="app", command="quit", aliases=("exit", "q"), run="leave",
           keys="ctrl+q", shown="^q", summary="Leave pmagent"),
    Action(id="interrupt", scope="app", run="interrupt", keys="ctrl+c", shown="^c",
           summary="Copy what is selected, or clear the line; twice leaves pmagent"),

    Action(id="compose.older", scope="conversation", run="older", keys="up", shown="↑",
           summary="The question before, or the command above"),
    Action(id="compose.newer", scope="conversation", run="newer", keys="down", shown="↓",
           summary="The question after, or the command below"),
    Action(id="compose.complete", scope="conversation", run="complete", keys="tab", shown="Tab",
           summary="Complete a command; on an empty line, go to the conversation"),
    Action(id="compose.scroll-up", scope="conversation", run="scroll_page(-1)", keys="pageup",
           shown="PgUp", summary="Scroll the conversation up"),
    Action(id="compose.scroll-down", scope="conversation", run="scroll_page(1)", keys="pagedown",
           shown="PgDn", summary="Scroll the conversation down"),
    Action(id="compose.escape", scope="conversation", run="escape", keys="escape", shown="Esc",
           summary="Stop what runs; close the list of commands, or come back to the line"),
    Action(id="compose.line", scope="conversation", run="add_line", keys="ctrl+j", shown="^j",
           summary="Go on in another line of the message"),
    Action(id="compose.earlier", scope="conversation", run="search_earlier", keys="ctrl+r",
           shown="^r", summary="Find a line that was typed before"),

    Action(id="list.up", scope="list", run="up", keys="up,k", shown="↑ k", summary="Up"),
    Action(id="list.down", scope="list", run="down", keys="down,j", shown="↓ j", summary="Down"),
    Action(id="list.page-up", scope="list", run="page(-1)", keys="pageup", shown="PgUp",
           summary="A screenful up"),
    Action(id="list.page-down", scope="list", run="page(1)", keys="pagedown,space", shown="PgDn",
           summary="A screenful down"),
    Action(id="list.top", scope="list", run="edge(-1)", keys="home,g", shown="Home g",
           summary="The first"),
    Action(id="list.bottom", scope="list", run="edge(1)", keys="end,G", shown="End G",
           summary="The last"),
    Action(id="list.choose", scope="list", run="choose", keys="enter", shown="Enter",
           summary="Open what the bar stands at"),

    Action(id="history.copy", scope="history", run="copy_quote", keys="y", shown="y",
           summary="Copy the quote"),
    Action(id="history.cite", scope="history", run="copy_citation", keys="c", shown="c",
           summary="Copy the citation"),
    Action(id="history.edit", scope="history", run="edit", keys="e", shown="e",
           summary="Open in $EDITOR at the line"),

    Action(id="map.open", scope="map", run="open", shown="Enter", hint="read",
           summary="Go to the passage beside the list; on a narrow screen, open it"),
    Action(id="map.next", scope="map", run="step(1)", keys="n", shown="n", hint="next",
           summary="The next mention"),
    Action(id="map.previous", scope="map", run="step(-1)", keys="p", shown="p", hint="previous",
           summary="The mention before"),
    Action(id="map.later", scope="map", run="quarter(1)", keys="right_square_bracket,right",
           shown="] →", summary="The first mention of the next quarter"),
    Action(id="map.earlier", scope="map", run="quarter(-1)", keys="left_square_bracket,left",
           shown="[ ←", summary="The first mention of the quarter before"),
    Action(id="map.sort", scope="map", run="sort", keys="s", shown="s", hint="sort",
           summary="By theme, by time or by score"),
    Action(id="map.copy", scope="map", run="copy_quote", keys="y", shown="y", hint="copy quote",
           summary="Copy the quote"),
    Action(id="map.cite", scope="map", run="copy_citation", keys="c", shown="c", hint="cite",
           summary="Copy the citation"),
    Action(id="map.edit", scope="map", run="edit", keys="e", shown="e", hint="edit",
           summary="Open in $EDITOR at the line"),
    Action(id="map.query", scope="map", run="new_query", keys="slash", shown="/", hint="new",
           summary="Ask for another map"),
    Action(id="map.pane", scope="map", run="other_pane", keys="tab,f6", shown="Tab",
           summary="The other pane"),
    Action(id="map.back", scope="map", run="back", keys="escape", shown="Esc", hint="back",
           summary="Back to the list, then to the conversation"),

    Action(id="reader.next", scope="reader", run="step(1)", keys="n", shown="n", hint="next",
           summary="The next passage"),
    Action(id="reader.previous", scope="reader", run="step(-1)", keys="p", shown="p",
           hint="previous", summary="The passage before"),
    Action(id="reader.copy", scope="reader", run="copy_quote", keys="y", shown="y",
           hint="copy quote", summary="Copy the quote"),
    Action(id="reader.cite", scope="reader", run="copy_citation", keys="c", shown="c", hint="cite",
           summary="Copy the citation"),
    Action(id="reader.edit", scope="reader", run="edit", keys="e", shown="e", hint="edit",
           summary="Open in $EDITOR at the line"),
    Action(id="reader.kit", scope="reader", run="show_kit", keys="K", shown="K", hint="kit",
           summary="Make titles, chapters and show notes of this file"),
    Action(id="reader.check", scope="reader", run="show_check", keys="V", shown="V",
           summary="Check what this file claims"),
    Action(id="reader.back", scope="reader", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

    *JOB_ACTIONS,
    *PLAN_ACTIONS,
    *REVIEW_ACTIONS,
    *TRACE_ACTIONS,

    Action(id="status.all", scope="status", run="keep('all')", keys="a", shown="a", hint="all",
           summary="Every file"),
    Action(id="status.failed", scope="status", run="keep('failed')", keys="f", shown="f",
           hint="failed", summary="Only what failed"),
    Action(id="status.skipped", scope="status", run="keep('skipped')", keys="s", shown="s",
           hint="skipped", summary="Only what is skipped"),
    Action(id="status.waiting", scope="status", run="keep('waiting')", keys="w", shown="w",
           hint="waiting", summary="Only what is still to be read"),
    Action(id="status.back", scope="status", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

    Action(id="help.back", scope="help", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

    Action(id="card.once", scope="card", run="reply('once')", keys="y", shown="y",
           summary="Yes, to this one call"),
    Action(id="card.session", scope="card", run="reply('session')", keys="s", shown="s",
           summary="Yes, and to its like until pmagent ends"),
    Action(id="card.folder", scope="card", run="reply('folder')", keys="f", shown="f",
           summary="Yes, and to its like in this folder: the garden grows"),
    Action(id="card.no", scope="card", run="refuse", keys="n", shown="n",
           summary="No, with a reason where you type one; Enter sends it"),
    Action(id="card.whole", scope="card", run="whole", keys="d", shown="d",
           summary="The whole of what is asked, with every change to a file"),
    Action(id="card.why", scope="card", run="why", keys="w", shown="w",
           summary="Who asks, why, and which rule in which file and line says to ask"),
    Action(id="card.stop", scope="card", run="stop", keys="x", shown="x",
           summary="No, and no to all that this agent asks"),
    Action(id="card.up", scope="card", run="scroll(-1)", keys="up,k", shown="↑ k",
           summary="Scroll the card up"),
    Action(id="card.down", scope="card", run="scroll(1)", keys="down,j", shown="↓ j",
           summary="Scroll the card down"),
    Action(id="card.page-up", scope="card", run="scroll(-8)", keys="pageup", shown="PgUp",
           summary="A screenful up"),
    Action(id="card.page-down", scope="card", run="scroll(8)", keys="pagedown,space", shown="PgDn",
           summary="A screenful down"),
    Action(id="card.back", scope="card", run="back", keys="escape", shown="Esc",
           summary="Back to the line; the card stays and waits"),

    Action(id="diff.next", scope="diff", run="step(1)", keys="n", shown="n", hint="next file",
           summary="The next file"),
    Action(id="diff.previous", scope="diff", run="step(-1)", keys="p", shown="p", hint="previous",
           summary="The file before"),
    Action(id="diff.back", scope="diff", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

    Action(id="garden.add", scope="garden", run="add", keys="a", shown="a", hint="add",
           summary="Add a rule that allows, such as Edit(/notes/**) for 7 days"),
    Action(id="garden.revoke", scope="garden", run="revoke", keys="minus", shown="-",
           hint="revoke", summary="Take back a rule that was pressed here"),
    Action(id="garden.test", scope="garden", run="test", keys="x", shown="x", hint="test",
           summary="Test: may notes/a.md be read, edited, a command run, and by which rule"),
    Action(id="garden.raise", scope="garden", run="raise_level", keys="plus", shown="+",
           hint="raise", summary="The next level of trust; asks first, naming what it lets happen"),
    Action(id="garden.lower", scope="garden", run="lower_level", keys="l", shown="l", hint="lower",
           summary="The level below, at once"),
    Action(id="garden.trust", scope="garden", run="trust", keys="t", shown="t", hint="trust",
           summary="Trust the settings file under the bar, exactly as it is now; asks first"),
    Action(id="garden.edit", scope="garden", run="edit", keys="e", shown="e", hint="edit",
           summary="Open the file of the rule in $EDITOR at its line"),
    Action(id="garden.yes", scope="garden", run="confirm", keys="y", shown="y",
           summary="Yes, to what the line above the keys asks"),
    Action(id="garden.back", scope="garden", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Leave what is asked or typed, then go back"),

    Action(id="audit.filter", scope="audit", run="filter", keys="slash", shown="/", hint="filter",
           summary="Only some: words of the subject, agent:NAME path:X tool:Bash verdict:denied"),
    Action(id="audit.denied", scope="audit", run="keep('denied')", keys="d", shown="d",
           hint="denied", summary="Only what was denied"),
    Action(id="audit.all", scope="audit", run="keep('')", keys="a", shown="a", hint="all",
           summary="Every entry"),
    Action(id="audit.undo", scope="audit", run="undo(False)", keys="u", shown="u", hint="undo",
           summary="Take back what this call changed"),
    Action(id="audit.rewind", scope="audit", run="undo(True)", keys="U", shown="U",
           hint="undo to here", summary="Take back this and all that was changed since"),
    Action(id="audit.back", scope="audit", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Leave the filter, then go back"),

    Action(id="undo.open", scope="undo", run="open", shown="Enter", hint="look",
           summary="What it would change: beside the list, or on a screen of its own"),
    Action(id="undo.undo", scope="undo", run="take_back(False)", keys="u", shown="u", hint="undo",
           summary="Take back what this call changed"),
    Action(id="undo.rewind", scope="undo", run="take_back(True)", keys="U", shown="U",
           hint="undo to here", summary="Take back this and all since; shows them and asks first"),
    Action(id="undo.yes", scope="undo", run="confirm", keys="y", shown="y",
           summary="Yes, to what the line above the keys asks"),
    Action(id="undo.overwrite", scope="undo", run="overwrite", keys="o", shown="o",
           summary="Overwrite the files that changed since, where the line above the keys asks"),
    Action(id="undo.next", scope="undo", run="step(1)", keys="n", shown="n", hint="next file",
           summary="The next file of what it would change"),
    Action(id="undo.previous", scope="undo", run="step(-1)", keys="p", shown="p",
           summary="The file before"),
    Action(id="undo.pane", scope="undo", run="other_pane", keys="tab,f6", shown="Tab",
           summary="The other pane"),
    Action(id="undo.back", scope="undo", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Leave what is asked, then go back"),

    Action(id="agents.peek", scope="agents", run="peek", shown="Enter", hint="peek",
           summary="What it has done so far"),
    Action(id="agents.stop", scope="agents", run="control('stop')", keys="k", shown="k",
           hint="stop", summary="Stop this one", is_first=True),
    Action(id="agents.pause", scope="agents", run="control('pause')", keys="p", shown="p",
           hint="pause", summary="Pause this one after its step; again to go on"),
    Action(id="agents.back", scope="agents", run="back", keys="escape,q", shown="Esc",
           hint="back", summary="Back"),

    Action(id="model.use", scope="model", run="use", shown="Enter", hint="use",
           summary="Use this one from the next step on"),
    Action(id="model.fast", scope="model", run="use_alias('fast')", keys="1", shown="1",
           hint="fast", summary="The fast one"),
    Action(id="model.deep", scope="model", run="use_alias('deep')", keys="2", shown="2",
           hint="deep", summary="The deep one"),
    Action(id="model.offline", scope="model", run="use_alias('offline')", keys="3", shown="3",
           hint="offline", summary="None: what this computer answers by itself"),
    Action(id="model.back", scope="model", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back; what was typed is still there"),

    Action(id="sessions.open", scope="sessions", run="open", shown="Enter", hint="go on",
           summary="Go on with it"),
    Action(id="sessions.fork", scope="sessions", run="fork", keys="f", shown="f", hint="fork",
           summary="Go on with a copy of it; it stays as it is"),
    Action(id="sessions.search", scope="sessions", run="search", keys="slash", shown="/",
           hint="search", summary="Only those that speak of some words"),
    Action(id="sessions.back", scope="sessions", run="back", keys="escape,q", shown="Esc",
           hint="back", summary="Leave the search, then go back"),

    Action(id="rewind.talk", scope="rewind", run="rewind", shown="Enter", hint="conversation",
           summary="Go on from before this turn; files stay as they are"),
    Action(id="rewind.files", scope="rewind", run="files", keys="f", shown="f", hint="files",
           summary="Take back what was changed since, after a look at it"),
    Action(id="rewind.both", scope="rewind", run="both", keys="b", shown="b", hint="both",
           summary="Both; asks first"),
    Action(id="rewind.yes", scope="rewind", run="confirm", keys="y", shown="y",
           summary="Yes, to what the line above the keys asks"),
    Action(id="rewind.back", scope="rewind", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Leave what is asked, then go back"),

    Action(id="numbers.back", scope="numbers", run="back", keys="escape,q", shown="Esc",
           hint="back", summary="Back"),

    Action(id="palette.up", scope="palette", run="up", keys="up", summary="The command above"),
    Action(id="palette.down", scope="palette", run="down", keys="down",
           summary="The command below"),
    Action(id="palette.back", scope="palette", run="back", keys="escape", shown="Esc",
           summary="None of them"),

    Action(id="first.index", scope="first run", run="index_here", keys="i", shown="i", hint="index",
           summary="Index this folder"),
    Action(id="first.sample", scope="first run", run="sample", keys="s", shown="s", hint="sample",
           summary="Try the sample garden"),
    Action(id="first.quit", scope="first run", run="app.leave", keys="q", shown="q", hint="quit",
           summary="Leave; nothing is written"),
)  # fmt: skip

COMMANDS: dict[str, Action] = {action.command: action for action in ACTIONS if action.command}
_BY_NAME = COMMANDS | {name: action for action in ACTIONS for name in action.aliases}


def bindings_for(*scopes: Scope) -> list[BindingType]:
    """Textual's bindings for the actions of the scopes."""
    return [
        Binding(
            action.keys, action.run, action.summary,
            show=False, id=action.id, priority=action.is_first,
        )
        for action in ACTIONS
        if action.keys and action.scope in scopes
    ]  # fmt: skip


def hints_for(*scopes: Scope) -> list[tuple[str, str]]:
    """(key as shown, word) for the bottom line, scope by scope in the table's order."""
    return [
        (action.shown, action.hint)
        for scope in scopes
        for action in ACTIONS
        if action.hint and action.scope == scope
    ]


def find_command(name: str) -> Action | None:
    """The command called `name`, by its name or an alias."""
    return _BY_NAME.get(name.casefold())


def nearest_command(name: str, more: Sequence[str] = ()) -> str | None:
    """The command whose name is most like `name`, of these and of `more`, where any is."""
    near = get_close_matches(name.casefold(), [*_BY_NAME, *more], n=1, cutoff=0.5)
    if not near:
        return None
    return _BY_NAME[near[0]].command if near[0] in _BY_NAME else near[0]


def match_commands(typed: str, actions: Sequence[Action] | None = None) -> list[Action]:
    """The commands that fit what was typed, best first; all of them for nothing."""
    scored = [
        (score, position, action)
        for position, action in enumerate(COMMANDS.values() if actions is None else actions)
        if (score := _fit(typed.casefold(), action)) is not None
    ]
    return [action for _, _, action in sorted(scored, key=lambda entry: entry[:2])]


def _fit(typed: str, action: Action) -> int | None:
    """How badly `typed` fits, 0 best: start of the name, of an alias, letters in order, summary."""
    names = (action.command or action.id, *action.aliases)
    if names[0].startswith(typed):
        return 0
    if any(name.startswith(typed) for name in names):
        return 1
    if any(_are_letters_in_order(typed, name) for name in names):
        return 2
    return 3 if len(typed) > 2 and typed in action.summary.casefold() else None


def _are_letters_in_order(typed: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in typed)

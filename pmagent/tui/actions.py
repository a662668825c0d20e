"""Every key and every command, once: bindings, hints, help, palette and completion read this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from textual.binding import Binding, BindingType

Scope = Literal[
    "app", "list", "conversation", "history", "map", "reader", "status", "first run", "help",
    "palette",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing a person can do."""

    id: str
    """Stable, such as `map.next`."""
    scope: Scope
    summary: str
    """What happens, in a few words."""
    run: str
    """The action method on the screen or widget of that scope."""
    keys: str = ""
    """Textual's names, separated by commas."""
    shown: str = ""
    """The keys as a person reads them."""
    hint: str = ""
    """One word for the bottom line; none keeps it out of there."""
    command: str = ""
    """The slash command's name."""
    aliases: tuple[str, ...] = ()
    argument: str = ""
    """What the command takes, such as `QUESTION`; in brackets where it may be left out."""


_QUERY = "QUESTION [--since DATE] [--until DATE] [--speaker NAME] [--in GLOB]"

ACTIONS: tuple[Action, ...] = (
    Action(id="ask", scope="conversation", command="ask", argument=_QUERY, run="ask",
           summary="A short answer, every sentence cited; a plain question does the same"),
    Action(id="where", scope="conversation", command="where", aliases=("w", "map"),
           argument=f"[{_QUERY}]", run="map_last", keys="f2", shown="F2", hint="map",
           summary="A map of every mention: themes, time, sources"),
    Action(id="read", scope="conversation", command="read", aliases=("open",), argument="PLACE",
           run="read", summary="Open a file at a place, such as notes/pricing.md:42"),
    Action(id="status", scope="app", command="status", run="show_status", keys="f3", shown="F3",
           summary="What is indexed, waiting, skipped or failed, and why"),
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
           summary="Close the list of commands, or come back to the line"),

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
    Action(id="reader.back", scope="reader", run="back", keys="escape,q", shown="Esc", hint="back",
           summary="Back"),

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
        Binding(action.keys, action.run, action.summary, show=False, id=action.id)
        for action in ACTIONS
        if action.keys and action.scope in scopes
    ]


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


def nearest_command(name: str) -> str | None:
    """The command whose name is most like `name`, where any is."""
    near = get_close_matches(name.casefold(), _BY_NAME, n=1, cutoff=0.5)
    return _BY_NAME[near[0]].command if near else None


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

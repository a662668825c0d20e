"""`/permissions`: what may be touched here, by which rule, and how far unasked.

It tells and it tests. What widens needs a person's key press, so it names where that is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, wrap
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.types.actions import Decision, TrustLevel
from pmagent.types.rights import GardenRights, RightRow
from pmagent.types.turns import Said, Screen, TurnEvent

MEANS = {
    TrustLevel.LOOK: "reads the garden; everything else is asked",
    TrustLevel.DRAFT: "also writes below drafts/ unasked",
    TrustLevel.EDIT: "also changes files of the garden unasked",
    TrustLevel.ACT: "also runs commands in the sandbox unasked",
    TrustLevel.SEND: "also reaches the hosts that were granted one by one",
}
"""What an agent does at each level, after "it"."""
_TOOLS = {"read": "Read", "edit": "Edit", "bash": "Bash", "web": "WebFetch", "webfetch": "WebFetch"}
_EFFECTS = {"allow": "yes", "ask": "it asks you first", "deny": "no"}
_PRESSED = ("level", "allow", "revoke", "trust", "mode")


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """All that holds here; with `test`, one decision; else where the key is to be pressed."""
    verb, _, rest = argument.strip().partition(" ")
    match verb:
        case "":
            yield Screen(name="garden", text=rights_markdown(bench.garden.grants()))
        case "test":
            yield Said(text=_test(rest, bench))
        case _ if verb in _PRESSED:
            yield Said(text=_where_it_is_pressed(verb, rest.strip()))
        case _:
            raise UsageError(
                f'"/permissions" knows no "{plain(verb)}"',
                "write /permissions, or /permissions test notes/a.md",
            )


def rights_markdown(rights: GardenRights) -> str:
    """Level, mode, sandbox, rules and what waits for trust."""
    level = rights.level.name.lower()
    facts = [
        f"Trust level {code(level)}: it {MEANS[rights.level]}",
        f"Mode {code(rights.mode)}",
        f"Sandbox: {plain(rights.sandbox_says)}",
    ]
    closed = [f"Closed: {plain(fault)}" for fault in rights.faults]
    rules = [_rule(row) for row in rights.rows]
    waiting = [
        f"{code(file.path)}: {plain(file.says)}; {code(f'pmagent garden trust {file.digest[:12]}')}"
        for file in rights.untrusted
    ]
    none = "No rule is set. Reading is free, everything else is asked."
    change = (
        "To change it: F7 in the application, or in a terminal "
        f"{code('pmagent garden level edit')}, {code('pmagent garden allow RULE')}, "
        f"{code('pmagent garden revoke RULE')}. To ask: {code('/permissions test notes/a.md')}"
    )
    return page(
        "# What may be touched here",
        items([*closed, *facts]),
        f"## {counted(len(rules), 'rule').capitalize()}",
        items(rules) if rules else none,
        "## Waits for your trust\n\n" + items(waiting) if waiting else "",
        wrap(change),
    )


def _rule(row: RightRow) -> str:
    source = plain(row.source_text) or row.layer
    used = counted(row.uses, "use") if row.uses else "unused"
    facts = [source, used]
    if row.expires:
        facts.append(f"until {row.expires.astimezone():%Y-%m-%d}")
    if row.is_dead_because:
        facts.append(f"never matters: {plain(row.is_dead_because)}")
    return f"{row.effect} {code(row.rule_text)} ({', '.join(facts)})"


def _test(rest: str, bench: Bench) -> str:
    word, _, subject = rest.strip().partition(" ")
    tool = _TOOLS.get(word.casefold())
    if tool is None:
        tool, subject = "Read", rest
    subject = subject.strip().strip("\"'")
    if not subject:
        raise UsageError(
            "nothing is named to test",
            "write /permissions test [read|edit|bash|web] notes/a.md",
        )
    return decision_markdown(tool, subject, bench.garden.test_rule(tool, subject))


def decision_markdown(tool: str, subject: str, decision: Decision) -> str:
    """The verdict, and the rule, file and line that says it."""
    head = wrap(f"{tool} {code(subject)}: {_EFFECTS[decision.effect]}, {plain(decision.reason)}.")
    rule = decision.rule
    if rule is None:
        return head
    return (
        f"{head}\n{wrap(f'Rule: {rule.effect} {code(str(rule))} at {rule.source or rule.layer}.')}"
    )


def _where_it_is_pressed(verb: str, rest: str) -> str:
    if verb == "mode":
        return wrap(
            "Nothing was changed. The mode is set in your settings as "
            f"{code('permissions.defaultMode')}, or for one run with "
            f"{code('pmagent -p --permission-mode MODE')}"
        )
    command = f"pmagent garden {verb} {rest}".rstrip()
    return wrap(
        f"Nothing was changed. This needs a key press of yours: run {code(command)} in a terminal, "
        "or press F7 in the application."
    )


builtin = Builtin(
    name="permissions",
    aliases=("garden", "rules", "trust"),
    group="Garden",
    summary="What may be read, written and run here, by which rule, and how far unasked",
    argument_hint="[test [read|edit|bash|web] SUBJECT]",
    details="`/permissions test edit notes/a.md` says what would happen. Nothing is done.",
    run=run,
)

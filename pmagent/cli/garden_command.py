"""`pmagent garden`: what is allowed here, who said so, and how to change it."""

from __future__ import annotations

import click

from pmagent.cli import as_json, codes
from pmagent.cli.output import common_options, make_output, shorten, table
from pmagent.cli.pressing import require_person
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.safe_text import safe_text
from pmagent.types.actions import Decision, TrustLevel
from pmagent.types.rights import RightRow, Untrusted

LEVELS = {level.name.lower(): level for level in TrustLevel}
_MEANS = {
    TrustLevel.LOOK: "it reads the garden; everything else is asked",
    TrustLevel.DRAFT: "it also writes below drafts/ unasked",
    TrustLevel.EDIT: "it also changes files of the garden unasked",
    TrustLevel.ACT: "it also runs commands in the sandbox unasked",
    TrustLevel.SEND: "it also reaches the hosts granted one by one",
}
_WORDS = {"allow": "yes", "ask": "it asks you", "deny": "no"}


@click.group(short_help="What may be touched here: show, allow, revoke, test, why.")
def command() -> None:
    """Rules, grants and the trust level of this garden."""


@command.command(short_help="Every rule, grant and level in force.")
@common_options
def show(**flags: object) -> int:
    """List the rules in force with the file and line of each, and what is unused or dead."""
    output = make_output("garden-show", flags)
    with Garden.find(str(flags["garden"])) as garden:
        rights = garden.grants()
    if output.as_json:
        output.envelope(as_json.rights(rights))
        return codes.OK
    output.line(f"trust level {rights.level.name.lower()}: {_MEANS[rights.level]}")
    output.line(f"mode {rights.mode}")
    output.line(f"sandbox {output.style(rights.sandbox_says)}")
    for fault in rights.faults:
        output.line(f"closed: {output.style(fault)}")
    rows = [
        (
            row.effect,
            output.style(row.rule_text),
            safe_text(row.source_text) or row.layer,
            f"{row.uses} uses" if row.uses else "unused",
            _fate(row),
        )
        for row in rights.rows
    ]
    for line in table(rows):
        output.line(line)
    for waiting in rights.untrusted:
        output.line(f"waits for your trust: {output.style(_waiting(waiting))}")
    return codes.OK


@command.command(short_help="Let something be done without asking.")
@click.argument("rule")
@click.option("--days", type=click.IntRange(1, 3650), help="For so many days; else until revoked.")
@common_options
def allow(rule: str, **flags: object) -> int:
    """Grant RULE, such as "Edit(/drafts/**)", "Bash(git add:*)" or "WebFetch(domain:a.com)"."""
    output = make_output("garden-allow", flags)
    days = flags["days"] if isinstance(flags["days"], int) else None
    with Garden.find(str(flags["garden"])) as garden:
        require_person(f'"{rule}" will be done without asking')
        garden.allow(rule, days=days)
    output.say(f'granted; "pmagent garden revoke {rule}" takes it back')
    return codes.OK


@command.command(short_help="Take a grant back.")
@click.argument("rule")
@common_options
def revoke(rule: str, **flags: object) -> int:
    """Take the grant RULE back. Narrowing needs no confirmation."""
    output = make_output("garden-revoke", flags)
    with Garden.find(str(flags["garden"])) as garden:
        garden.revoke(rule)
    output.say("revoked")
    return codes.OK


@command.command(short_help="Raise or lower the trust level.")
@click.argument("level", type=click.Choice(list(LEVELS)))
@common_options
def level(level: str, **flags: object) -> int:
    """Set how far the garden goes unasked: look, draft, edit, act or send."""
    output = make_output("garden-level", flags)
    wanted = LEVELS[level]
    with Garden.find(str(flags["garden"])) as garden:
        if wanted > garden.grants().level:
            require_person(f'at the level "{level}" {_MEANS[wanted]}')
        garden.set_level(wanted)
    output.say(f"level {level}: {_MEANS[wanted]}")
    return codes.OK


@command.command(short_help="Let a settings or hook file of this folder count.")
@click.argument("digest", required=False)
@common_options
def trust(digest: str | None, **flags: object) -> int:
    """Trust what waits, by the beginning of its DIGEST; without one, list what waits."""
    output = make_output("garden-trust", flags)
    with Garden.find(str(flags["garden"])) as garden:
        waiting = garden.grants().untrusted
        if digest is None:
            for item in waiting:
                output.line(output.style(_waiting(item)))
            return codes.OK if waiting else codes.NONE
        fitting = [item for item in waiting if item.digest.startswith(digest)]
        if len(fitting) != 1:
            raise UsageError(f'"{digest}" fits {len(fitting)} of what waits', "give more of it")
        require_person(f"{_waiting(fitting[0])} will count, and what it names may run")
        garden.trust(fitting[0].digest)
    output.say("trusted as it is now; a change makes it wait again")
    return codes.OK


@command.command(short_help='"Can I read X?", with the rule that decides.')
@click.argument("subject")
@click.option("--read", "tool", flag_value="Read", default="Read", help="A file, read (default).")
@click.option("--edit", "tool", flag_value="Edit", help="A file, changed.")
@click.option("--bash", "tool", flag_value="Bash", help="A shell command.")
@click.option("--web", "tool", flag_value="WebFetch", help="An address.")
@common_options
def test(subject: str, tool: str, **flags: object) -> int:
    """Say what would happen to SUBJECT, and which rule, file and line decides. Nothing is done."""
    output = make_output("garden-test", flags)
    with Garden.find(str(flags["garden"])) as garden:
        decision = garden.test_rule(tool, subject)
    if output.as_json:
        output.envelope(as_json.decision(decision), ok=decision.effect == "allow")
    else:
        for line in explain(tool, subject, decision):
            output.line(output.style(line))
    return codes.OK if decision.effect == "allow" else codes.DENIED


@command.command(short_help="Why something was allowed or denied, from the trail.")
@click.argument("subject")
@common_options
def why(subject: str, **flags: object) -> int:
    """The latest decisions about SUBJECT, each with its rule, and what holds for it now."""
    output = make_output("garden-why", flags)
    with Garden.find(str(flags["garden"])) as garden:
        entries = garden.audit(limit=10, path=subject)
        decision = garden.test_rule("Read", subject)
    if output.as_json:
        rows = [as_json.audit_entry(entry) for entry in entries]
        output.envelope({"entries": rows, "now": as_json.decision(decision)})
        return codes.OK
    for entry in entries:
        at = entry.at.astimezone().strftime("%d %b %H:%M:%S")
        said = shorten(safe_text(entry.rule or entry.reason), 80)
        output.line(f"{at}  {entry.tool} {entry.verdict}: {said}")
    for line in explain("Read", subject, decision):
        output.line(output.style(f"now: {line}"))
    return codes.OK


def explain(tool: str, subject: str, decision: Decision) -> tuple[str, ...]:
    """The answer in words: the verdict, then what decides it."""
    head = f'{tool} "{subject}": {_WORDS[decision.effect]}, {decision.reason}'
    if decision.rule is None:
        return (head,)
    rule = decision.rule
    return (head, f"rule {rule.effect} {rule} at {rule.source or rule.layer}")


def _fate(row: RightRow) -> str:
    if row.is_dead_because:
        return f"never matters: {row.is_dead_because}"
    return f"until {row.expires.astimezone():%d %b %H:%M}" if row.expires else ""


def _waiting(item: Untrusted) -> str:
    return f"{item.digest[:12]}  {item.path}: {item.says}"

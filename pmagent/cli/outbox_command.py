"""`pmagent outbox`: what waits to be sent, what could not be, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output, shorten, table
from pmagent.cli.pressing import require_person
from pmagent.garden import Garden
from pmagent.safe_text import safe_text
from pmagent.types.outbox import Circuit, Dead, Delivery, Effect, Held, Queued, Sent

if TYPE_CHECKING:
    from pmagent.outbox.outbox import Outbox


class _Outbox(click.Group):
    """A group whose first command may be left out: `pmagent outbox` lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `list` put before what is no command."""
        is_named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_named else ["list", *args])


@click.group(cls=_Outbox, short_help="What is sent outside: list, show, retry, drop, run.")
def command() -> None:
    """Every effect outside this computer is on record here before it happens, and happens once.

    The beginning of a KEY will do.
    """


@command.command("list", short_help="What waits, and what could not be sent.")
@click.option("--all", "is_all", is_flag=True, help="Also what is done, held or dropped.")
@common_options
def list_effects(is_all: bool, **flags: object) -> int:
    """List what waits to be sent and what died, each with its cause; then how publishers fare."""
    output = make_output("outbox", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return listed(garden.outbox, output, is_all=is_all)


@command.command("show", short_help="All of one effect.")
@click.argument("key")
@click.option("--curl", "as_curl", is_flag=True, help="As a curl command, its secrets masked.")
@common_options
def show_effect(key: str, as_curl: bool, **flags: object) -> int:
    """Show what KEY sends, how often it was tried, and what came of it."""
    output = make_output("outbox-show", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return shown(garden.outbox, output, key, as_curl=as_curl)


@command.command("retry", short_help="Try one now.")
@click.argument("key")
@click.option("--anew", is_flag=True, help="Also over what somebody has changed there since.")
@common_options
def retry_effect(key: str, anew: bool, **flags: object) -> int:
    """Try KEY now, with all its tries before it. It is looked for there before it is made."""
    output = make_output("outbox-retry", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if anew:
            effect = garden.outbox.get(key)
            require_person(f'what was changed there is overwritten: "{effect.target}"')
        return tell((garden.outbox.retry(key, anew=anew),), output)


@command.command("drop", short_help="Never send one.")
@click.argument("key")
@common_options
def drop_effect(key: str, **flags: object) -> int:
    """Never send KEY; it stays on record."""
    output = make_output("outbox-drop", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return dropped(garden.outbox, output, key)


@command.command("run", short_help="Send what is due.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True,
              help="At most so many.")  # fmt: skip
@common_options
def run_outbox(limit: int, **flags: object) -> int:
    """Try what is due now, the longest waiting first; with code 8 where some of it still waits."""
    output = make_output("outbox-run", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return ran(garden.outbox, output, limit)


def listed(outbox: Outbox, output: Output, *, is_all: bool) -> int:
    """Print the effects and the circuits."""
    effects = outbox.listed() if is_all else outbox.listed("queued", "sending", "dead")
    circuits = [circuit for circuit in outbox.circuits() if circuit.state != "closed"]
    if output.as_json:
        output.envelope({
            "effects": [effect_fields(effect) for effect in effects],
            "depth": outbox.depth(),
            "circuits": [_circuit_fields(circuit) for circuit in outbox.circuits()],
        })
        return codes.OK
    for line in table([_cells(effect) for effect in effects]):
        output.line(line)
    for effect in effects:
        if effect.state == "dead" and effect.hint:
            output.say(f"{effect.key[:8]}: {effect.hint}")
    for circuit in circuits:
        output.note(_told(circuit))
    if not effects:
        output.say("nothing was ever sent" if is_all else "nothing waits to be sent")
    return codes.OK


def shown(outbox: Outbox, output: Output, key: str, *, as_curl: bool) -> int:
    """Print one effect."""
    effect = outbox.get(key)
    if as_curl:
        request = outbox.as_curl(effect.key)
        if output.as_json:
            output.envelope({"key": effect.key, "curl": request})
        else:
            output.line(output.style(request))
        return codes.OK
    if output.as_json:
        output.envelope(effect_fields(effect))
        return codes.OK
    receipt = effect.receipt
    rows = [
        ("key", effect.key),
        ("state", effect.state),
        ("what", effect.kind),
        ("where", effect.target),
        ("about", effect.business_key),
        ("run", " ".join(part for part in (effect.run, effect.address) if part)),
        ("made", _time(effect.made)),
        ("tries", str(effect.attempts)),
        ("next", _time(effect.next_at) if effect.next_at and effect.state == "queued" else ""),
        ("there", f"{receipt.id}  {receipt.url}".rstrip() if receipt else ""),
        ("cause", effect.error),
        ("to do", effect.hint),
    ]
    for line in table([(name, output.style(value)) for name, value in rows if value]):
        output.line(line)
    output.line()
    for line in json.dumps(effect.payload, ensure_ascii=False, indent=2).splitlines():
        output.line(output.style(line))
    return codes.OK


def dropped(outbox: Outbox, output: Output, key: str) -> int:
    """Drop one, and say so."""
    effect = outbox.drop(key)
    if output.as_json:
        output.envelope(effect_fields(effect))
    else:
        output.say(f'"{effect.key}" is dropped; it is never sent')
        if effect.is_doubtful:
            output.note(f'an earlier try ended unknown: look whether it is at "{effect.target}"')
    return codes.OK


def ran(outbox: Outbox, output: Output, limit: int) -> int:
    """Send what is due, and say how each of it stands."""
    code = tell(outbox.deliver_due(limit), output)
    for circuit in outbox.circuits():
        if circuit.state != "closed" and not output.as_json:
            output.note(_told(circuit))
    return codes.PARTIAL if code == codes.PROVIDER else code


def tell(deliveries: Sequence[Delivery], output: Output) -> int:
    """Print how effects stand after a try; the exit code is that of one that could not be sent."""
    is_all_sent = all(isinstance(delivery, Sent) for delivery in deliveries)
    if output.as_json:
        output.envelope(
            {"effects": [effect_fields(delivery.effect) for delivery in deliveries]},
            ok=is_all_sent,
        )
    else:
        for line in table([
            (*_cells(delivery.effect)[:4], _end(delivery)) for delivery in deliveries
        ]):
            output.line(line)
        for delivery in deliveries:
            if isinstance(delivery, Dead) and delivery.effect.hint:
                output.say(f"{delivery.effect.key[:8]}: {delivery.effect.hint}")
        if not deliveries:
            output.say("nothing is due")
    return codes.OK if is_all_sent else codes.PROVIDER


def effect_fields(effect: Effect) -> Mapping[str, object]:
    """One effect as JSON."""
    receipt = effect.receipt
    return {
        "key": effect.key,
        "kind": effect.kind,
        "target": effect.target,
        "about": effect.business_key,
        "state": effect.state,
        "made": effect.made.isoformat(),
        "run": effect.run,
        "address": effect.address,
        "attempts": effect.attempts,
        "next_at": effect.next_at.isoformat() if effect.next_at else None,
        "receipt": (
            {"id": receipt.id, "url": receipt.url, "revision": receipt.revision}
            if receipt
            else None
        ),
        "cause": effect.cause,
        "error": effect.error,
        "hint": effect.hint,
        "may_be_there": effect.is_doubtful,
        "payload": effect.payload,
    }


def _circuit_fields(circuit: Circuit) -> Mapping[str, object]:
    return {
        "name": circuit.name,
        "target": circuit.target,
        "state": circuit.state,
        "until": circuit.until.isoformat() if circuit.until else None,
        "reason": circuit.reason,
    }


def _cells(effect: Effect) -> tuple[str, str, str, str, str]:
    what = effect.error
    if effect.state == "queued" and effect.next_at is not None:
        what = f"next try {_time(effect.next_at)}" + (f": {what}" if what else "")
    return (
        effect.key[:8],
        effect.state,
        shorten(safe_text(effect.kind), 24),
        shorten(safe_text(effect.business_key), 32),
        shorten(safe_text(what), 60),
    )


def _end(delivery: Delivery) -> str:
    match delivery:
        case Sent(receipt=receipt):
            return safe_text(receipt.url or receipt.id)
        case Queued(effect=effect) | Dead(effect=effect):
            return _cells(effect)[4]
        case Held():
            return "held, and never sent"


def _told(circuit: Circuit) -> str:
    until = f"is left alone until {_time(circuit.until)}" if circuit.until else "waits for its key"
    reason = f": {circuit.reason}" if circuit.reason else ""
    return f'"{circuit.name}" {until}{reason}'


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%d %b %H:%M:%S")

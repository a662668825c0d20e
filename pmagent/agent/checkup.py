"""What `doctor` says of the walls: the sandbox, tried out; the trail; the rules that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pmagent.agent.audit import Trail
from pmagent.sandbox.probes import run_probes
from pmagent.sandbox.tiers import TierReport
from pmagent.types import Check
from pmagent.types.rights import GardenRights


def check_sandbox(tier: TierReport, scratch: Path) -> Iterator[Check]:
    """The tier, then an attempt to break out of it; every way that is open is a line of its own.

    `scratch` is a folder outside any garden; nothing is left in it.
    """
    yield Check(id="sandbox", is_ok=tier.tier != "D", says=f"tier {tier.tier}: {tier.says}",
                fix=tier.fix)  # fmt: skip
    if tier.tier == "D":
        return
    probes = run_probes(tier, scratch)
    broken = [probe for probe in probes if not probe.is_ok]
    yield from broken
    if not broken:
        yield Check(
            id="probes", is_ok=True, says=f"{len(probes)} attempts to break out, none works"
        )


def check_trail(trail: Trail) -> Check:
    """Whether the trail is whole."""
    report = trail.verify()
    return Check(
        id="trail",
        is_ok=report.state in {"ok", "empty"},
        says=report.says,
        fix='look at it with "pmagent audit", then begin a new one: "pmagent audit --set-aside"',
    )


def check_rules(rights: GardenRights) -> Iterator[Check]:
    """Rules that cannot be understood, that can never matter, and grants that nobody uses."""
    for fault in rights.faults:
        yield Check(id="rules", is_ok=False, says=fault, fix="mend the file, or take the rule out")
    for row in rights.rows:
        rule = f"{row.effect} {row.rule_text} at {row.source_text or row.layer}"
        if row.is_dead_because:
            yield Check(
                id="rules",
                is_ok=False,
                says=f"{rule} never matters: {row.is_dead_because}",
                fix="take it out, or write what was meant",
            )
        elif row.layer == "grant" and not row.uses:
            yield Check(id="rules", is_ok=True, says=f"the grant {row.rule_text} was never used; "
                        f'"pmagent garden revoke" takes it back')  # fmt: skip
    if rights.untrusted:
        yield Check(id="trust", is_ok=True, says=f"{len(rights.untrusted)} things that came with "
                    f'the folder wait for your trust: "pmagent garden trust"')  # fmt: skip
    if not rights.faults:
        yield Check(id="rules", is_ok=True, says=f"{len(rights.rows)} rules and grants in force")

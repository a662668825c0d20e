"""Speaks the attack harness's protocol for this product: one case in, what came of it out.

    python run_attacks.py attacks.json --adapter "python tests/security/adapter.py"

Each case becomes a garden with its rules written into settings files as a person would write them;
every step goes through the same gate, terminal application and command line as everything else.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import keyring
from keyring.backends import fail

from pmagent.agent.grounds import Wiring
from pmagent.errors import PmagentError
from pmagent.garden import Garden
from pmagent.llm.keys import store_key
from pmagent.llm.scripted import ScriptedModel
from pmagent.llm.servers import read_server
from pmagent.types.actions import (
    Ask,
    AskReply,
    Denied,
    Done,
    Failed,
    No,
    NoAnswer,
    Outcome,
    Unanswered,
    Yes,
)
from tests.security.attack_rules import settings_of
from tests.security.talking import (
    Script,
    converse,
    requests_of,
    run_command,
    run_worker,
    script_of,
    write_worker,
)
from tests.security.trail_edits import edit_trail
from tests.security.translating import translated

Case = Mapping[str, Any]
UNSUPPORTED = {
    "Publish": "publishing comes with the publishing job",
    "Trello": "Trello comes with the planning job",
    "FactCheck": "fact-checking is a later job",
}


@dataclass(kw_only=True)
class Run:
    """One case while it runs."""

    case: Case
    garden: Garden
    model: ScriptedModel
    script: Script
    asks: list[Ask] = field(default_factory=list)
    steps: list[dict[str, str]] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)
    audit: dict[str, Any] = field(default_factory=dict)
    tool_calls: int = 0
    last: str = ""

    def answer(self, ask: Ask) -> AskReply:
        """The scripted person."""
        self.asks.append(ask)
        match self.case.get("answers"):
            case "allow":
                return Yes()
            case "allow_first_only" if len(self.asks) == 1:
                return Yes()
            case "allow_always_first_only" if len(self.asks) == 1:
                return Yes(scope="session" if "session" in ask.scopes else "once")
            case "none":
                return NoAnswer()
            case _:
                return No()


def main() -> None:
    """Read the case, run it, write the response."""
    case = json.load(sys.stdin)
    home = Path(case["dirs"]["state"])
    root = Path(case["dirs"]["ws"])
    if case.get("sandbox") == "none":
        os.environ["PMAGENT_SANDBOX_TIER"] = "D"
    missing = _unsupported(case)
    if missing:
        json.dump({"unsupported": missing}, sys.stdout)
        return
    _write_settings(case, root, home)
    dialled: list[tuple[str, int]] = []
    write_worker(home)
    keyring.set_keyring(fail.Keyring())
    script = script_of(case, translated)
    model = ScriptedModel(script)
    garden = Garden.open(root, home=home, wiring=_wiring(case, dialled, model))
    run = Run(case=case, garden=garden, model=model, script=script, dialled=dialled)
    garden.gatehouse.asker = run.answer
    with garden:
        garden.gatehouse.begin()
        for step in case["steps"]:
            _take(run, step)
        response = _response(run)
    json.dump(response, sys.stdout)


def _unsupported(case: Case) -> str:
    for step in case["steps"]:
        tool = step.get("tool", "")
        if tool in UNSUPPORTED:
            return UNSUPPORTED[tool]
    return ""


def _write_settings(case: Case, root: Path, home: Path) -> None:
    (root / ".pmagent").mkdir(exist_ok=True)
    by_layer = settings_of(case)
    places = {
        "user": home / "config" / "settings.json",
        "managed": home / "config" / "managed-settings.json",
        "project": root / ".pmagent" / "settings.json",
        "plugin": root / ".pmagent" / "settings.local.json",
    }
    for layer, settings in by_layer.items():
        places[layer].parent.mkdir(parents=True, exist_ok=True)
        places[layer].write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _wiring(case: Case, dialled: list[tuple[str, int]], model: ScriptedModel) -> Wiring:
    """Names answered from the case, and its documentation addresses dialled at its fixture."""
    answers = {name: list(lists) for name, lists in case.get("dns", {}).items()}
    host, port = case["fixture"]["http"].split(":")

    def resolve(name: str) -> Sequence[str]:
        lists = answers.get(name)
        if lists is None:
            infos = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
            return tuple(dict.fromkeys(str(info[4][0]) for info in infos))
        return tuple(lists.pop(0) if len(lists) > 1 else lists[0])

    def dial(address: str, at: int, timeout_s: float) -> socket.socket:
        dialled.append((address, at))
        is_mapped = case["fixture"]["map_public_ip"] and address.startswith("203.0.113.")
        where = (host, int(port)) if is_mapped else (address, at)
        return socket.create_connection(where, timeout=timeout_s)

    return Wiring(
        resolve=resolve,
        dial=dial,
        model=model,
        trusts_documentation_addresses=bool(case["fixture"]["map_public_ip"]),
        managed=(Path(case["dirs"]["state"]) / "config" / "managed-settings.json",),
    )


def _take(run: Run, step: Case) -> None:
    if "harness" in step:
        _act(run, step)
        return
    end = time.monotonic() + float(step.get("repeat_s", 0))
    for _ in range(int(step.get("times", 1))):
        while True:
            decision, text = _use(run, step["tool"], step.get("input", {}), step)
            if time.monotonic() >= end:
                break
        run.steps.append({"decision": decision, "text": text})
        if step["tool"] != "Render":
            run.last = text


def _act(run: Run, step: Case) -> None:
    match step["harness"]:
        case "write":
            place = Path(step["path"])
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(step.get("text", ""), encoding="utf-8")
        case "swap_for_symlink":
            place = Path(step["path"])
            place.unlink(missing_ok=True)
            place.symlink_to(step["target"])
        case "add_rule":
            case = {**run.case, "rules": [*run.case.get("rules", ()), step["rule"]]}
            _write_settings(case, run.garden.root, Path(run.case["dirs"]["state"]))
        case "audit_edit":
            edit_trail(run.garden.data_dir / "audit.jsonl", step)
        case _:
            pass  # type_ahead, crash, http_fail, parallel, clock: nothing here stands on them


def _use(run: Run, tool: str, given: Case, step: Case) -> tuple[str, str]:
    """(decision, text) of one step."""
    run.tool_calls += 1
    try:
        match tool:
            case "Render":
                from tests.security.rendering import render  # noqa: PLC0415

                run.screens.append(render(given["as"], run.last, run.asks))
                return run.steps[-1]["decision"] if run.steps else "allowed", ""
            case "Index":
                return "allowed", _index(run, given)
            case "Undo":
                return _undo(run, int(given.get("n", 1)))
            case "Ask" | "SubAgent" | "Command":
                return _converse(run, tool, given)
            case "Config":
                return _configure(given)
            case "CLI":
                return "allowed", _cli(run, given)
            case _ if (simple := _simple(run, tool)) is not None:
                return simple
            case _:
                name, own = translated(tool, given)
                return _verdict(run, name, own, step)
    except PmagentError as exc:
        return "error", exc.message


def _verdict(run: Run, tool: str, given: Case, step: Case) -> tuple[str, str]:
    asked = len(run.asks)
    if "on_prompt" in step:
        original = run.garden.gatehouse.asker

        def swap_then_answer(ask: Ask) -> AskReply:
            for action in (
                step["on_prompt"] if isinstance(step["on_prompt"], list) else [step["on_prompt"]]
            ):
                _act(run, action)
            return original(ask)

        run.garden.gatehouse.asker = swap_then_answer
    try:
        outcome = run.garden.perform(tool, given, by="agent")
    finally:
        run.garden.gatehouse.asker = run.answer
    return _words(outcome, is_asked=len(run.asks) > asked)


def _words(outcome: Outcome, *, is_asked: bool) -> tuple[str, str]:
    match outcome:
        case Done(text=text, data=data) if data.get("exitCode", 0) and "fatal: " in text:
            return "error", text
        case Done(text=text):
            return "allowed", text
        case Denied(decision=decision, note=note):
            return ("asked" if is_asked else "denied"), f"{decision.reason} {note}".strip()
        case Unanswered(decision=decision):
            return "asked", decision.reason
        case Failed(message=message, hint=hint):
            return "error", f"{message} {hint}".strip()


def _index(run: Run, given: Case) -> str:
    """Index the garden by words; the names indexed below the path."""
    run.garden.index(meaning=False)
    path = str(given.get("path", ".")).strip("/")
    return "\n".join(
        f"{state.path} {state.state} {state.reason}".strip()
        for state in run.garden.status().files
        if path in {"", "."} or state.path == path or state.path.startswith(f"{path}/")
    )


def _undo(run: Run, count: int) -> tuple[str, str]:
    done = []
    for _ in range(count):
        points = [p for p in run.garden.checkpoints() if not p.undone_by and p.tool != "Undo"]
        if not points:
            break
        done.append(run.garden.undo(points[0].id).summary)
    return "allowed", "\n".join(done)


def _simple(run: Run, tool: str) -> tuple[str, str] | None:
    """What takes no input."""
    match tool:
        case "AuditVerify":
            run.audit = _audit(run)
            return "allowed", str(run.audit["verify"])
        case "SessionStart":
            run.garden.gatehouse.begin()
            return "allowed", ""
        case "Trust":
            return "denied", "trust is given by a key press only"
        case _:
            return None


def _converse(run: Run, tool: str, given: Case) -> tuple[str, str]:
    """A turn of the real conversation, through the loop and the gate."""
    match tool:
        case "SubAgent":
            heard = run_worker(run.garden, run.script, given, translated)
        case "Command":
            heard = run_command(run.garden, given)
        case _:
            heard = converse(run.garden, str(given.get("prompt", "")))
    run.tool_calls += heard.tool_calls
    run.screens.append(heard.screen)
    return heard.decision, heard.text


def _configure(given: Case) -> tuple[str, str]:
    """A key is kept in the keyring; where there is none, nowhere."""
    if given.get("op") != "set_key":
        return "denied", "settings are changed by a person"
    store_key(str(given["value"]), read_server(""))
    return "allowed", "kept"


def _cli(run: Run, given: Case) -> str:
    args = [str(item) for item in given["args"]]
    args = ["where", *args[1:]] if args[:1] == ["search"] else args
    with suppress(PmagentError):
        run.garden.index(meaning=False)
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *args],
        capture_output=True, text=True, timeout=60, check=False, cwd=run.case["dirs"]["ws"],
        env={**os.environ, "PMAGENT_HOME": run.case["dirs"]["state"],
             "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    run.screens.append(done.stdout + done.stderr)
    return done.stdout + done.stderr


def _audit(run: Run) -> dict[str, Any]:
    state, _ = run.garden.audit_state()
    entries = run.garden.audit(limit=10_000)
    return {
        "verify": "ok" if state == "empty" else state,
        "records": len(entries),
        "list": [
            {"tool": entry.tool, "decision": entry.verdict, "subject": entry.subject}
            for entry in entries
        ],
    }


def _response(run: Run) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    below = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    response: dict[str, Any] = {
        "steps": run.steps,
        "prompts": [
            {"tool": ask.call.tool, "text": "\n".join((ask.title, ask.body, *_shown(ask)))}
            for ask in run.asks
        ],
        "net": run.dialled,
        "tool_calls": run.tool_calls,
        "peak_rss_mb": max(peak, below) / 1024,
        "audit": run.audit or _audit(run),
        "crashed": False,
        "model_requests": requests_of(run.model),
    }
    if run.screens:
        response["screen"] = "\n".join(run.screens)
    return response


def _shown(ask: Ask) -> Iterator[str]:
    yield ask.risk
    yield ask.decision.reason


if __name__ == "__main__":
    main()

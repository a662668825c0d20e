"""The numbers of a session, in the shape that commands for a status line are written for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pmagent import __version__
from pmagent.types.actions import Json
from pmagent.types.conversing import StatusLine
from pmagent.types.talk import ModelCard
from pmagent.types.turns import Spend

MANY_TOKENS = 200_000
MOST_PADDING = 20


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What is known of a session now."""

    root: str
    session_id: str
    session_name: str
    transcript: str
    model: ModelCard
    spend: Spend
    duration_s: float = 0.0
    lines_added: int = 0
    lines_removed: int = 0
    context_tokens: int = 0
    effort: str = ""
    style: str = ""
    trust: str = ""
    files: int = 0
    passages: int = 0
    stale: int = 0


def read_status_line(wish: Json) -> StatusLine | None:
    """The setting `statusLine`; None where it is none that runs here."""
    if not isinstance(wish, Mapping):
        return None
    command = wish.get("command")
    if wish.get("type", "command") != "command" or not isinstance(command, str) or not command:
        return None
    padding, refresh = wish.get("padding", 0), wish.get("refreshInterval")
    return StatusLine(
        command=command,
        padding=padding if isinstance(padding, int) and 0 <= padding <= MOST_PADDING else 0,
        refresh_s=float(refresh) if isinstance(refresh, int | float) and refresh > 0 else None,
    )


def status_facts(numbers: Numbers) -> Mapping[str, Json]:
    """The object that a status line command reads on its standard input.

    A cost that is not known is null, never 0.
    """
    spend, model = numbers.spend, numbers.model
    limit = max(model.context_tokens, 1)
    used = round(100 * numbers.context_tokens / limit, 1)
    cost = None if spend.cost_usd is None else float(spend.cost_usd)
    return {
        "hook_event_name": "Status",
        "session_id": numbers.session_id,
        "session_name": numbers.session_name,
        "transcript_path": numbers.transcript,
        "cwd": numbers.root,
        "version": __version__,
        "model": {"id": model.id, "display_name": model.alias or model.id},
        "workspace": {
            "current_dir": numbers.root,
            "project_dir": numbers.root,
            "added_dirs": [],
        },
        "cost": {
            "total_cost_usd": cost,
            "total_duration_ms": round(numbers.duration_s * 1000),
            "total_api_duration_ms": round(spend.model_s * 1000),
            "total_lines_added": numbers.lines_added,
            "total_lines_removed": numbers.lines_removed,
        },
        "context_window": {
            "total_input_tokens": spend.usage.input_tokens,
            "total_output_tokens": spend.usage.output_tokens,
            "context_window_size": model.context_tokens,
            "used_percentage": used,
            "remaining_percentage": round(100 - used, 1),
            "current_usage": {"input_tokens": numbers.context_tokens},
        },
        "exceeds_200k_tokens": numbers.context_tokens > MANY_TOKENS,
        "effort": {"level": numbers.effort or "medium"},
        "thinking": {"enabled": False},
        "output_style": {"name": numbers.style or "default"},
        "index": {
            "files": numbers.files,
            "chunks": numbers.passages,
            "stale": numbers.stale,
        },
        "trust": {"level": numbers.trust},
        "publish": {"target": ""},
    }

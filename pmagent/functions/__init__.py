"""The pure functions that steps of procedures call by name: one module a family, found by a scan.

Each module exports `functions`. None has an effect: what is sent or written is a tool.
"""

from __future__ import annotations

from pmagent.functions._desk import Desk, KitShelf, RunsTold, no_runs

__all__ = ["Desk", "KitShelf", "RunsTold", "no_runs"]

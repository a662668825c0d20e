"""Metrics in words and as JSON."""

from __future__ import annotations

import math

from pmagent.traces.metrics import Metric, Unit
from pmagent.traces.waterfall import say_time


def metric_row(metric: Metric) -> tuple[str, str, str, str, str]:
    """Name, value, interval, n and what it counts; where there is no number, why."""
    if metric.value is None or metric.low is None or metric.high is None:
        return metric.name, metric.note, "", f"{metric.n:,}", metric.says
    low, high = say_value(metric.low, metric.unit), say_value(metric.high, metric.unit)
    value = say_value(metric.value, metric.unit)
    return metric.name, value, f"{low} … {high}", f"{metric.n:,}", metric.says


def metric_fields(metric: Metric) -> dict[str, object]:
    """The same for a program; an interval without an end has none there."""
    high = metric.high
    return {
        "name": metric.name,
        "says": metric.says,
        "unit": metric.unit,
        "n": metric.n,
        "value": metric.value,
        "low": metric.low,
        "high": None if high is None or math.isinf(high) else high,
        "note": metric.note,
    }


def say_value(value: float, unit: Unit) -> str:
    """`83 %`, `1.2 s`, `$0.021`, `3.4`."""
    if math.isinf(value):
        return "no end"
    match unit:
        case "share":
            return f"{value * 100:.0f} %"
        case "s":
            return say_time(value)
        case "usd":
            return f"${value:.4f}" if value < 1 else f"${value:,.2f}"
        case "min":
            return f"{value:.1f} min"
        case "count":
            return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"

"""What chart specifications are put together from: scales, dots, target lines and labels that do not overlap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qmsreport.render import filters
from qmsreport.render.palette import ACCENT, SOFT

Row = Mapping[str, Any]
Spec = dict[str, Any]
TEXT = 11  # CSS pixels


@dataclass(frozen=True, slots=True)
class Scale:
    """How an axis counts: values are divided by `per`, labels follow `format`."""

    per: float
    word: str
    format: str


def scale(unit: str, values: Sequence[float | None]) -> Scale:
    """The unit an axis reads best in, for values in a metric's unit."""
    largest = max(
        (abs(value) for value in values if not filters.missing(value) and value is not None), default=0.0
    )
    if unit in ("s", "seconds"):
        for per, word, least in ((86400, "days", 2 * 86400), (3600, "hours", 5400), (60, "minutes", 90)):
            if largest >= least:
                return Scale(per, word, ",~f")
        return Scale(1, "seconds", ",~f")
    if unit in ("ratio", "share"):
        return Scale(1, "percent", ".0%" if largest >= 0.05 else ".1%")
    return Scale(1, unit, ",~f")


def tick(value: Any, grain: str) -> str:
    """How a point in time is written under an axis."""
    if not isinstance(value, date):
        return str(value)
    labels: Mapping[str, Callable[[date], str]] = {
        "quarter": filters.quarter,
        "month": filters.month,
        "week": lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]),
    }
    return labels.get(grain, filters.day)(value)


def domain(values: Sequence[float | None], zero: bool) -> list[float]:
    """The axis from the smallest to a little above the largest value; from zero where `zero`."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = min(low, 0.0) if zero else low - (high - low) * 0.1
    return [round(low, 6), round(high * 1.06, 6) if high > low else low + 1.0]


def fill(colour: Spec) -> Spec:
    """Filled dots; a hollow one where few observations stand behind it."""
    return {"condition": {"test": "datum.few", "value": "#ffffff"}, **colour}


def points() -> Spec:
    """How dots are filled and what hovering over one says."""
    return {
        "fill": fill({"value": ACCENT}),
        "stroke": {"value": ACCENT},
        "tooltip": tips(over=True),
    }


def tips(over: bool = False) -> list[Spec]:
    """What hovering says: whose value, the value in words, how many observations; `over` adds the period."""
    shown: list[Spec] = [
        {"field": "s", "title": "of"},
        {"field": "v", "title": "value"},
        {"field": "n", "title": "n"},
    ]
    return [{"field": "x", "title": "in"}, *shown] if over else shown


def target_rule(target: float | None, axis: Scale, direction: str = "y", text: str = "") -> list[Spec]:
    """A dashed line at the target, with its name where `text` is given."""
    if target is None:
        return []
    at = {"datum": target / axis.per, "type": "quantitative"}
    once: Spec = {"transform": [{"aggregate": [{"op": "count", "as": "rows"}]}]}  # one line, not one per row
    layers: list[Spec] = [
        once | {"mark": {"type": "rule", "strokeDash": [4, 3], "color": SOFT}, "encoding": {direction: at}}
    ]
    if text:
        label: Spec = {"type": "text", "text": text, "color": SOFT, "fontSize": TEXT - 1}
        place: Spec = (
            {"align": "left", "x": 2, "dy": -5} if direction == "y" else {"align": "center", "y": -6}
        )
        layers.append(once | {"mark": label | place, "encoding": {direction: at}})
    return layers


def ends(values: Sequence[Row], order: Sequence[str], domain: Sequence[float], height: int) -> list[Row]:
    """The labels at the right end of each line, moved apart where they would overlap."""
    last = {
        value["s"]: value for value in values if value["y"] is not None and order and value["x"] == order[-1]
    }
    gap = (domain[1] - domain[0]) * (TEXT + 1) / height
    found: list[Row] = []
    for value in sorted(last.values(), key=lambda item: (item["y"], item["s"])):
        at = max(value["y"], found[-1]["at"] + gap) if found else value["y"]
        found.append(
            {
                "x": value["x"],
                "s": value["s"],
                "at": round(at, 6),
                "end": f"{value['s']} {value['v']}".strip(),
            }
        )
    return found

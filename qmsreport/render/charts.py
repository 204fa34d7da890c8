"""Chart specifications: what a chart shows, as one Vega-Lite dictionary that both formats draw from.

Nothing is drawn here (`figures` does that) and no number is computed: rows in, specification out. The horizontal
axis is always ordinal, because a time scale would be cut in the reader's zone.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qmsreport.render import filters, marks
from qmsreport.render.palette import ACCENT, BAD, FAINT, FONT, GOOD, INK, RULE, SERIES, SOFT, UNKNOWN

Row = Mapping[str, Any]
Spec = dict[str, Any]
WIDTH = 640  # CSS pixels of the text column in the PDF
_LABELS = 8  # under a horizontal axis, at most
_DASHES = ((1, 0), (6, 2), (2, 2), (8, 2, 2, 2), (4, 4))  # so that lines differ without their colour
CONFIG: Spec = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "mark": {"invalid": "break-paths-show-path-domains"},
    "axis": {
        "labelFont": FONT, "labelFontSize": marks.TEXT, "labelColor": SOFT, "title": None,
        "gridColor": FAINT, "gridWidth": 0.7, "domain": False, "ticks": False, "labelPadding": 5,
    },
    "axisX": {"grid": False, "labelAngle": 0, "domain": True, "domainColor": RULE},
    "text": {"font": FONT, "fontSize": marks.TEXT, "color": INK},
    "header": {"title": None, "labelFont": FONT, "labelFontSize": marks.TEXT, "labelFontWeight": 600, "labelColor": INK},
}  # fmt: skip
PARTS = {"good": GOOD, "bad": BAD, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its specification, its words, and the rows it shows as a table.

    `columns` are (key, label) pairs of `rows`, whose values are already text.
    """

    spec: Spec
    title: str
    desc: str
    unit: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    key: Sequence[tuple[str, str]] = field(default=())  # (colour, word) of stacked parts


def line(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    title: str,
    unit: str,
    desc: str = "",
    series: str = "",
    grain: str = "quarter",
    target: float | None = None,
    n: str = "",
    height: int = 130,
    zero: bool = True,
) -> Chart:
    """Lines over time, each named at its right end; at most five, because more cannot be told apart."""
    names = list(dict.fromkeys(str(row[series]) for row in rows)) if series else [""]
    if len(names) > len(SERIES):
        raise ValueError(
            f"a line chart of {len(names)} series: use chart_multiples for more than {len(SERIES)}"
        )
    axis = marks.scale(unit, [row[y] for row in rows] + [target])
    order = [marks.tick(value, grain) for value in sorted({row[x] for row in rows})]
    values = _complete([_point(row, x, y, series, n, unit, axis, grain) for row in rows], order)
    domain = marks.domain(
        [value["y"] for value in values] + ([target / axis.per] if target is not None else []), zero
    )
    base: Spec = {
        "x": {"field": "x", "type": "ordinal", "sort": order, "axis": {"values": order[:: max(1, -(-len(order) // _LABELS))], "offset": 4}},
        "y": {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": domain, "zero": False, "nice": False},
            "axis": {"format": axis.format, "tickCount": 4},
        },
        "color": {"field": "s", "type": "nominal", "scale": {"domain": names, "range": list(SERIES[: len(names)])}, "legend": None},
    }  # fmt: skip
    dash = {"field": "s", "type": "nominal", "scale": {"domain": names, "range": [list(d) for d in _DASHES[: len(names)]]}, "legend": None}  # fmt: skip
    layers = marks.target_rule(target, axis, text=filters.figure(target, unit) if target is not None else "")
    layers += [
        {"mark": {"type": "line", "strokeWidth": 1.6}, "encoding": {**base, "strokeDash": dash}},
        {
            "mark": {"type": "point", "size": 26 if len(order) <= 2 * _LABELS else 9, "opacity": 1},
            "encoding": {
                "x": base["x"],
                "y": base["y"],
                **marks.points(),
                "fill": marks.fill(base["color"]),
                "stroke": base["color"],
            },
        },
    ]
    ends = marks.ends(values, order, domain, height)
    if ends:
        label = {**base, "y": {**base["y"], "field": "at"}, "text": {"field": "end"}}
        layers.append(
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 9, "baseline": "middle"},
                "encoding": label,
            }
        )
    spec = _spec(values, layers, title, width=WIDTH - 120, height=height)
    return Chart(spec, title, desc or _say(values, "s"), axis.word, _columns(series, n), values)


def multiples(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    facet: str,
    title: str,
    unit: str,
    desc: str = "",
    grain: str = "quarter",
    target: float | None = None,
    n: str = "",
    columns: int = 5,
    height: int = 52,
    shared: bool = True,
) -> Chart:
    """Small multiples: one panel per `facet`, all on the same scale unless `shared` is false, last value named."""
    axis = marks.scale(unit, [row[y] for row in rows] + [target])
    order = [marks.tick(value, grain) for value in sorted({row[x] for row in rows})]
    values = _complete([_point(row, x, y, facet, n, unit, axis, grain) for row in rows], order)
    panels = list(dict.fromkeys(value["s"] for value in values))
    # a panel says so where its last value is missing
    last = {value["s"]: value for value in sorted(values, key=lambda value: order.index(value["x"]))}
    for value in last.values():
        known = value["x"] == order[-1] and value["y"] is not None
        value["end"] = value["v"] if known else "no data"
    width = (WIDTH - 34 - (columns - 1) * 16) // columns
    domain = marks.domain(
        [value["y"] for value in values] + ([target / axis.per] if target is not None else []), True
    )
    ends = [order[0], order[-1]] if order else []
    base: Spec = {
        "x": {
            "field": "x",
            "type": "ordinal",
            "sort": order,
            "scale": {"domain": order, "padding": 0.4},
            "axis": {
                "values": ends,
                "labelAlign": {"expr": f"datum.value == '{ends[0]}' ? 'left' : 'right'"},
            },
        }
        if ends
        else {},
        "y": {
            "field": "y",
            "type": "quantitative",
            "scale": {"zero": True, "nice": False} | ({"domain": domain} if shared else {}),
            "axis": {"format": axis.format, "tickCount": 2},
        },
    }
    layers = [
        *marks.target_rule(target, axis),
        {"mark": {"type": "line", "strokeWidth": 1.5, "color": ACCENT}, "encoding": base},
        {
            "mark": {"type": "point", "size": 14, "opacity": 1, "color": ACCENT},
            "encoding": {**base, **marks.points()},
        },
        {
            "transform": [{"filter": "datum.end"}],
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "fontWeight": 600,
                "fontSize": marks.TEXT,
            },
            "encoding": {"text": {"field": "end"}, "x": {"value": "width"}, "y": {"value": -5}},
        },
    ]
    spec = _frame(title) | {
        "data": {"values": values},
        "facet": {"field": "s", "type": "nominal", "sort": panels, "header": {"labelAnchor": "start", "labelPadding": 4, "labelLimit": width}},
        "columns": columns,
        "spacing": {"row": 12, "column": 16},
        "spec": {"width": width, "height": height, "layer": layers},
        "resolve": {"axis": {"x": "independent"}} | ({} if shared else {"scale": {"y": "independent"}}),
    }  # fmt: skip
    return Chart(spec, title, desc or _say(values, "s"), axis.word, _columns(facet, n), values)


def bars(
    rows: Sequence[Row],
    *,
    category: str,
    value: str,
    title: str,
    unit: str,
    desc: str = "",
    target: float | None = None,
    target_word: str = "target",
    emphasis: str = "",
    n: str = "",
    digits: int | None = None,
) -> Chart:
    """Horizontal bars in the order of the rows, each with its value at its end.

    `emphasis` is the key of a truth value: those bars are drawn dark, the others light.
    """
    axis = marks.scale(unit, [row[value] for row in rows] + [target])
    values = []
    for row in rows:
        text = filters.percent(row[value], digits) if digits is not None else filters.figure(row[value], unit)
        values.append(
            {
                "s": str(row[category]),
                "y": None if filters.missing(row[value]) else round(row[value] / axis.per, 6),
                "v": _plain(text),
                "c": bool(emphasis and row[emphasis]),
                "n": _count(row, n),
            }
        )
    order = [item["s"] for item in values]
    base: Spec = {
        "y": {"field": "s", "type": "nominal", "sort": order, "axis": {"labelLimit": 170, "labelColor": INK}},
        "x": {
            "field": "y",
            "type": "quantitative",
            "axis": {"format": axis.format, "tickCount": 5, "grid": True, "domain": False},
        },
    }
    shade = {"condition": {"test": "datum.c", "value": BAD}, "value": GOOD if emphasis else ACCENT}
    bar = {
        "mark": {"type": "bar", "height": 10},
        "encoding": {**base, "color": shade, "tooltip": marks.tips()},
    }
    label: Spec = {"type": "text", "align": "left", "dx": 4, "baseline": "middle"}
    words = {**base, "text": {"field": "v"}}
    halo = label | {"stroke": "#ffffff", "strokeWidth": 3}  # keeps the target's line out of the figures
    rule = marks.target_rule(target, axis, direction="x", text=target_word if target is not None else "")
    layers = [bar, *rule, {"mark": halo, "encoding": words}, {"mark": label, "encoding": words}]
    spec = _spec(values, layers, title, width=WIDTH - 190, height={"step": 17})
    return Chart(spec, title, desc or _say(values, "s"), axis.word, _columns(category, n, over=""), values)


def stacked(
    rows: Sequence[Row],
    *,
    category: str,
    parts: Sequence[tuple[str, str, str]],
    title: str,
    unit: str = "share of the whole",
    desc: str = "",
) -> Chart:
    """Horizontal bars of shares that add up to the whole.

    `parts` are (key, word, colour name of `PARTS`) from left to right; values are amounts in any unit.
    """
    values, table = [], []
    for row in rows:
        amounts = [0.0 if filters.missing(row[key]) else float(row[key]) for key, _, _ in parts]
        whole, left = sum(amounts), 0.0
        shares = [amount / whole if whole else 0.0 for amount in amounts]
        for (_, word, _), share in zip(parts, shares, strict=True):
            values.append({"s": str(row[category]), "part": word, "from": round(left, 6), "to": round(left + share, 6), "v": _plain(filters.percent(share))})  # fmt: skip
            left += share
        words = {
            word: _plain(filters.percent(share)) for (_, word, _), share in zip(parts, shares, strict=True)
        }
        table.append({"s": str(row[category])} | words)
    order = list(dict.fromkeys(value["s"] for value in values))
    layer: Spec = {
        "mark": {"type": "bar", "height": 10, "stroke": SOFT, "strokeWidth": 0.4},
        "encoding": {
            "y": {"field": "s", "type": "nominal", "sort": order, "axis": {"labelLimit": 170, "labelColor": INK}},
            "x": {"field": "from", "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": ".0%", "tickCount": 5, "domain": False}},
            "x2": {"field": "to"},
            "color": {"field": "part", "type": "nominal", "legend": None, "scale": {"domain": [word for _, word, _ in parts], "range": [PARTS[name] for *_, name in parts]}},
            "tooltip": [{"field": "s", "title": "of"}, {"field": "part", "title": "part"}, {"field": "v", "title": "share"}],
        },
    }  # fmt: skip
    spec = _spec(values, [layer], title, width=WIDTH - 150, height={"step": 17})
    columns = [("s", category.capitalize()), *((word, word) for _, word, _ in parts)]
    said = desc or "; ".join(
        f"{row['s']}: " + ", ".join(f"{row[w]} {w}" for _, w, _ in parts) for row in table[:12]
    )
    return Chart(
        spec, title, said, unit, columns, table, tuple((PARTS[name], word) for _, word, name in parts)
    )


def _point(
    row: Row, x: str, y: str, series: str, n: str, unit: str, axis: marks.Scale, grain: str
) -> dict[str, Any]:
    return {
        "x": marks.tick(row[x], grain),
        "y": None if filters.missing(row[y]) else round(row[y] / axis.per, 6),
        "s": str(row[series]) if series else "",
        "v": _plain(filters.figure(row[y], unit, bare=True)),
        "n": _count(row, n),
        "few": bool(n) and 0 < (row[n] or 0) < filters.SMALL_N,
    }


def _complete(points: Sequence[dict[str, Any]], order: Sequence[str]) -> list[dict[str, Any]]:
    """The points with a gap wherever a series has none of its own: a line must not run on over what is not known."""
    known = {(point["x"], point["s"]): point for point in points}
    names = list(dict.fromkeys(point["s"] for point in points))
    gap = {"y": None, "v": "no data", "n": "", "few": False}
    return [known.get((x, name), {"x": x, "s": name} | gap) for x in order for name in names]


def _plain(text: str) -> str:
    return "no data" if text == filters.NO_DATA else str(text)


def _count(row: Row, n: str) -> str:
    return _plain(filters.number(row[n])) if n else ""


def _say(values: Sequence[Row], name: str, most: int = 12) -> str:
    """The chart in words: the last value of each series."""
    last: dict[str, str] = {str(value[name]): str(value["v"]) for value in values}
    said = [
        f"{who}: {what}" if who else f"last value {what}"
        for who, what in itertools.islice(last.items(), most)
    ]
    return "; ".join(said) + ("; and more, in the table." if len(last) > most else ".")


def _columns(series: str, n: str, over: str = "Period") -> list[tuple[str, str]]:
    columns = [("s", series.replace("_", " ").capitalize())] if series else []
    columns += [("x", over)] if over else []
    return [*columns, ("v", "Value"), *([("n", "n")] if n else [])]


def _frame(title: str) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": title,
        "padding": 2,
        "config": CONFIG,
    }


def _spec(values: Sequence[Row], layers: Sequence[Spec], title: str, *, width: int, height: Any) -> Spec:
    return _frame(title) | {
        "width": width,
        "height": height,
        "data": {"values": list(values)},
        "layer": list(layers),
    }

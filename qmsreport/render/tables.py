"""Tables: a column specification and rows in, accessible and cheap markup out.

Cells are few and plain because the PDF renderer's time is linear in elements: rules belong to rows, widths to
the column group, and a status is one span.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from qmsreport.render import filters, widths
from qmsreport.render.sparklines import sparkline

Row = Mapping[str, Any]
_RIGHT = frozenset({"number", "percent", "objective", "duration", "figure", "trend"})
_SIZE, _DENSE, _CODE, _UNIT = 8.0, 7.8, 0.88, 0.88  # points, and shares of them: as in the stylesheets
_EDGES, _GAP = 7.0, 10.8  # points: the paddings of a cell, and what `g` adds
_PICTURE, _SHAPE = 58.0, 9.0  # points that a sparkline takes, and the shape before a status
_DAYS = frozenset({"day", "local_day", "last_day"})  # browsers would break them at their hyphens
DAGGER = Markup('<span class="few">†</span>')


@dataclass(frozen=True, slots=True)
class Column:
    """What one column shows and how it reads.

    Args:
        key: of the row.
        label: the column's head.
        unit: printed under the label, so that it need not stand in each cell.
        format: text, code, number, percent, objective, duration, figure, day, local_day, last_day, moment, month,
            quarter, digest, status, spark, trend (the line, figure and count of a row that the cell holds), or
            findings: how many of the row failed, could not be assessed, were accepted and passed, in words.
        digits: for number and percent.
        align: left or right; figures stand right by default.
        width: relative to the other columns.
        n: key of the number of observations, printed small under the value; fewer than five are marked.
        head: the cell names its row (a row header).
        against: key of an objective that a percentage must not be rounded across.
        zone: for local_day, last_day and moment.
        define: the metric or check that the head leads to, in the appendix of definitions.
        defined_by: key of the one that the cell leads to.
    """

    key: str
    label: str
    unit: str = ""
    format: str = "text"
    digits: int | None = None
    align: str = ""
    width: float = 1.0
    n: str = ""
    head: bool = False
    against: str = ""
    zone: str = "UTC"
    define: str = ""
    defined_by: str = ""

    @property
    def css(self) -> str:
        """The cell's class, or nothing for what stands left."""
        if self.format == "code":
            return "c"
        if self.format in _DAYS:
            return "d"
        right = self.align == "right" or (not self.align and self.format in _RIGHT)
        return "r" if right else ""


def _text(value: Any, _: Column, __: Row) -> Any:
    if filters.missing(value) or value == "":
        return filters.NO_DATA
    if isinstance(value, bool):
        return "yes" if value else "no"
    return widths.breakable(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def _spark(value: Any, column: Column, row: Row) -> Any:
    return sparkline(value, title=f"{column.label} {row.get('spark_title', '')}".strip())


def _trend(value: Row | None, column: Column, row: Row) -> Any:
    """A measure in one cell: its line, its newest figure and how many observations that rests on."""
    if value is None or all(map(filters.missing, value["series"] or ())):
        return filters.NO_DATA
    line = _spark(value["series"], column, row)
    note = Markup("<small>{}</small>").format(value["restated"]) if value["restated"] else ""
    figure = filters.figure(value["value"], value["unit"])
    return Markup("{}<br>{}{}{}").format(line, figure, observations(value["n"]), note)


def _findings(_: Any, __: Column, row: Row) -> Any:
    """What there is of each result, the worst first: four columns in one, for paper."""
    words = {"failed": "fail", "unassessed": "not fully assessed", "accepted": "accepted", "passed": "pass"}
    parts = [f"{filters.number(row[key])}\u00a0{word}" for key, word in words.items() if row[key]]
    return "\u00a0· ".join(parts) or filters.NO_DATA


_CELLS: Mapping[str, Callable[[Any, Column, Row], Any]] = {
    "text": _text,
    "code": _text,
    "number": lambda value, column, _: filters.number(value, column.digits or 0),
    "percent": lambda value, column, row: filters.percent(
        value, 1 if column.digits is None else column.digits, row[column.against] if column.against else None
    ),
    "objective": lambda value, *_: filters.objective(value),
    "duration": lambda value, *_: filters.duration(value),
    "figure": lambda value, _, row: filters.figure(value, row["unit"]),
    "day": lambda value, *_: filters.day(value),
    "local_day": lambda value, column, _: filters.local_day(value, column.zone),
    "last_day": lambda value, column, _: filters.last_day(value, column.zone),
    "moment": lambda value, column, _: filters.moment(value, column.zone),
    "month": lambda value, *_: filters.month(value),
    "quarter": lambda value, *_: filters.quarter(value),
    "digest": lambda value, *_: filters.digest(value),
    "status": lambda value, *_: filters.status(value),
    "spark": _spark,
    "trend": _trend,
    "findings": _findings,
}


def few(n: float | None) -> bool:
    """Whether a figure rests on some, but too few, observations to be read without care."""
    return n is not None and 0 < n < filters.SMALL_N


def observations(n: float | None) -> Markup:
    """`n 42`, marked when small; nothing where observations are not counted."""
    if n is None:
        return Markup("")
    mark = DAGGER if few(n) else Markup("")
    return Markup('<small class="n">n&nbsp;{}{}</small>').format(filters.number(n), mark)


def empty(sentence: str) -> Markup:
    """An empty state: a sentence, never a blank."""
    return Markup('<p class="empty">{}</p>').format(sentence)


def file_note(shown: int, total: int, file: str) -> Markup:
    """How many rows are on the page, where some are left out, and in which file they are."""
    where = Markup('<span class="c">{}</span>').format(file)
    if shown < total:
        rest = Markup("; all of them are in {}").format(where) if file else ""
        return Markup('<p class="more">The first {:,} of {:,} rows{}.</p>').format(shown, total, rest)
    return (
        Markup('<p class="more">The rows behind this table are in {}.</p>').format(where)
        if file
        else Markup("")
    )


def table(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    caption: str = "",
    empty: str = "There is nothing to list.",
    group: str = "",
    limit: int = 0,
    total: int | None = None,
    file: str = "",
    css: str = "",
    group_defined_by: str = "",
) -> Markup:
    """A table, or the sentence `empty` when there are no rows.

    Args:
        rows: dictionaries that have every column's key.
        columns: from `col(...)`.
        caption: says what the rows are; read out by screen readers.
        empty: the sentence shown instead of an empty table.
        group: key whose change starts a new group of rows under its own heading.
        limit: at most so many rows on the page; 0 is all.
        total: rows there are, when `rows` is already cut.
        file: where all the rows are, as in `data/deployments.csv`.
        css: further classes.
        group_defined_by: key of the metric or check that a group's heading leads to.
    """
    if not rows:
        return globals()["empty"](empty)  # type: ignore[no-any-return]  # the argument hides the function
    shown = rows[:limit] if limit else rows
    cells = [[_content(column, row) for column in columns] for row in shown]
    gaps = [
        before.css == "r" and column.css != "r"
        for before, column in zip((columns[0], *columns), columns, strict=False)
    ]
    least = [
        _least(column, gap, [row[at] for row in cells], _DENSE if "dense" in css.split() else _SIZE)
        for at, (column, gap) in enumerate(zip(columns, gaps, strict=True))
    ]
    parts = [f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption or "Table")}">']
    parts.append(f'<table class="{escape(css)}">' if css else "<table>")
    if caption:
        parts.append(f"<caption>{escape(caption)}</caption>")
    parts.append("<colgroup>")
    parts += [
        f'<col style="width:{100 * share:.2f}%">'
        for share in widths.shares([column.width for column in columns], least)
    ]
    parts.append("</colgroup><thead><tr>")
    parts += [_head(column, gap) for column, gap in zip(columns, gaps, strict=True)]
    parts.append("</tr></thead><tbody>")
    marked = False
    previous: Any = None
    for index, row in enumerate(shown):
        if group and (index == 0 or row[group] != previous):
            previous = row[group]
            if index:
                parts.append("</tbody><tbody>")
            heading = _defined(
                escape(_text(previous, columns[0], row)), row[group_defined_by] if group_defined_by else ""
            )
            parts.append(
                f'<tr class="group"><th scope="rowgroup" colspan="{len(columns)}">{heading}</th></tr>'
            )
        parts.append("<tr>")
        parts += [
            _cell(column, content, gap)
            for column, content, gap in zip(columns, cells[index], gaps, strict=True)
        ]
        parts.append("</tr>")
        marked = marked or any(column.n and few(row[column.n]) for column in columns)
    parts.append("</tbody></table></div>")
    if marked:
        parts.append(f'<p class="more">† fewer than {filters.SMALL_N} observations: read with care.</p>')
    if total is not None or len(shown) < len(rows) or file:
        parts.append(file_note(len(shown), len(rows) if total is None else total, file))
    return Markup("".join(parts))  # noqa: S704 – every part above is escaped


def _defined(content: Markup, name: str) -> Markup:
    """Content that leads to the definition of a metric or check; as it is where none is named."""
    return Markup('<a class="def" href="#def-{}">{}</a>').format(name, content) if name else content


def _class(name: str, gap: bool) -> str:
    """A class attribute; `g` keeps what stands left clear of the figures that stand right before it."""
    names = " ".join(filter(None, (name, "g" if gap else "")))
    return f' class="{names}"' if names else ""


def _head(column: Column, gap: bool) -> str:
    css = _class("r" if column.css == "r" else "", gap)
    unit = f"<small>{escape(column.unit)}</small>" if column.unit else ""
    label = _defined(escape(column.label), column.define)
    return f'<th scope="col"{css}>{label}{unit}</th>'


def _content(column: Column, row: Row) -> Markup:
    content = escape(_CELLS[column.format](row[column.key], column, row))
    content = _defined(content, row[column.defined_by] if column.defined_by else "")
    return content + observations(row[column.n]) if column.n else content


def _least(column: Column, gap: bool, cells: Sequence[Markup], size: float) -> float:
    """The points that the column needs so that no word of its head and its cells breaks."""
    head = widths.need([escape(column.label)], "report-sans-semibold", size)
    unit = widths.need([escape(column.unit)], "report-sans-regular", size * _UNIT)
    if column.format in ("spark", "trend"):
        body = _PICTURE
    elif column.format == "status":
        body = widths.need(cells, "report-sans-semibold", size) + _SHAPE
    elif column.format == "code":
        body = widths.need(cells, "report-mono-regular", size * _CODE)
    else:
        body = widths.need(cells, "report-sans-regular", size)
    return max(head, unit, body) + _EDGES + (_GAP if gap else 0)


def _cell(column: Column, content: Markup, gap: bool) -> str:
    css = _class(column.css, gap)
    return f'<th scope="row"{css}>{content}</th>' if column.head else f"<td{css}>{content}</td>"


def key_values(pairs: Sequence[tuple[str, Any]], css: str = "") -> Markup:
    """A description list: what, and what it is."""
    items = "".join(
        f"<dt>{escape(key)}</dt><dd>{escape(_text(value, _PLAIN, {}))}</dd>" for key, value in pairs
    )
    return Markup(f'<dl class="kv {escape(css)}">{items}</dl>')  # noqa: S704 – escaped above


_PLAIN = Column("", "")

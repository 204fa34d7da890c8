"""`data/populations.xlsx`: what figures were counted from, one sheet each, for people who sample in a spreadsheet.

Every cell has its type: numbers, times (UTC) and truth values as such, everything else as text that no spreadsheet
takes for a formula. A sheet holds 1,048,576 rows; where a population has more, its last row and the first sheet say so.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.results import Evaluation

ROWS = 1_048_576  # of a sheet, the header included
_LONGEST = 32_767  # characters in a cell
_EXACT = 2**53  # whole numbers beyond it are not exact as a cell's number: they become text
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets disagree about which day a number is
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = (10, 48)  # of a column, in characters
_MEASURED_ROWS = 200


def content(evaluation: Evaluation, rows: int = ROWS) -> bytes:
    """The workbook's bytes.

    Args:
        evaluation: its populations, and the findings as the first of them.
        rows: how many a sheet may hold, the header included.
    """
    import xlsxwriter

    report = evaluation.report
    tables = {"findings": evaluation.findings, **evaluation.populations}
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "nan_inf_to_errors": False}  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties(
            {
                "title": f"{report['title']}, {report['period']}: populations",
                "company": str(report["organisation"]),
                "comments": f"Evidence digest {report['evidence_digest']}",
                "created": report["as_of"].replace(tzinfo=UTC),
            }
        )
        styles = _Styles(book)
        about = book.add_worksheet("About")
        cut = {}
        for name, title in _titles(tables).items():
            cut[name] = _sheet(book.add_worksheet(title), name, tables[name], styles, rows)
        _about(about, report, tables, cut, styles)
    return buffer.getvalue()


class _Styles:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.text = book.add_format({"quote_prefix": True})  # stays text also when somebody edits the cell


def _titles(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Table to the title of its sheet: at most 31 characters, none that a sheet may not have, no two the same."""
    titles: dict[str, str] = {}
    for name in tables:
        plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "Sheet"
        number, title = 1, plain
        while title.casefold() in {"about", "history", *(known.casefold() for known in titles.values())}:
            number += 1
            title = f"{plain[: 31 - len(str(number)) - 1]} {number}"
        titles[name] = title
    return titles


def _sheet(sheet: Any, name: str, frame: pl.DataFrame, styles: _Styles, rows: int) -> str:
    """Write one table; what had to be left out, as a sentence, or nothing."""
    columns = frame.columns
    times = {column for column, kind in frame.schema.items() if str(kind).startswith("Datetime")}
    heads = [f"{column} (UTC)" if column in times else column for column in columns]
    for index, head in enumerate(heads):
        sheet.write_string(0, index, head, styles.head)
        longest = max((len(str(value)) for value in frame[columns[index]].head(_MEASURED_ROWS)), default=0)
        sheet.set_column(index, index, min(max(len(head), longest, _WIDTHS[0]), _WIDTHS[1]))
    sheet.freeze_panes(1, 0)
    left_out = frame.height > rows - 1
    kept = rows - 2 if left_out else frame.height  # the last row says what is not there
    if kept and columns:
        sheet.autofilter(0, 0, kept, len(columns) - 1)
    for number, values in enumerate(frame.head(kept).iter_rows(), 1):
        for index, value in enumerate(values):
            _cell(sheet, number, index, value, styles)
    if not left_out:
        return ""
    said = f"{frame.height - kept:,} of {frame.height:,} rows do not fit in a sheet. All of them are in data/{name}.csv and evidence.duckdb."
    sheet.write_string(rows - 1, 0, said)
    return said


def _cell(sheet: Any, row: int, column: int, value: Any, styles: _Styles) -> None:
    """Write one value as what it is; absent stays empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) <= _EXACT:
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.date() >= _FIRST_DAY:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), styles.time)
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
        sheet.write_datetime(row, column, value, styles.day)
    else:
        text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        if len(text) > _LONGEST:
            text = text[: _LONGEST - 1] + "…"
        if text:
            sheet.write_string(row, column, text, styles.text if text.startswith(_FORMULA) else None)


def _about(
    sheet: Any,
    report: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    cut: Mapping[str, str],
    styles: _Styles,
) -> None:
    """The first sheet: what this is, and how many rows each sheet has."""
    facts = {
        "Entity": report["organisation"],
        "Period": f"{report['period']}: {report['first_day']} to {report['last_day']}, {report['zone']}",
        "Revision": str(report["revision"]),
        "Facts as known at": f"{report['as_of']:%Y-%m-%d %H:%M:%S} UTC",
        "Evidence digest": str(report["evidence_digest"]),
        "Notice": str(report.get("notice") or ""),
    }
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 70)
    row = 0
    for name, text in facts.items():
        if text:
            sheet.write_string(row, 0, name, styles.head)
            sheet.write_string(row, 1, text)
            row += 1
    for index, head in enumerate(("Population", "Rows", "Left out")):
        sheet.write_string(row + 1, index, head, styles.head)
    for number, (name, frame) in enumerate(tables.items(), row + 2):
        sheet.write_string(number, 0, name)
        sheet.write_number(number, 1, frame.height)
        sheet.write_string(number, 2, cut[name])

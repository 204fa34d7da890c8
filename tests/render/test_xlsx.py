"""The workbook of populations, read by two independent readers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import polars as pl
import pytest
import python_calamine

from qmsreport.render import xlsx

NOON = datetime(2026, 7, 1, 12, 30, 15)  # noqa: DTZ001 – the vocabulary's times are naive UTC
MIDNIGHT = datetime(2026, 7, 1)  # noqa: DTZ001 – as above
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "http://example.org/", "plain"]


def book(evaluation, frame=None, **options):
    """The workbook with one population, or with all."""
    one = evaluation if frame is None else replace(evaluation, populations={"rows": frame})
    return openpyxl.load_workbook(io.BytesIO(xlsx.content(one, **options)))


def test_holds_every_row_of_every_population(evaluation):
    """One sheet each, with header, all rows, a frozen first row; the first sheet says how many, and of what."""
    content = xlsx.content(evaluation)
    opened = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert opened.sheet_names == ["About", "findings", *evaluation.populations]
    for name, frame in {"findings": evaluation.findings, **evaluation.populations}.items():
        assert len(opened.get_sheet_by_name(name).to_python()) == frame.height + 1
    about = opened.get_sheet_by_name("About").to_python()
    assert ["deployments", 1064, ""] in about
    assert any(evaluation.report["evidence_digest"] in row for row in about)
    sheets = openpyxl.load_workbook(io.BytesIO(content))
    assert all(sheets[name].freeze_panes == "A2" for name in sheets.sheetnames[1:])


def test_cells_have_their_types(evaluation):
    """Numbers, truth values, days and times are such; absent is empty; what a cell cannot hold exactly is text."""
    frame = pl.DataFrame(
        {
            "text": ["a"], "whole": [7], "huge": [2**62], "share": [0.25], "unknown": [float("nan")], "endless": [float("inf")],
            "flag": [True], "day": [date(2026, 7, 1)], "time": [NOON], "early": [date(1850, 1, 1)], "list": [["a", "b"]], "none": [None],
        }
    )  # fmt: skip
    head, row = book(evaluation, frame)["rows"].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True)) == {
        "text": "a", "whole": 7, "huge": str(2**62), "share": 0.25, "unknown": None, "endless": "inf", "flag": True,
        "day": MIDNIGHT, "time (UTC)": NOON, "early": "1850-01-01", "list": "a b", "none": None,
    }  # fmt: skip


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_a_formula_or_a_link(evaluation, text):
    """A text stays that text: no formula, no link; what looks like a formula is marked as quoted."""
    sheet = book(evaluation, pl.DataFrame({"text": [text]}))["rows"]
    assert sheet["A2"].value.strip() == text.strip()
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].hyperlink is None
    assert bool(sheet["A2"].quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))


def test_a_population_beyond_a_sheet_says_what_is_missing(evaluation):
    """Where a sheet is full, its last row and the first sheet say how many rows are elsewhere; exactly full says nothing."""
    frame = pl.DataFrame({"n": range(12)})
    opened = book(evaluation, frame, rows=10)
    values = [value for (value,) in opened["rows"].iter_rows(values_only=True)]
    assert len(values) == 10
    assert values[:9] == ["n", *range(8)]
    assert values[9].startswith("4 of 12 rows do not fit in a sheet.")
    assert any("4 of 12 rows" in str(row[2]) for row in opened["About"].iter_rows(values_only=True))
    full = book(evaluation, frame, rows=13)
    assert [value for (value,) in full["rows"].iter_rows(values_only=True)] == ["n", *range(12)]


def test_long_names_and_texts_fit(evaluation):
    """Names longer than a sheet's may be stay apart; a text longer than a cell is cut with an ellipsis."""
    names = {f"{'a' * 40}{number}": pl.DataFrame({"x": ["y" * 40_000]}) for number in range(2)} | {
        "about": pl.DataFrame({"x": [1]})
    }
    opened = openpyxl.load_workbook(io.BytesIO(xlsx.content(replace(evaluation, populations=names))))
    assert len(set(opened.sheetnames)) == 5
    text = opened["a" * 31]["A2"].value
    assert len(text) == 32_767
    assert text.endswith("…")


def test_nothing_of_this_moment_is_in_the_file(evaluation):
    """The same evaluation gives the same bytes at any time: created as of the report, entries without a clock."""
    content = xlsx.content(evaluation)
    assert xlsx.content(evaluation) == content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert core.count("2026-10-02T06:00:00Z") == 2

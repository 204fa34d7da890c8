"""CSV and JSON."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport.render import csv_files, json_file

NOON = datetime(2026, 7, 1, 12)  # noqa: DTZ001 – the vocabulary's times are naive UTC


@given(st.text())
def test_no_text_cell_starts_like_a_formula(text):
    """A spreadsheet never takes a text for a formula, and the text is still all there."""
    cell = csv_files.cell(text)
    assert not str(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert str(cell).endswith(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (math.nan, ""), (-3, -3), (-0.5, -0.5), (True, "true"), (NOON, "2026-07-01T12:00:00Z"), (date(2026, 7, 1), "2026-07-01"),
     (["a", "b"], "a b"), ("=1+1", "'=1+1"), ("-x", "'-x")],
)  # fmt: skip
def test_cells_are_plain_and_unambiguous(value, text):
    """Absent is empty, times are ISO 8601 UTC, numbers stay numbers also when negative."""
    assert csv_files.cell(value) == text


def test_the_files_hold_every_row_and_column(evaluation, bundle):
    """Each section and population is a file with a header and all of its rows."""
    for name in ("metrics", "findings", "deployments", "section-services"):
        with (bundle / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
        expected = {
            "metrics": evaluation.metrics,
            "findings": evaluation.findings,
            "deployments": evaluation.populations["deployments"],
        }.get(name)
        if expected is None:
            assert head == list(evaluation.sections["services"].rows[0])
            assert len(rows) == len(evaluation.sections["services"].rows)
        else:
            assert head == expected.columns
            assert len(rows) == expected.height


def test_the_json_says_what_the_report_says(evaluation, bundle):
    """report.json holds the cover, every section's rows, every finding and every definition, and says which is which."""
    document = json.loads((bundle / "data" / "report.json").read_text("utf-8"))
    assert document["report"]["as_of"] == "2026-10-02T06:00:00Z"
    assert set(document["sections"]) == set(evaluation.sections)
    assert set(document["contents"]) == set(document)
    assert len(document["findings"]) == evaluation.findings.height
    assert {entry["id"] for entry in document["definitions"]} == {query.id for query in evaluation.queries}


def test_the_json_holds_the_figures_of_its_period_and_the_csv_all(evaluation, bundle):
    """report.json has each figure of the report's own period, for every scope; other periods and series are in metrics.csv."""
    document = json.loads((bundle / "data" / "report.json").read_text("utf-8"))
    with (bundle / "data" / "metrics.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first_day = evaluation.report["first_day"].isoformat()
    own = [row for row in rows if (row["grain"], row["starts_on"]) == ("period", first_day)]
    assert 0 < len(own) < len(rows)
    names = ("metric", "scope_type", "scope", "environment", "statistic")
    assert [tuple(row[name] or "" for name in names) for row in document["metrics"]] == [
        tuple(row[name] for name in names) for row in own
    ]
    assert {row["grain"] for row in document["metrics"]} == {"period"}
    assert {row["starts_on"] for row in document["metrics"]} == {first_day}
    assert set(document["metrics"][0]) == set(rows[0])


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_json_has_null_where_there_is_no_number(evaluation, value):
    """NaN and infinity are no JSON: both are null, as is what is not known."""
    metrics = evaluation.metrics.with_columns(value=pl.lit(value, pl.Float64))
    text = json_file.content(dataclasses.replace(evaluation, metrics=metrics)).decode()
    assert {row["value"] for row in json.loads(text, parse_constant=pytest.fail)["metrics"]} == {None}

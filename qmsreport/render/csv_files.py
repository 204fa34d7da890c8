"""`data/*.csv`: what the report shows, row by row; stable columns, ISO 8601 UTC, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.results import Evaluation

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str | int | float:
    """A value as CSV text. Absent is empty; a text that a spreadsheet would run as a formula gets an apostrophe."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def content(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file (RFC 4180, UTF-8, CRLF) with a header line."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([cell(row[column]) for column in columns] for row in rows)
    return buffer.getvalue().encode()


def names(evaluation: Evaluation) -> frozenset[str]:
    """The files that `files` gives, as the report's pages name them: `data/findings.csv`."""
    sections = (f"section-{name}" for name, section in evaluation.sections.items() if section.rows)
    return frozenset(
        f"data/{stem}.csv"
        for stem in ("metrics", "findings", *_verdicts(evaluation), *sections, *evaluation.populations)
    )


def _verdicts(evaluation: Evaluation) -> dict[str, pl.DataFrame]:
    """All but the judgements: they are the findings, with what people decided."""
    return {name: frame for name, frame in evaluation.verdicts.items() if name != "judgements"}


def files(evaluation: Evaluation) -> dict[str, bytes]:
    """File name → content: metrics, findings, each section's rows and each population."""
    found = {
        "metrics.csv": content(evaluation.metrics.columns, evaluation.metrics.iter_rows(named=True)),
        "findings.csv": content(evaluation.judgements.columns, evaluation.judgements.iter_rows(named=True)),
    }
    for name, frame in _verdicts(evaluation).items():
        found[f"{name}.csv"] = content(frame.columns, frame.iter_rows(named=True))
    for name, section in evaluation.sections.items():
        if section.rows:
            found[f"section-{name}.csv"] = content(list(section.rows[0]), section.rows)
    for name, frame in evaluation.populations.items():
        found[f"{name}.csv"] = content(frame.columns, frame.iter_rows(named=True))
    return dict(sorted(found.items()))

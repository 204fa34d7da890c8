"""Queries times snapshot: metrics, findings and section rows. Pure: reads the snapshot, writes nothing to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qmsreport.errors import QueryError
from qmsreport.evaluate.contract import check_rows, failed_check, metric_rows
from qmsreport.results import GROUPS, Query, Section

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot


@dataclass(slots=True)
class Outcome:
    """What the queries gave: see `results.Evaluation` for the shapes."""

    metrics: pl.DataFrame
    findings: pl.DataFrame
    sections: dict[str, Section]
    verdicts: dict[str, pl.DataFrame] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def evaluate(snapshot: Snapshot, queries: Sequence[Query]) -> Outcome:
    """Run every query over an open snapshot.

    Views, metrics and verdicts that fail end the run, because figures would be missing; a check that fails becomes
    a finding of status *error* and the run goes on.

    Raises:
        QueryError: with file, DuckDB's message and title, or the broken row contract.
    """
    import polars as pl

    seconds: dict[str, float] = {}
    by_group: dict[str, list[Query]] = {group: [] for group in GROUPS}
    for query in queries:
        by_group[query.group].append(query)

    for query in by_group["views"]:
        with _Timed(seconds, query):
            kept = query.header.get("materialised", True)
            snapshot.create_table(query.id, query.sql, query.path, query.title, materialised=kept)
    snapshot.hold("definitions", definitions(queries))
    snapshot.hold("check_controls", check_controls(queries))
    metrics: list[pl.DataFrame] = []
    for query in by_group["metrics"]:
        with _Timed(seconds, query):
            metrics.append(metric_rows(query, snapshot.rows(query.sql, query.path, query.title)))
    all_metrics = pl.concat(metrics) if metrics else metric_rows(None, None)
    snapshot.hold("metrics", all_metrics)

    findings: list[pl.DataFrame] = []
    for query in by_group["checks"]:
        with _Timed(seconds, query):
            try:
                findings.append(check_rows(query, snapshot.rows(query.sql, query.path, query.title)))
            except QueryError as error:
                findings.append(failed_check(query, error))
    all_findings = pl.concat(findings) if findings else check_rows(None, None)
    snapshot.hold("findings", all_findings)

    verdicts: dict[str, pl.DataFrame] = {}
    for query in by_group["verdicts"]:
        with _Timed(seconds, query):
            verdicts[query.id] = snapshot.rows(query.sql, query.path, query.title)
            snapshot.hold(query.id, verdicts[query.id])

    sections: dict[str, Section] = {}
    for query in sorted(by_group["sections"], key=lambda item: (item.header["order"], item.id)):
        with _Timed(seconds, query):
            rows = snapshot.rows(query.sql, query.path, query.title)
            sections[query.id] = Section(query, rows.to_dicts())
    return Outcome(all_metrics, all_findings, sections, verdicts, seconds)


def definitions(queries: Sequence[Query]) -> pl.DataFrame:
    """The headers as a table, so that sections can quote titles, reasons and remedies."""
    import polars as pl

    keys = ("severity", "why", "remedy", "unit", "better", "area")
    return pl.DataFrame(
        [
            (
                query.group,
                query.id,
                query.title,
                query.definition,
                query.version,
                *map(query.header.get, keys),
                bool(query.header.get("attestable")),
            )
            for query in queries
        ],
        schema={
            "kind": pl.String,
            "id": pl.String,
            "title": pl.String,
            "definition": pl.String,
            "version": pl.Int64,
            **dict.fromkeys(keys, pl.String),
            "attestable": pl.Boolean,
        },
        orient="row",
    )


def check_controls(queries: Sequence[Query]) -> pl.DataFrame:
    """Which requirement each check answers for, as its header says; `position` is its place in that list."""
    import polars as pl

    return pl.DataFrame(
        [
            (query.id, *control.partition(":")[::2], bool(query.header.get("mandatory")), position)
            for query in queries
            if query.group == "checks"
            for position, control in enumerate(query.header["controls"], 1)
        ],
        schema={
            "check_id": pl.String,
            "framework": pl.String,
            "control_id": pl.String,
            "mandatory": pl.Boolean,
            "position": pl.Int64,
        },
        orient="row",
    )


class _Timed:
    """Notes how long a query took."""

    def __init__(self, seconds: dict[str, float], query: Query) -> None:
        self._seconds, self._path = seconds, query.path

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._path] = time.perf_counter() - self._start

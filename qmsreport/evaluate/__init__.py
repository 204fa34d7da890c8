"""Queries times snapshot: metrics, findings and section rows. Pure: the rows follow from the snapshot alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qmsreport.errors import QueryError
from qmsreport.evaluate import lifetimes
from qmsreport.evaluate.contract import check_rows, failed_check, store_metric
from qmsreport.results import Query, Section

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot


@dataclass(slots=True)
class Outcome:
    """What the queries gave: see `results.Evaluation` for the shapes."""

    findings: pl.DataFrame
    sections: dict[str, Section]
    seconds: dict[str, float] = field(default_factory=dict)


def evaluate(snapshot: Snapshot, queries: Sequence[Query]) -> Outcome:
    """Run every query over an open snapshot.

    Views and metrics that fail end the run, because figures would be missing; a check that fails becomes a
    finding of status *error* and the run goes on. Figures stay in the snapshot's table `metrics` (a large
    organisation has millions), findings in `findings`; both in its file, or for this session if it is read only.

    Raises:
        QueryError: with file, DuckDB's message and title, or the broken row contract.
    """
    import polars as pl

    groups: dict[str, list[Query]] = {"views": [], "metrics": [], "checks": [], "sections": []}
    for query in queries:
        groups[query.group].append(query)
    sections_in_order = sorted(groups["sections"], key=lambda item: (item.header["order"], item.id))
    order = [*groups["views"], *groups["metrics"], *groups["checks"], *sections_in_order]
    spent = lifetimes.spent(order, snapshot.listed)
    seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def running(query: Query) -> Iterator[None]:
        with _timed(seconds, query):
            yield
            for name in spent.get(query.path, ()):
                snapshot.drop_table(name)

    for query in groups["views"]:
        with running(query):
            kept = query.header.get("materialised", True)
            snapshot.create_table(query.id, query.sql, query.path, query.title, materialised=kept)
    snapshot.hold("definitions", definitions(queries))
    snapshot.create_metrics()
    for query in groups["metrics"]:
        with running(query):
            store_metric(snapshot, query)

    findings: list[pl.DataFrame] = []
    for query in groups["checks"]:
        with running(query):
            try:
                findings.append(check_rows(query, snapshot.rows(query.sql, query.path, query.title)))
            except QueryError as error:
                findings.append(failed_check(query, error))
    all_findings = pl.concat(findings) if findings else check_rows(None, None)
    snapshot.hold("findings", all_findings)

    sections: dict[str, Section] = {}
    for query in sections_in_order:
        with running(query):
            rows = snapshot.rows(query.sql, query.path, query.title)
            sections[query.id] = Section(query, rows.to_dicts())
    return Outcome(all_findings, sections, seconds)


@contextlib.contextmanager
def _timed(seconds: dict[str, float], query: Query) -> Iterator[None]:
    """Notes how long a query took."""
    start = time.perf_counter()
    yield
    seconds[query.path] = time.perf_counter() - start


def definitions(queries: Sequence[Query]) -> pl.DataFrame:
    """The headers as a table, so that sections can quote titles, reasons and remedies."""
    import polars as pl

    keys = ("severity", "why", "remedy", "unit", "better")
    return pl.DataFrame(
        [
            (
                query.group,
                query.id,
                query.title,
                query.definition,
                query.version,
                *map(query.header.get, keys),
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
        },
        orient="row",
    )

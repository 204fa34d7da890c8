"""Queries times snapshot: metrics, findings and section rows. Pure: the rows follow from the snapshot alone."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qmsreport.evaluate import lifetimes
from qmsreport.evaluate.contract import judge, store_findings, store_metric
from qmsreport.results import GROUPS, Query

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot


@dataclass(slots=True)
class Outcome:
    """What the queries gave: see `results.Evaluation` for the shapes."""

    findings: pl.DataFrame
    sections: dict[str, pl.DataFrame]
    verdicts: dict[str, pl.DataFrame] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def judgements(self) -> pl.DataFrame:
        """The findings with what people decided of them; without the query for it, the findings themselves."""
        return self.verdicts.get("judgements", self.findings)


def evaluate(snapshot: Snapshot, queries: Sequence[Query]) -> Outcome:
    """Run every query over an open snapshot.

    Views, metrics and verdicts that fail end the run, because figures would be missing; a check that fails becomes
    a finding of status *error* and the run goes on. Figures stay in the snapshot's table `metrics` (a large
    organisation has millions), findings in `findings`, verdicts in tables of their names; all in its file, or for
    this session if it is read only.

    Raises:
        QueryError: with file, DuckDB's message and title, or the broken row contract.
    """
    groups: dict[str, list[Query]] = {group: [] for group in GROUPS}
    for query in queries:
        groups[query.group].append(query)
    sections_in_order = sorted(groups["sections"], key=lambda item: (item.header["order"], item.id))
    order = [*groups["views"], *groups["metrics"], *groups["checks"], *groups["verdicts"], *sections_in_order]
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
    snapshot.hold("check_controls", check_controls(queries))
    snapshot.create_metrics()
    for query in groups["metrics"]:
        with running(query):
            store_metric(snapshot, query)

    snapshot.create_judged()
    for query in groups["checks"]:
        with running(query):
            judge(snapshot, query)
    store_findings(snapshot, groups["checks"])

    for query in groups["verdicts"]:
        with running(query):
            snapshot.keep_table(query.id, query.sql, query.path, query.title)

    sections: dict[str, pl.DataFrame] = {}
    for query in sections_in_order:
        with running(query):
            sections[query.id] = snapshot.rows(query.sql, query.path, query.title)
    verdicts = {query.id: snapshot.rows(f"from {query.id}", query.path) for query in groups["verdicts"]}
    return Outcome(snapshot.rows("from findings", "findings"), sections, verdicts, seconds)


@contextlib.contextmanager
def _timed(seconds: dict[str, float], query: Query) -> Iterator[None]:
    """Notes how long a query took."""
    start = time.perf_counter()
    yield
    seconds[query.path] = time.perf_counter() - start


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

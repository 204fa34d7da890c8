"""Definitions tested as a report uses them: records go through warehouse, freeze and evaluation.

Expected values are worked out by hand in the tests, never by saying the SQL again in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl
import pytest

from qmsreport import catalog, openslo, period, policy
from qmsreport.evaluate import Outcome, evaluate
from qmsreport.extracts import Extract
from qmsreport.results import Query
from qmsreport.warehouse import Snapshot, Warehouse, frozen, published_findings, published_metrics
from tests import factories

NOW = datetime(2026, 10, 20, 6, 30)  # noqa: DTZ001  # naive UTC; after 2026-Q3, the period of most tests
READ_SINCE = datetime(2024, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True)
class Known:
    """Records that became known at one moment, from one source."""

    items: Sequence[Any]
    at: datetime = NOW
    source: str = "files"
    extract: Mapping[str, Any] = field(
        default_factory=dict
    )  # of the ledger's line: subject, window_start, error …


@dataclass
class Evaluated:
    """What a report of those records says."""

    snapshot: Path
    outcome: Outcome
    metrics: pl.DataFrame
    first_day: date

    def row(self, metric: str, statistic: str, **where: Any) -> dict[str, Any] | None:
        """The row of one figure, `None` if there is none: by default the organisation's, for the whole period."""
        wanted = {
            "metric": metric,
            "statistic": statistic,
            "grain": "period",
            "starts_on": self.first_day,
            "scope": "all",
            "environment": None,
        } | where
        test = [pl.col(name).eq_missing(pl.lit(value)) for name, value in wanted.items()]
        found = self.metrics.filter(*test).to_dicts()
        assert len(found) < 2, found
        return found[0] if found else None

    def figure(self, metric: str, statistic: str, **where: Any) -> float | None:
        """The value of one figure; having no such row is an error, a row without a value is `None`."""
        row = self.row(metric, statistic, **where)
        assert row is not None, f"no {metric} {statistic} {where}"
        return row["value"]  # type: ignore[no-any-return]

    def finding(self, check: str, resource: str) -> dict[str, Any]:
        """What one check says of one resource."""
        found = self.outcome.findings.filter(check_id=check, resource=resource).to_dicts()
        assert len(found) == 1, (resource, self.findings(check))
        return found[0]

    def findings(self, check: str) -> dict[str, str]:
        """The status of each resource of a check."""
        rows = self.outcome.findings.filter(check_id=check)
        return dict(zip(rows["resource"], rows["status"], strict=True))

    def view(self, name: str) -> list[dict[str, Any]]:
        """The rows of a view, in no order."""
        with Snapshot(self.snapshot) as opened:
            for query in queries():
                if query.group == "views":
                    opened.create_table(query.id, query.sql, query.path, query.title)
                if query.id == name:
                    break
            return opened.rows(f"select * from {name}", name).to_dicts()


def readings(
    first: str, count: int, *items: Any, days: int = 7, source: str = "files", **given: Any
) -> list[Known]:
    """So many complete readings of one place that shows these items and nothing else, so many days apart.

    `given`: of the ledger's line; `subject` is the place.
    """
    start = datetime.fromisoformat(first)
    extract = {"subject": "store.yaml", "lists_all": ("settings",), **given}
    return [Known(items, start + timedelta(days=days * number), source, extract) for number in range(count)]


class Report(Protocol):
    """`report(records, …)`: see `reported`."""

    def __call__(self, *items: Any, **given: Any) -> Evaluated: ...


@pytest.fixture(autouse=True, scope="package")
def _one_thread_each() -> Iterator[None]:
    """The databases are tiny and the tests run beside each other: more threads would only wait for each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", partial(duckdb.connect, config={"threads": 1}))
        yield


@cache
def queries() -> tuple[Query, ...]:
    """Views, metrics and checks as they are on disk; sections only repeat what these say."""
    return tuple(query for query in catalog.read() if query.group != "sections")


@pytest.fixture
def report(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Evaluated]:
    """`report(records, …)` evaluates records as a report of 2026-Q3 does: the query the test's file is named for."""
    stem = request.path.stem.removeprefix("test_")

    def make(*items: Any, **given: Any) -> Evaluated:
        return reported(tmp_path, *items, **{"only": {stem}, **given})

    return make


def reported(
    folder: Path,
    *items: Any,
    more: str = "",
    zone: str = "UTC",
    quarter: str = "2026-Q3",
    trend: int = 3,
    as_of: datetime | None = None,
    history: Iterable[Known] = (),
    sources: Sequence[str] = ("files",),
    only: Iterable[str] | None = None,
    empty: Iterable[str] = (),
    tables: Mapping[str, pl.DataFrame] | None = None,
) -> Evaluated:
    """Store records, freeze them and evaluate the definitions.

    Args:
        folder: an empty one; used again, what it knows is added to.
        items: records, and lists of records, known at `NOW` from the source *files*.
        more: TOML behind the small configuration of `factories`.
        zone: the zone days are cut in.
        quarter: the report's period.
        trend: how many periods the snapshot holds.
        as_of: the cut-off of knowledge; default: the newest there is.
        history: what else became known, when, and from which source.
        sources: the configured ones, in order.
        only: stems of the metrics and checks to run; default: all.
        empty: tables of the snapshot to take every row out of, as if they had never been filled.
        tables: declared tables instead of those that follow from the configuration.
    """
    known = [*history]
    if items or not known:
        known.append(Known(items))
    others = "".join(
        f'[sources.{name}]\nkind = "files"\npath = "{name}"\n' for name in sources if name != "files"
    )
    settings = factories.configuration(folder, more + "\n" + others, zone)
    warehouse = Warehouse(folder / "warehouse.duckdb")
    with warehouse.writing("test"):
        for part in known:
            warehouse.commit(part.source, "files", _extract(part), part.at)
    moment = as_of or max(part.at for part in known)
    periods = period.quarter(quarter, zone).trend(trend)
    stored = policy.tables(settings, periods, moment, openslo.objectives(settings)) | dict(tables or {})
    stored["published"], stored["published_findings"] = published_metrics([]), published_findings([])
    path = folder / "snapshot.duckdb"
    path.unlink(missing_ok=True)
    chosen = set(only) if only is not None else None
    with frozen(warehouse.path, path, periods, moment, sources, stored) as snapshot:
        for name in empty:
            snapshot.fetch(f"delete from {name}")
        outcome = evaluate(snapshot, needed(chosen))
        return Evaluated(path, outcome, snapshot.metrics(), periods[-1].first)


def needed(chosen: AbstractSet[str] | None) -> list[Query]:
    """The chosen metrics, checks and views with the views they read; all when none are named."""
    if chosen is None:
        return list(queries())
    found: list[Query] = []
    words: set[str] = set()
    for query in reversed(queries()):  # views, and verdicts, stand before those that read them
        if query.id in chosen or (query.group in ("views", "verdicts") and query.id in words):
            found.append(query)
            words |= set(re.findall(r"\w+", query.sql))
    return found[::-1]


def _extract(part: Known) -> Extract:
    defaults: dict[str, Any] = {
        "started_at": part.at,
        "finished_at": part.at,
        "window_start": READ_SINCE,
        "window_end": part.at,
    }
    return factories.extract(*part.items, **(defaults | part.extract))

"""From a figure to the rows that it counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qmsreport import bundle, catalog
from qmsreport.errors import UsageError, suggest
from qmsreport.period import month as month_of
from qmsreport.results import Query

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot

_PLACE = ("grain", "starts_on", "scope_type", "scope", "environment")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and all that it rests on."""

    metric: Query
    counted: Query  # the query of the rows
    place: dict[str, Any]  # grain, starts_on, scope_type, scope, environment
    bucket: str  # what people call it: 2026-Q3, 2026-08, 2026-W32
    figures: pl.DataFrame  # the metric's statistics there; columns as in `metrics`
    rows: pl.DataFrame  # resource, happened_at, value, numerator, denominator, is_excluded, note, extract_ids
    extracts: pl.DataFrame  # the ledger's lines of those extracts


def follow(
    folder: Path,
    metric: str,
    scope: str | None = None,
    environment: str | None = None,
    bucket: str | None = None,
) -> Figure:
    """Follow a figure of a report.

    Args:
        folder: the bundle.
        metric: a metric's name.
        scope: a service, team, severity or objective, as `NAME` or `TYPE:NAME`; none means the organisation.
        environment: a production environment; none means all together.
        bucket: a month (`2026-08`) or an ISO week (`2026-W32`); none means the report's period.

    Raises:
        UsageError: there is no such figure; says which there are, or the nearest name.
    """
    from qmsreport.warehouse import Snapshot

    queries = {(query.group, query.id): query for query in catalog.read(folder / "queries")}
    defined = queries["metrics", metric]
    counted = queries.get(("rows", defined.header.get("rows", metric)))
    if counted is None:
        raise UsageError(
            f"{folder} was written before figures could be traced. Run its {defined.path} over evidence.duckdb instead."
        )
    with Snapshot(bundle.snapshot_of(folder)) as snapshot:
        ((label,),) = snapshot.fetch("select label from period")
        figures = _figures(snapshot, metric, scope, environment, bucket)
        place = figures.select(_PLACE).row(0, named=True)
        rows = snapshot.behind(counted, place)
        ledger = snapshot.stored("extracts")
    brought = {number for numbers in rows["extract_ids"].to_list() for number in numbers}
    extracts = ledger.filter(ledger["extract_id"].is_in(brought)).sort("extract_id")
    return Figure(defined, counted, place, bucket or str(label), figures, rows, extracts)


def _figures(
    snapshot: Snapshot, metric: str, scope: str | None, environment: str | None, bucket: str | None
) -> pl.DataFrame:
    """All statistics of a metric in one scope, environment and bucket."""
    import polars as pl

    grain, starts_on = (
        _bucket(bucket) if bucket else ("period", snapshot.fetch("select first_day from period")[0][0])
    )
    known = snapshot.metrics(f"metric = '{metric}'")
    scope_type, scope = _scope(
        metric, scope, known.select("scope_type", "scope").unique().sort(pl.all()).rows()
    )
    environments = known["environment"].drop_nulls().unique().sort().to_list()
    if environment is not None and environment not in environments:
        of = f" It has: {', '.join(environments)}." if environments else " Leave --environment away."
        raise UsageError(f"{metric} has no figure for an environment '{environment}'.{of}")
    there = known.filter(
        pl.col("grain") == grain,
        pl.col("starts_on") == starts_on,
        pl.col("scope_type") == scope_type,
        pl.col("scope") == scope,
        pl.col("environment").eq_missing(pl.lit(environment, pl.String)),
    )
    if there.is_empty():
        where = f" in {environment}" if environment else ""
        raise UsageError(
            f"There is no figure of {metric} for {scope_type} {scope}{where} in the {grain} that starts on {starts_on}. "
            "Choose another, or leave --month, --week and --environment away for the whole period."
        )
    return there


def _scope(metric: str, wanted: str | None, known: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The type and name of the scope that is meant."""
    known = list(known)
    if wanted is None:
        if ("organisation", "all") in known:
            return "organisation", "all"
        names = ", ".join(name for _, name in known[:5])
        raise UsageError(f"{metric} has no figure for the organisation. Give one with --of: {names} …")
    kind, _, name = wanted.rpartition(":")
    found = [entry for entry in known if entry == (kind, name)] or [
        entry for entry in known if entry[1] == wanted
    ]
    if not found:
        raise UsageError(
            f"There is no figure of {metric} for '{wanted}'.{suggest(wanted, [name for _, name in known])}"
        )
    if len(found) > 1:
        ways = " or ".join(f"--of {kind}:{name}" for kind, name in found)
        raise UsageError(f"'{wanted}' is several things. Say {ways}.")
    return found[0]


def _bucket(text: str) -> tuple[str, date]:
    """The grain and the first day of a month or an ISO week."""
    week = re.fullmatch(r"(\d{4})-?W(\d\d?)", text, re.IGNORECASE)
    if not week:
        return "month", month_of(text, "UTC").first
    try:
        return "week", date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError as error:
        raise UsageError(f"There is no ISO week {text}. Write one like 2026-W32.") from error

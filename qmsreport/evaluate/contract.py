"""The row contracts: what every metric and every check must return, enforced."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qmsreport.errors import QmsReportError, QueryError
from qmsreport.results import CHECK_COLUMNS, METRIC_COLUMNS, STATUSES, Query

if TYPE_CHECKING:
    import polars as pl

    from qmsreport.warehouse import Snapshot

_OPTIONAL = ("expected", "observed", "basis")


def store_metric(snapshot: Snapshot, query: Query) -> None:
    """Put a metric's rows into the snapshot's table `metrics`, with its name in front.

    Raises:
        QueryError: when it has other columns than `METRIC_COLUMNS`, or a share is outside 0 to 1.
    """
    _same_columns(query, snapshot.columns_of(query.sql, query.path, query.title), METRIC_COLUMNS, ())
    snapshot.add_metric(query.id, query.sql, query.path, query.title)
    if query.header.get("better"):
        where = f"metric = '{query.id}' and unit = 'share' and value not between 0 and 1"
        for value, scope in snapshot.metrics(where).select("value", "scope").rows():
            raise QueryError(
                f"{query.path}: a share of {value} for {scope} is outside 0 to 1 ({query.title}). "
                "A join multiplies its rows: mend the query."
            )


def check_rows(query: Query | None, rows: pl.DataFrame | None) -> pl.DataFrame:
    """A check's rows as findings; no row at all is *not assessed*, never a pass."""
    import polars as pl

    schema = {
        "check_id": pl.String(),
        "title": pl.String(),
        "severity": pl.String(),
        **_polars(CHECK_COLUMNS),
        "controls": pl.List(pl.String()),
        "fingerprint": pl.String(),
    }
    if query is None or rows is None:
        return pl.DataFrame(schema=schema)
    _same_columns(query, rows.columns, CHECK_COLUMNS, _OPTIONAL)
    for row in rows.filter(~pl.col("status").is_in(STATUSES) | pl.col("resource").is_null()).iter_rows(
        named=True
    ):
        raise QueryError(
            f"{query.path}: status '{row['status']}' for resource '{row['resource']}' is not allowed ({query.title}). "
            f"Use one of {', '.join(STATUSES)}, and name the resource."
        )
    twice = rows.filter(pl.col("resource").is_duplicated())
    if twice.height:
        raise QueryError(
            f"{query.path}: resource '{twice['resource'][0]}' has {twice.height} rows ({query.title}). "
            "A check returns one row per resource: mend its joins."
        )
    if rows.is_empty():
        rows = pl.DataFrame(
            {
                "resource": ["(none)"],
                "status": ["not assessed"],
                "reason": ["There is no data that this check could judge."],
            }
        )
    missing = [pl.lit(None, pl.String()).alias(name) for name in _OPTIONAL if name not in rows.columns]
    return (
        rows.with_columns(missing)
        .select(
            pl.lit(query.id).alias("check_id"),
            pl.lit(query.title).alias("title"),
            pl.lit(query.header["severity"]).alias("severity"),
            *CHECK_COLUMNS,
            pl.lit(list(query.header["controls"]), pl.List(pl.String())).alias("controls"),
            pl.Series("fingerprint", [fingerprint(query.id, name) for name in rows["resource"]], pl.String()),
        )
        .sort("resource")
        .cast(schema)  # type: ignore[arg-type]
    )


def fingerprint(check: str, resource: str) -> str:
    """What a finding is called from report to report: 16 hex digits of the SHA-256 of check, line break, resource."""
    return hashlib.sha256(f"{check}\n{resource}".encode()).hexdigest()[:16]


def failed_check(query: Query, error: QmsReportError) -> pl.DataFrame:
    """A check whose query failed: one finding of status *error*."""
    import polars as pl

    row = pl.DataFrame({"resource": ["(query)"], "status": ["error"], "reason": [str(error)]})
    return check_rows(query, row)


def _same_columns(
    query: Query, found: Sequence[str], wanted: Mapping[str, str], optional: tuple[str, ...]
) -> None:
    missing = [name for name in wanted if name not in found and name not in optional]
    extra = [name for name in found if name not in wanted]
    if missing or extra:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has {', '.join(extra)} too many"] if extra else []
        raise QueryError(
            f"{query.path}: its rows {' and '.join(parts)} ({query.title}). Mend the select list."
        )


def _polars(columns: Mapping[str, str]) -> dict[str, pl.DataType]:
    import polars as pl

    kinds: dict[str, pl.DataType] = {
        "varchar": pl.String(),
        "date": pl.Date(),
        "double": pl.Float64(),
        "bigint": pl.Int64(),
    }
    return {name: kinds[sql_type] for name, sql_type in columns.items()}

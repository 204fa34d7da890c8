"""What earlier bundles published, read back from their snapshots: the period's figures and the findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.warehouse.database import frame, opened, run

if TYPE_CHECKING:
    import polars as pl


def published_metrics(bundles: Iterable[tuple[date, str, Path]]) -> pl.DataFrame:
    """What was published for each period: (first day, revision, snapshot file) to one row per figure.

    Columns: metric, starts_on, scope_type, scope, environment, statistic, value, n, revision.
    """
    import polars as pl

    schema = {
        "metric": pl.String,
        "starts_on": pl.Date,
        "scope_type": pl.String,
        "scope": pl.String,
        "environment": pl.String,
        "statistic": pl.String,
        "value": pl.Float64,
        "n": pl.Int64,
        "revision": pl.String,
    }
    frames = [pl.DataFrame(schema=schema)]
    for first_day, revision, path in bundles:
        with opened(path, read_only=True, wait_seconds=5) as connection:
            rows = frame(
                connection,
                """
                select metric, starts_on, scope_type, scope, environment, statistic, value, n, $revision as revision
                from metrics where grain = 'period' and starts_on = $first_day order by all
                """,
                {"first_day": first_day, "revision": revision},
            )
        frames.append(rows.cast(schema))  # type: ignore[arg-type]  # polars takes classes as well as instances
    return pl.concat(frames)


def published_findings(bundles: Iterable[tuple[str, str, Path]]) -> pl.DataFrame:
    """What was found in each earlier period's report: (period, revision, snapshot file) to one row per finding.

    Columns: period, revision, check_id, resource, status (as people judged it), measured_status (as the check found
    it), severity, fingerprint. A bundle from before findings were kept gives no row.
    """
    import polars as pl

    columns = ("check_id", "resource", "status", "measured_status", "severity", "fingerprint")
    schema = dict.fromkeys(("period", "revision", *columns), pl.String)
    frames = [pl.DataFrame(schema=schema)]
    for period, revision, path in bundles:
        with opened(path, read_only=True, wait_seconds=5) as connection:
            kept = run(connection, "select 1 from duckdb_tables() where table_name = 'judgements'")
            if kept:
                rows = frame(
                    connection,
                    f"select $period as period, $revision as revision, {', '.join(columns)} "
                    "from judgements order by check_id, resource",
                    {"period": period, "revision": revision},
                )
                frames.append(rows.cast(schema))  # type: ignore[arg-type]  # as above
    return pl.concat(frames)

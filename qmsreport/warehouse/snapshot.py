"""A frozen snapshot: the DuckDB file that a report's queries read, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from qmsreport.errors import QueryError
from qmsreport.results import CHECK_COLUMNS, FINDING_COLUMNS, METRIC_COLUMNS, ROW_COLUMNS, Query
from qmsreport.warehouse.database import frame, opened, run

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_IN_PERIOD = "local_date between (select first_day from period) and (select last_day from period)"
_POPULATIONS = {
    "production_deployments": (_IN_PERIOD, "deployment_id"),
    "change_deployments": (
        "period_start = (select first_day from period)",
        "kind, unit_id, deployment_id",
    ),
    "failed_deployments": ("period_start = (select first_day from period)", "deployment_id"),
    "incidents": (_IN_PERIOD, "incident_id"),
    "extracts": ("true", "extract_id"),
    "rejects": ("true", "all"),
    "data_quality": ("true", "all"),
}
_BATCH_ROWS = 250_000
_STORED = "not internal and database_name = current_database() and schema_name = 'main'"


class Snapshot:
    """An open snapshot. Inside `with`, queries run in a session that can reach nothing but this file."""

    def __init__(
        self, path: Path, *, read_only: bool = True, connection: duckdb.DuckDBPyConnection | None = None
    ) -> None:
        """`connection`: one to the file that is open already, and stays so."""
        self.path = path
        self._table = "temp table" if read_only else "table"
        self._opening: contextlib.AbstractContextManager[duckdb.DuckDBPyConnection] = (
            contextlib.nullcontext(connection)
            if connection
            else opened(path, read_only=read_only, wait_seconds=10.0)
        )

    def __enter__(self) -> Self:
        self._connection = self._opening.__enter__()
        run(self._connection, "set enable_external_access = false")
        run(self._connection, "set lock_configuration = true")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opening.__exit__(kind, error, trace)

    def rows(self, sql: str, where: str, title: str = "") -> pl.DataFrame:
        """The rows of a select.

        Raises:
            QueryError: with the file, DuckDB's message and the query's title.
        """
        with self._named(where, title):
            return frame(self._connection, sql)

    def create_table(
        self, name: str, sql: str, where: str, title: str = "", *, materialised: bool = True
    ) -> None:
        """Let later queries read a select by its name: its rows computed once, or each time anew."""
        with self._named(where, title):
            kind = "table" if materialised else "view"
            run(self._connection, f"create or replace temp {kind} {name} as {sql}")

    def drop_table(self, name: str) -> None:
        """Let go of a table that `create_table` made."""
        run(self._connection, f"drop table temp.{name}")

    def create_view(self, name: str, sql: str, where: str, title: str = "") -> None:
        """Keep a select under a name in the file itself, for readers with the stock command line."""
        with self._named(where, title):
            run(self._connection, f"create or replace view main.{name} as {sql}")

    def hold(self, name: str, rows: pl.DataFrame) -> None:
        """Keep a frame as a table for the queries that follow: in the file, or for this session if it is read only."""
        self._connection.register("holding", rows)
        run(self._connection, f"create or replace {self._table} {name} as select * from holding")
        self._connection.unregister("holding")

    def keep_table(self, name: str, sql: str, where: str, title: str = "") -> None:
        """Keep a select's rows under a name, as `hold` does: they stay in the database."""
        with self._named(where, title):
            run(self._connection, f"create or replace {self._table} {name} as {sql}")

    def create_metrics(self) -> None:
        """An empty table `metrics`: the metric's name, then `METRIC_COLUMNS`."""
        listed = ", ".join(f"{name} {kind}" for name, kind in METRIC_COLUMNS.items())
        run(self._connection, f"create or replace {self._table} metrics (metric varchar, {listed})")

    def create_judged(self) -> None:
        """An empty table `judged` for this session: the check, then `CHECK_COLUMNS`."""
        listed = ", ".join(f"{name} {kind}" for name, kind in CHECK_COLUMNS.items())
        run(self._connection, f"create or replace temp table judged (check_id varchar, {listed})")

    def add_judged(self, check: str, sql: str, where: str, title: str = "") -> None:
        """Add the rows of a check's select by the names of their columns."""
        with self._named(where, title):
            run(self._connection, f"insert into judged by name select '{check}' as check_id, * from ({sql})")

    def misjudged(self, statuses: Sequence[str]) -> list[tuple[str, str | None, int, str | None]]:
        """Check, resource, number of rows and a status of each that is not one row of a known status with a reason."""
        sql = """
            select check_id, resource, count(*), any_value(status) from judged group by check_id, resource
            having resource is null or count(*) > 1 or count(reason) = 0
                or bool_or(status is null or not list_contains($statuses, status))
            order by check_id, resource desc
        """
        return run(self._connection, sql, {"statuses": list(statuses)})

    def drop_judged(self, check: str) -> None:
        """Let go of the rows of one check."""
        run(self._connection, "delete from judged where check_id = $check_id", {"check_id": check})

    def keep_findings(self) -> None:
        """Keep what is judged, with what the headers say, as `findings` of `FINDING_COLUMNS`, by check and resource."""
        listed = ", ".join(FINDING_COLUMNS)
        sql = f"""
            with headers as (
                select
                    id as check_id, any_value(title) as title, any_value(severity) as severity,
                    list(framework || ':' || control_id order by position) as controls
                from definitions inner join check_controls on definitions.id = check_controls.check_id
                where kind = 'checks' group by id
            ),
            named as (select *, left(sha256(concat(check_id, chr(10), resource)), 16) as fingerprint from judged)
            select {listed} from named inner join headers using (check_id) order by check_id, resource
        """
        self.keep_table("findings", sql, "findings")

    def add_metric(self, name: str, sql: str, where: str, title: str = "") -> None:
        """Add the rows of a metric's select; they stay in the database, which holds millions easily."""
        listed = ", ".join(METRIC_COLUMNS)
        with self._named(where, title):
            # a column too many is refused as one too few is
            run(
                self._connection,
                f"insert into metrics select '{name}', {listed}, * exclude ({listed}) from ({sql})",
            )

    def metrics(self, where: str = "true") -> pl.DataFrame:
        """Figures in the order of their names and scopes."""
        order = "metric, grain, starts_on, scope_type, scope, environment nulls first, statistic"
        return frame(self._connection, f"select * from metrics where {where} order by {order}")

    def behind(self, query: Query, figure: Mapping[str, Any]) -> pl.DataFrame:
        """The rows that one figure counts: of a share those in the numerator first; the excluded ones last.

        Args:
            query: one of the group `rows`.
            figure: a row of `metrics`.
        """
        place = {name: figure[name] for name in ("scope_type", "scope", "environment", "starts_on")}
        listed = ", ".join(name for name in ROW_COLUMNS if name not in place and not name.endswith("_start"))
        sql = f"""
            select {listed} from ({query.sql})
            where scope_type = $scope_type and scope = $scope and environment is not distinct from $environment
                and {figure["grain"]}_start = $starts_on
            order by is_excluded, case when denominator = 1 then numerator end desc nulls last, happened_at, resource
        """
        with self._named(query.path, query.title):
            return frame(self._connection, sql, place)

    def named(self, kind: str, column: str, names: Sequence[str]) -> pl.DataFrame:
        """The records of a kind that have one of these names in a column; a thousand at most."""
        where = f"list_contains($names, cast({column} as varchar))"
        sql = f"select * from main.{kind} where {where} order by all limit 1000"
        return frame(self._connection, sql, {"names": list(names)})

    def stored(self, name: str) -> pl.DataFrame:
        """A table of the file as it is, in its stored order."""
        return frame(self._connection, f"select * from main.{name}")

    def comes_out(self, name: str) -> bool:
        """Whether a table that the file keeps holds just the rows that this session, being read only, computed anew."""
        ((database,),) = run(self._connection, "select current_database()")
        kept, made = f"{_quoted(database)}.main.{name}", f"temp.{name}"
        differing = f"""
            select 1 from (
                (from {kept} except all from {made}) union all (from {made} except all from {kept})
            ) limit 1
        """
        try:
            alike = run(self._connection, f"describe {kept}") == run(self._connection, f"describe {made}")
            return alike and not run(self._connection, differing)
        except duckdb.CatalogException:  # it is not kept any more
            return False

    def columns_of(self, sql: str, where: str, title: str = "") -> list[str]:
        """The names of a select's columns."""
        with self._named(where, title):
            return [name for name, *_ in run(self._connection, f"describe {sql}")]

    def tables(self) -> list[str]:
        """The names of the stored tables."""
        sql = f"select table_name from duckdb_tables() where {_STORED} order by 1"
        return [name for (name,) in run(self._connection, sql)]

    def columns(self, table: str) -> list[tuple[str, str]]:
        """The columns of a stored table with their types, by name."""
        sql = f"select column_name, data_type from duckdb_columns() where {_STORED} and table_name = $table order by 1"
        return [(name, kind) for name, kind in run(self._connection, sql, {"table": table})]

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """A stored table in its stored order, piece by piece."""
        listed = ", ".join(map(_quoted, columns))
        with self._connection.sql(f"select {listed} from main.{_quoted(table)}").to_arrow_reader(
            _BATCH_ROWS
        ) as reader:
            yield from reader

    @property
    def listed(self) -> frozenset[str]:
        """The names of the tables and views that `populations` reads."""
        return frozenset(_POPULATIONS)

    def populations(self) -> dict[str, pl.DataFrame]:
        """The long lists that stand beside the report as files: what its figures were counted from."""
        return {
            name: frame(self._connection, f"select * from {name} where {where} order by {order}")
            for name, (where, order) in _POPULATIONS.items()
        }

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one of our own statements."""
        return run(self._connection, sql)

    @contextlib.contextmanager
    def _named(self, where: str, title: str) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            text = " ".join(str(error).split())
            raise QueryError(f"{where}: {text} ({title or 'untitled'}). Mend the query.") from error


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'

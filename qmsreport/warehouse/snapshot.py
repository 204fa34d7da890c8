"""A frozen snapshot: the DuckDB file that a report's queries read, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from qmsreport.errors import QueryError
from qmsreport.warehouse.database import frame, opened, run

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

_IN_PERIOD = "local_date between (select first_day from period) and (select last_day from period)"
_POPULATIONS = {
    "production_deployments": _IN_PERIOD,
    "change_deployments": "period_start = (select first_day from period)",
    "failed_deployments": "period_start = (select first_day from period)",
    "incidents": _IN_PERIOD,
    "extracts": "true",
    "rejects": "true",
    "data_quality": "true",
}
_BATCH_ROWS = 250_000


class Snapshot:
    """An open snapshot. Inside `with`, queries run in a session that can reach nothing but this file."""

    def __init__(self, path: Path, *, read_only: bool = True, wait_seconds: float = 10.0) -> None:
        self.path = path
        self._opening = opened(path, read_only=read_only, wait_seconds=wait_seconds)

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

    def create_view(self, name: str, sql: str, where: str, title: str = "") -> None:
        """Keep a select under a name in the file itself, for readers with the stock command line."""
        with self._named(where, title):
            run(self._connection, f"create or replace view main.{name} as {sql}")

    def hold(self, name: str, rows: pl.DataFrame) -> None:
        """Put a frame beside the snapshot for the queries that follow, for this session only."""
        self._connection.register(f"{name}_held", rows)
        run(self._connection, f"create or replace temp table {name} as select * from {name}_held")
        self._connection.unregister(f"{name}_held")

    def load(self, name: str, rows: pl.DataFrame) -> None:
        """Store a frame as a table in the file."""
        self._connection.register("loading", rows)
        run(self._connection, f"create or replace table main.{name} as select * from loading")
        self._connection.unregister("loading")

    def stored(self, name: str) -> pl.DataFrame:
        """A table of the file as it is, in its stored order."""
        return frame(self._connection, f"select * from main.{name}")

    def tables(self) -> list[str]:
        """The names of the stored tables."""
        sql = "select table_name from duckdb_tables() where not temporary and not internal order by 1"
        return [name for (name,) in run(self._connection, sql)]

    def columns(self, table: str) -> list[tuple[str, str]]:
        """The columns of a stored table with their types, by name."""
        return [
            (name, kind)
            for name, kind in run(
                self._connection,
                f"select column_name, data_type from duckdb_columns() where table_name = '{table}' "
                "and not internal and database_name <> 'temp' order by column_name",
            )
        ]

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """A stored table in its stored order, piece by piece."""
        listed = ", ".join(columns)
        with self._connection.sql(f"select {listed} from main.{table}").to_arrow_reader(
            _BATCH_ROWS
        ) as reader:
            yield from reader

    def populations(self) -> dict[str, pl.DataFrame]:
        """The long lists that stand beside the report as files: what its figures were counted from."""
        return {
            name: frame(self._connection, f"select * from {name} where {where} order by all")
            for name, where in _POPULATIONS.items()
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

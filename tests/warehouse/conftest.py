"""Short ways to make extracts and to look into a warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from qmsreport import records
from qmsreport.extracts import Batch, Extract
from qmsreport.warehouse import Counts, Warehouse

START = datetime(2026, 1, 1)  # noqa: DTZ001  # naive UTC, as inside


def services(content: dict[str, str | None]) -> Batch:
    """One service for each entry: its name and its team."""
    rows = [records.KINDS["services"](service=name, team=team) for name, team in content.items()]
    return Batch("services", records.frame("services", rows))


class Desk:
    """A warehouse with a clock that goes on a minute with each commit."""

    def __init__(self, path: Path) -> None:
        self.warehouse = Warehouse(path, lock_timeout_seconds=5)
        self.path = path
        self.now = START

    def commit(
        self, batches: Iterable[Batch] = (), *, subject: str = "a", source: str = "src", **more: Any
    ) -> Counts:
        self.now += timedelta(minutes=1)
        extract = Extract(
            subject=subject, asked=subject, started_at=self.now, finished_at=self.now, batches=batches, **more
        )
        with self.warehouse.writing("test"):
            return self.warehouse.commit(source, "files", extract, self.now)

    def list_services(self, content: dict[str, str | None], **more: Any) -> Counts:
        """Commit a complete listing."""
        return self.commit([services(content)], lists_all=("services",), **more)

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with closing(duckdb.connect(str(self.path), read_only=True)) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def history(self, service: str, source: str = "src") -> list[tuple[int, str | None, bool]]:
        """Versions of one service: number, team, vanished."""
        sql = "select version, team, vanished from services where service = ? and source = ? order by extract_id, version"
        return self.rows(sql, service, source)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A warehouse of this test's own."""
    return Desk(tmp_path / "w.duckdb")


@pytest.fixture(scope="session")
def new_desk() -> type[Desk]:
    """Makes further ones."""
    return Desk


@pytest.fixture
def team_batch() -> Callable[[dict[str, str | None]], Batch]:
    """`{service: team}` → a batch of services."""
    return services


@pytest.fixture
def window_batch() -> Callable[[int, int], Batch]:
    """`(first, rows)` → that many SLI windows, from the first on."""

    def make(first: int, rows: int) -> Batch:
        frame = pl.select(i=pl.int_range(first, first + rows)).select(
            slo_id="slo-" + (pl.col("i") // 6250).cast(pl.String),
            window_start=(pl.lit(START) + pl.duration(minutes=pl.col("i") % 6250)).cast(pl.Datetime("us")),
            window_end=(pl.lit(START) + pl.duration(minutes=pl.col("i") % 6250 + 1)).cast(pl.Datetime("us")),
            good=pl.lit(99.0),
            valid=(pl.col("i") % 100).cast(pl.Float64),
        )
        return Batch("sli_windows", frame)

    return make

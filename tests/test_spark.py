"""Every query gives the same rows on Spark as on DuckDB: the same files can run on a cluster."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from qmsreport import catalog
from tests import spark_sql
from tests.conftest import Demonstration

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(1500)]
Row = tuple[Any, ...]
MANY = 100_000  # rows of a table, from which compiling a query pays


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Spark in this process, set up as a cluster would have to be."""
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",  # little data: planning is what takes the time
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        # a few seconds for each of many plans: compiling the machine's code well takes longer than it saves
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.warehouse.dir": str(folder),
    }
    builder = SparkSession.builder.master("local[2]").appName("qmsreport")
    for key, value in settings.items():
        builder = builder.config(key, value)
    os.environ["SPARK_LOCAL_DIRS"] = str(folder)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def _load(session: Any, connection: duckdb.DuckDBPyConnection, folder: Path) -> set[str]:
    """Every table of the snapshot, as a view of the same name; the names of the large ones."""
    tables = connection.execute(
        "select table_name, estimated_size from duckdb_tables() where not internal order by 1"
    ).fetchall()
    for name, _ in tables:
        _hand_over(session, connection, name, f"select * from main.{name}", folder)
    return {name for name, size in tables if size > MANY}


def _hand_over(
    session: Any, connection: duckdb.DuckDBPyConnection, name: str, sql: str, folder: Path
) -> None:
    path = folder / f"{name}.parquet"
    connection.execute(f"copy ({sql}) to '{path}' (format parquet)")
    session.read.parquet(str(path)).createOrReplaceTempView(name)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _key(row: Row) -> tuple[str, ...]:
    # figures agree to many digits but not to the last: they must not decide the order
    return tuple(f"{value:.6g}" if isinstance(value, int | float) else str(value) for value in row)


def _sorted(rows: list[Any]) -> list[Row]:
    return sorted((tuple(_plain(value) for value in row) for row in rows), key=_key)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, datetime) != isinstance(other, datetime) and isinstance(one, date):
        return str(one)[:10] == str(other)[:10] and str(other)[10:] in ("", " 00:00:00")
    return bool(one == other)


def _difference(here: list[Row], there: list[Row]) -> str | None:
    if len(here) != len(there):
        return f"{len(here)} rows on DuckDB, {len(there)} on Spark"
    for one, other in zip(here, there, strict=True):
        if not all(map(_same, one, other)):
            return f"{one} on DuckDB, {other} on Spark"
    return None


def test_every_query_gives_the_same_rows(demonstration: Demonstration, spark: Any, tmp_path: Path) -> None:
    """All views, metrics, checks and sections of the demonstration come out row for row as on DuckDB."""
    from pyspark.errors import PySparkException

    different = {}
    compared = 0
    with duckdb.connect(str(demonstration.bundle / "evidence.duckdb"), read_only=True) as connection:
        fractions = "select count(*) from deployments where epoch_us(finished_at) % 1000000 <> 0"
        assert connection.execute(fractions).fetchall()[0][0] > 100, (
            "without fractions of a second faults hide"
        )
        large = _load(spark, connection, tmp_path)
        for query in catalog.read(demonstration.bundle / "queries"):
            here = connection.execute(query.sql).fetchall()
            compiled = large & set(re.findall(r"\w+", query.sql))
            # most read few rows: compiling a plan's expressions would take longer than interpreting them
            spark.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if compiled else "NO_CODEGEN")
            try:
                there = spark.sql(spark_sql.to_spark(query.sql)).collect()
                difference = _difference(_sorted(here), _sorted(there))
                if (
                    query.group == "views"
                ):  # rows that are the same need not be written by Spark, which is slow
                    _hand_over(spark, connection, query.id, query.sql, tmp_path)
            except PySparkException as error:
                difference = str(error)[:400]
            compared += len(here)
            if difference:
                different[query.path] = difference
    assert not different
    assert compared > 1000

"""The hand-written data dictionary and the records are the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from qmsreport import records, warehouse

FACTS = Path(warehouse.__file__).with_name("facts.sql").read_text("utf-8")
PROVENANCE = [
    ("source", "VARCHAR", "NO"),
    ("source_id", "VARCHAR", "YES"),
    ("version", "INTEGER", "NO"),
    ("vanished", "BOOLEAN", "NO"),
    ("extract_id", "BIGINT", "NO"),
    ("recorded_at", "TIMESTAMP", "NO"),
    ("raw_sha256", "VARCHAR", "YES"),
]


@pytest.fixture(scope="module")
def tables():
    """What facts.sql makes: for each table its columns' names, types and whether they may be null."""
    with duckdb.connect() as connection:
        for _ in range(2):  # opening a warehouse again runs it again
            connection.execute(FACTS).fetchall()
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: [row[:3] for row in connection.execute(f"describe {name}").fetchall()] for name in names
        }


def test_there_is_a_table_for_each_kind(tables):
    """facts.sql has one table per kind of record, the ledger and the rejects, and no other."""
    assert sorted(tables) == sorted([*records.KINDS, "extracts", "rejects"])


@pytest.mark.parametrize("kind", records.KINDS)
def test_a_table_has_the_columns_of_its_record(tables, kind):
    """Columns, types and required keys of a fact table are the record's, the provenance columns last."""
    own = [
        (column.name, column.sql_type.upper(), "NO" if column.key else "YES")
        for column in records.columns(kind)
    ]
    assert tables[kind] == own + PROVENANCE


@pytest.mark.parametrize("kind", records.KINDS)
def test_a_frame_has_the_columns_of_its_table(tables, kind):
    """An empty frame of a kind's schema arrives in DuckDB with the types of its table."""
    import polars as pl

    empty = pl.DataFrame(schema=records.schema(kind))
    with duckdb.connect() as connection:
        connection.register("empty", empty)
        found = [(row[0], row[1]) for row in connection.execute("describe select * from empty").fetchall()]
    assert found == [(name, kind_) for name, kind_, _ in tables[kind][: len(found)]]

"""What an auditor does with an archived bundle, years later, without this program."""

from __future__ import annotations

import duckdb

from qmsreport import catalog
from tests.conftest import Demonstration


def test_every_archived_query_runs_as_it_stands(demonstration: Demonstration) -> None:
    """Each file of a bundle's `queries/` runs over its evidence with plain DuckDB, and metrics give the same rows."""
    with duckdb.connect(str(demonstration.bundle / "evidence.duckdb"), read_only=True) as connection:
        for query in catalog.read(demonstration.bundle / "queries"):
            rows = connection.execute((demonstration.bundle / query.path).read_text("utf-8")).fetchall()
            if query.group == "metrics":
                kept = f"select * exclude (metric) from metrics where metric = '{query.id}'"
                published = connection.execute(kept).fetchall()
                assert sorted(rows, key=str) == sorted(published, key=str), query.path

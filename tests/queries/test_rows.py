"""The law of the rows: what a figure is said to be counted from gives that figure again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from qmsreport import catalog
from qmsreport.results import ROW_COLUMNS, Query
from tests.conftest import Demonstration

QUERIES = catalog.read()
ROWS = [query for query in QUERIES if query.group == "rows"]
METRICS = {query.id: query for query in QUERIES if query.group == "metrics"}
# unlike in SQL elsewhere, said once more here: the sum of nothing is 0, a share or median of nothing is none
COUNTED_AGAIN = """
    select
        grain, starts_on, scope_type, scope, environment,
        count(*) filter (not is_excluded) as n,
        count(*) filter (is_excluded) as excluded,
        case
            when count(value) > 0 then quantile_cont(value, 0.5) filter (not is_excluded)
            when count(denominator) > 0
                then sum(numerator) filter (not is_excluded) / nullif(sum(denominator) filter (not is_excluded), 0)
            else sum(numerator) filter (not is_excluded)
        end as value
    from (
        select 'period' as grain, period_start as starts_on, * from counted
        union all
        select 'month' as grain, month_start as starts_on, * from counted
        union all
        select 'week' as grain, week_start as starts_on, * from counted where week_start is not null
    )
    group by all
"""


@pytest.fixture(scope="module")
def evidence(demonstration: Demonstration) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demonstration's evidence, as an auditor opens it, with the views as tables for speed."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demonstration.bundle / 'evidence.duckdb'}' as evidence (read_only)")
        connection.execute("use evidence")
        for query in QUERIES:
            if query.group == "views":
                connection.execute(f"create temp table {query.id} as {query.sql}")
        yield connection


@pytest.mark.parametrize("query", ROWS, ids=lambda query: str(query.id))
def test_rows_give_the_figure_again(query: Query, evidence: duckdb.DuckDBPyConnection) -> None:
    """Every published figure of a metric's main statistic, in every scope and bucket, is what its rows give."""
    evidence.execute(f"create or replace temp table counted as {query.sql}")
    found = evidence.execute(f"""
        select published.*, again.*
        from (from metrics where metric = '{query.id}' and statistic = '{query.header["statistic"]}') as published
        left join ({COUNTED_AGAIN}) as again
            on published.grain = again.grain and published.starts_on = again.starts_on
            and published.scope_type = again.scope_type and published.scope = again.scope
            and published.environment is not distinct from again.environment
        where published.n <> coalesce(again.n, 0)
            or published.excluded <> coalesce(again.excluded, 0) and published.metric not like 'slo_%'
            or (published.value is null) <> (again.value is null) and published.n > 0
            or abs(published.value - again.value) > 1e-9 * greatest(1, abs(published.value))
        limit 3
    """).fetchall()
    assert found == []
    (figures,) = evidence.execute(
        f"select count(*) from metrics where metric = '{query.id}' and statistic = '{query.header['statistic']}'"
    ).fetchall()
    assert figures[0] > 10


@pytest.mark.parametrize("query", ROWS, ids=lambda query: str(query.id))
def test_rows_lead_to_the_extracts(query: Query, evidence: duckdb.DuckDBPyConnection) -> None:
    """Every row names the record that it counts and the extracts that brought it, all of them in the ledger."""
    described: list[tuple[Any, ...]] = evidence.execute(f"describe {query.sql}").fetchall()
    assert {name: kind.lower() for name, kind, *_ in described} == ROW_COLUMNS
    unknown = evidence.execute(f"""
        with named as (select resource, happened_at, unnest(extract_ids) as extract_id from ({query.sql}))
        select * from named left join extracts using (extract_id)
        where extracts.extract_id is null or resource is null or happened_at is null limit 3
    """).fetchall()
    assert unknown == []


def test_every_metric_leads_to_rows() -> None:
    """Each metric has its rows, or names those of another; and no rows stand for nothing."""
    named = {metric: query.header.get("rows", metric) for metric, query in METRICS.items()}
    assert set(named.values()) == {query.id for query in ROWS}

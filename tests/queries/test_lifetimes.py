"""Views are let go of after their last reader, and not before."""

from __future__ import annotations

from qmsreport import catalog
from qmsreport.evaluate.lifetimes import spent
from qmsreport.results import Query


def _view(name: str, sql: str, more: str = "") -> Query:
    return catalog.parse(f'-- ---\n-- title = "T"\n-- grain = "one"\n{more}-- ---\n{sql}', "views", name)


def _section(name: str, sql: str) -> Query:
    header = '-- ---\n-- title = "T"\n-- chapter = "c"\n-- order = 1\n-- ---\n'
    return catalog.parse(header + sql, "sections", name)


def test_a_view_goes_after_its_last_reader() -> None:
    """The last query that names a view is the one after which it goes; one that nobody reads goes at once."""
    order = [
        _view("base", "select 1 as n"),
        _view("unread", "select 2 as n"),
        _view("next", "select n from base"),
        _section("first", "select n from base"),
        _section("second", "select n from next"),
    ]
    assert spent(order, ()) == {
        "queries/sections/first.sql": ["base"],
        "queries/views/unread.sql": ["unread"],
        "queries/sections/second.sql": ["next"],
    }


def test_a_view_that_is_not_materialised_reads_again_each_time() -> None:
    """What it names stays until its own last reader; what is listed beside the report stays for good."""
    order = [
        _view("base", "select 1 as n"),
        _view("inline", "select n from base as inline", "-- materialised = false\n"),
        _section("late", "select n from inline"),
    ]
    assert spent(order, ()) == {"queries/sections/late.sql": ["base"]}
    assert spent(order, ("inline",)) == {}


def test_no_query_reads_what_has_gone() -> None:
    """Of the queries as they are, none names a view after the one that it goes with."""
    queries = catalog.read()
    gone: set[str] = set()
    after = spent(queries, ())
    assert after
    for query in queries:
        assert not gone & set(query.sql.replace(",", " ").split())
        gone |= set(after.get(query.path, ()))

"""What every file in `queries/` promises."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from qmsreport import assets, catalog, frameworks
from qmsreport.results import Query
from tests import spark_sql

QUERIES = catalog.read()  # raises on a header that is not valid
ORDERED = [query for query in QUERIES if query.group != "views"]  # a view is a step: who reads it sorts
NAMED = {control for query in QUERIES if query.group == "checks" for control in query.header["controls"]}
TESTS = Path(__file__).parents[1] / "queries"
VENDORS = (
    "github", "gitlab", "bitbucket", "prometheus", "grafana", "loki", "jaeger", "jira", "pagerduty", "opsgenie",
    "datadog", "alertmanager", "kubernetes", "jenkins", "argo", "dependabot", "renovate", "slack",
)  # fmt: skip


def _named(query: Query) -> str:
    return query.path


@pytest.mark.parametrize("query", QUERIES, ids=_named)
def test_is_one_select(query: Query) -> None:
    """A query file holds one select and nothing else."""
    spark_sql.parse(query.sql)


@pytest.mark.parametrize("query", ORDERED, ids=_named)
def test_says_its_order(query: Query) -> None:
    """Metrics, checks and sections end with an order by, so that their rows always come alike."""
    assert spark_sql.parse(query.sql).args.get("order"), "add a final order by"


@pytest.mark.parametrize("query", QUERIES, ids=_named)
def test_names_no_vendor(query: Query) -> None:
    """A provider's words stop at its source: no query knows any of them."""
    found = re.findall(rf"(?i)\b(?:{'|'.join(VENDORS)})\w*", query.text)
    assert not found


@pytest.mark.parametrize("query", QUERIES, ids=_named)
def test_runs_on_spark_too(query: Query) -> None:
    """Every query translates to Spark SQL, and holds nothing that would silently give other rows there."""
    translated = spark_sql.to_spark(query.sql)
    assert "EPOCH_US" not in translated.upper()
    assert "PERCENTILE_CONT" not in translated.upper()


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("select percentile_cont(0.9) within group (order by x) from t", "quantile_cont"),
        ("select quantile_cont(x, [0.5, 0.9]) from t", "one call for each"),
        ("select date_diff('second', a, b) from t", "epoch_us"),
        ("select datediff('day', a, b) from t", "epoch_us"),
        ("select epoch(a) from t", "epoch_us"),
        ("select extract(epoch from a) from t", "epoch_us"),
        ("select dayofweek(a) from t", "calendar"),
        ("select list(x order by x) from t", "list_sort"),
        ("select len(x) from t", "array_length"),
        ("select * from a asof join b using (x)", "row_number"),
        ("select * from range(3)", "Unnest"),
        ("select * from generate_series(1, 3)", "Unnest"),
        ("select 1 as a union all by name select 2 as a", "BY NAME"),
        ("select timezone('UTC', a) from t", "never compared"),
        ("select a at time zone 'UTC' from t", "local dates"),
        ("select cast(a as date) - cast(b as date) from t", "interval"),
        ("select first_day - last_day from t", "interval"),
        ("select soundex(x) from t", "never compared"),
        ("select $x from t", "parameters"),
        ("select 1; select 2", "exactly one select"),
        ("create table t (a int)", "exactly one select"),
    ],
)
def test_what_spark_would_answer_otherwise_is_refused(sql: str, advice: str) -> None:
    """Each construct seen to differ is refused, with what to write instead."""
    with pytest.raises(spark_sql.Refused, match=re.escape(advice)):
        spark_sql.to_spark(sql)


def test_percentiles_and_durations_are_translated_exactly() -> None:
    """The corrections to sqlglot: exact percentiles, microseconds with their fraction, division in doubles."""
    translated = spark_sql.to_spark(
        "select quantile_cont((epoch_us(b) - epoch_us(a)) / 7.0, 0.5), '1.5', 2 from t"
    )
    wanted = "select percentile(( unix_micros(b) - unix_micros(a) ) / 7.0d, 0.5d), '1.5', 2 from t"
    assert " ".join(translated.lower().split()) == wanted


def test_every_control_is_in_a_framework() -> None:
    """What a check's header says it answers for stands in a framework's file: a mistyped one would cover nothing."""
    known = frameworks.controls(
        row
        for path in sorted((assets.folder("queries") / "frameworks").glob("*.csv"))
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    )
    assert NAMED
    assert not NAMED - known


def test_every_automatic_requirement_has_a_check() -> None:
    """A requirement that facts are said to judge is named by a check; one that nothing shows is named by none."""
    kinds = {
        f"{row['framework']}:{row['control_id']}": row["check_kind"]
        for path in sorted((assets.folder("queries") / "frameworks").glob("*.csv"))
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
        if row["check_kind"]
    }
    unanswered = {control for control, kind in kinds.items() if kind == "automatic"} - NAMED
    assert not unanswered, "write a check, or mark them record or none in queries/frameworks"
    assert not {control for control, kind in kinds.items() if kind == "none"} & NAMED


def test_every_query_has_a_test() -> None:
    """Every query has a test file of its own stem, or shares one that names it; every section its own test."""
    tested = {path.stem.removeprefix("test_") for path in TESTS.rglob("test_*.py")}
    for path in (TESTS / "checks").glob("test_*.py"):
        tested |= set(re.findall(r'\("(\w+)", ', path.read_text("utf-8")))
    for path in (TESTS / "sections").glob("test_*.py"):
        tested |= set(re.findall(r"^def test_(\w+)\(rows", path.read_text("utf-8"), re.MULTILINE))
    missing = sorted(query.path for query in QUERIES if query.id not in tested)
    assert not missing, f"write tests/queries/test_<stem>.py for {', '.join(missing)}"


def test_no_stem_stands_twice() -> None:
    """A stem names one query, whatever its group: findings, files and tests go by it. Rows go by their metric."""
    stems = [query.id for query in QUERIES if query.group not in ("sections", "rows")]
    assert len(stems) == len(set(stems))


def test_sections_and_templates_pair_up() -> None:
    """Every section's rows have a template, and every section's template has rows."""
    templates = assets.folder("report_templates") / "sections"
    pages = {path.name.removesuffix(".html.j2") for path in templates.glob("*.html.j2")}
    assert {query.id for query in QUERIES if query.group == "sections"} == pages


def test_definitions_hold_no_code() -> None:
    """`queries/` and `report_templates/` hold definitions and pages, no Python."""
    for name in ("queries", "report_templates"):
        assert not list(assets.folder(name).rglob("*.py"))

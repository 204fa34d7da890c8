"""What a metric and a check must return; a check that returns anything else says so in place of a verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from qmsreport import catalog
from qmsreport.errors import QueryError
from qmsreport.evaluate import Outcome, evaluate
from qmsreport.results import CHECK_COLUMNS, FINDING_COLUMNS, METRIC_COLUMNS, Query
from qmsreport.warehouse import Snapshot
from tests.queries.conftest import reported


def _check(sql: str, stem: str = "tried") -> Query:
    header = '-- title = "Is it tried?"\n-- severity = "low"\n-- controls = ["soc2:CC8.1", "gdpr:5(2)"]\n-- why = "w"\n-- remedy = "r"\n'
    return catalog.parse(f"-- ---\n{header}-- ---\n{sql}", "checks", stem)


def _metric(**given: str) -> Query:
    row = (
        dict.fromkeys(METRIC_COLUMNS, "null") | {"scope": "'all'", "unit": "'share'", "value": "0.5"} | given
    )
    listed = ", ".join(f"{value} as {name}" for name, value in row.items())
    header = '-- title = "T"\n-- unit = "share"\n-- better = "more"\n-- definition = "d"\n-- source = "s"\n'
    return catalog.parse(f"-- ---\n{header}-- ---\nselect {listed}", "metrics", "tried")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot without facts."""
    return reported(tmp_path_factory.mktemp("contract"), [], only=()).snapshot


@pytest.fixture
def judge(snapshot: Path) -> Callable[..., Outcome]:
    """`judge(query, …)` evaluates the queries."""

    def made(*queries: Query) -> Outcome:
        with Snapshot(snapshot) as opened:
            return evaluate(opened, queries)

    return made


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 'a' as resource, 'fine' as status, 'r' as reason", "status 'fine' for resource 'a' is not allowed"),
        ("select 'a' as resource, null as status, 'r' as reason", "status 'None' for resource 'a' is not allowed"),
        ("select null as resource, 'pass' as status, 'r' as reason", "and name the resource."),
        ("select 'a' as resource, 'pass' as status, null as reason", "resource 'a' has no reason"),
        ("select 'a' as resource, 'pass' as status, 'r' as reason from range(3)", "resource 'a' has 3 rows"),
        ("select 'a' as resource, 'pass' as status", "resource 'a' has no reason"),
        ("select 'a' as resource, 'pass' as status, 'r' as reason, 1 as more", "has more too many"),
        ("select nothing", 'Referenced column "nothing"'),
        ("select 'a' as resource, 'pass' as status, cast('x' as integer) || '' as reason", "Could not convert"),
    ],
)  # fmt: skip
def test_a_check_that_breaks_the_contract_is_an_error(
    judge: Callable[..., Outcome], sql: str, words: str
) -> None:
    """Its one finding names the file and what to mend; no other row of it stays, and other checks go on."""
    outcome = judge(_check(sql), _check("select 'b' as resource, 'pass' as status, 'r' as reason", "other"))
    other, row = outcome.findings.to_dicts()
    assert (other["check_id"], other["status"]) == ("other", "pass")
    assert (row["resource"], row["status"]) == ("(query)", "error")
    assert row["reason"].startswith("queries/checks/tried.sql: ")
    assert words in row["reason"]
    assert "Is it tried?" in row["reason"]


def test_a_check_without_a_row_is_not_assessed(judge: Callable[..., Outcome]) -> None:
    """That it had nothing to judge is a finding of its own, never a pass."""
    [row] = judge(
        _check("select 'a' as resource, 'pass' as status, 'r' as reason limit 0")
    ).findings.to_dicts()
    assert (row["resource"], row["status"]) == ("(none)", "not assessed")


def test_findings_carry_their_header(judge: Callable[..., Outcome]) -> None:
    """Rows come by check and resource, with title, severity, controls and a fingerprint; optional columns may lack."""
    sql = "select unnest(['b', 'a']) as resource, 'pass' as status, 'r' as reason, 3 as observed"
    found = judge(_check(sql), _check(sql, "also")).findings
    assert dict(zip(found.columns, found.dtypes, strict=True)) == {
        name: pl.List(pl.String) if kind.endswith("[]") else pl.String
        for name, kind in FINDING_COLUMNS.items()
    }
    assert found["check_id", "resource"].rows() == [
        ("also", "a"),
        ("also", "b"),
        ("tried", "a"),
        ("tried", "b"),
    ]
    last = found.to_dicts()[-1]
    assert {name: last[name] for name in CHECK_COLUMNS} == {
        "resource": "b",
        "status": "pass",
        "reason": "r",
        "expected": None,
        "observed": "3",
        "basis": None,
    }
    assert (last["title"], last["severity"], last["controls"]) == (
        "Is it tried?",
        "low",
        ["soc2:CC8.1", "gdpr:5(2)"],
    )
    # printf 'tried\nb' | sha256sum
    assert last["fingerprint"] == "f17fc1369ef07e5b"


@pytest.mark.parametrize(
    ("given", "words"),
    [({"value": "1.01"}, "a share of 1.01 for all is outside 0 to 1"), ({"more": "1"}, "has more too many")],
)
def test_a_metric_that_breaks_the_contract_ends_the_run(
    judge: Callable[..., Outcome], given: dict[str, str], words: str
) -> None:
    """A figure that cannot be right must not be printed: the sentence names the query."""
    with pytest.raises(QueryError, match=f"queries/metrics/tried.sql: .*{words}"):
        judge(_metric(**given))
    assert judge(_metric()).seconds

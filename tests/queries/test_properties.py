"""What holds for any records: figures are functions of what is known, and missing data never looks good."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from qmsreport.records import IncidentEvent
from tests.factories import (
    authored,
    change,
    commit,
    deployed,
    deployment,
    incident,
    moment,
    sli_windows,
)
from tests.queries.conftest import NOW, Evaluated, Known, reported

START = moment("2026-07-01")
MORE = """
[delivery]
production = ["eu", "us"]

[[service]]
name = "search"
team = "Discovery"

[[slo]]
id = "api"
service = "checkout"
objective = 0.9
window_seconds = 86400

[[slo]]
id = "slices"
service = "search"
objective = 0.9
window_seconds = 86400
budgeting = "timeslices"
"""
# few examples, each a whole report; always the same ones, so that a run says the same twice
few = settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

services = some.sampled_from(["checkout", "search", None])
places = some.sampled_from(["eu", "us", "staging"])
# microseconds from a month before the quarter until a month after it, a third of them on whole days
offsets = some.one_of(
    some.integers(-30 * 86_400_000_000, 122 * 86_400_000_000),
    some.integers(-30, 122).map(lambda days: days * 86_400_000_000),
)
times = offsets.map(lambda offset: START + timedelta(microseconds=offset))  # type: ignore[operator]
maybe_times = some.one_of(some.none(), times)
shas = some.sampled_from([f"c{number}" for number in range(8)])
counts = some.one_of(
    some.none(), some.sampled_from([0.0, -1.0, float("nan"), float("inf"), 1e300]), some.floats(0, 1e6)
)


@some.composite
def histories(draw: some.DrawFn) -> list[Any]:
    """Records of every kind a definition reads, with all that may be wrong with them."""
    items: list[Any] = []
    for number in range(draw(some.integers(0, 8))):
        release = deployment(
            draw(maybe_times),
            deployment_id=f"d{number}",
            service=draw(services),
            environment=draw(places),
            repository=draw(some.sampled_from(["acme/one", "acme/two", None])),
            commit_sha=draw(some.one_of(some.none(), shas)),
            started_at=draw(maybe_times),
            outcome=draw(
                some.sampled_from(["succeeded", "succeeded", "failed", "cancelled", "running", None])
            ),
            is_rollback=draw(some.sampled_from([True, False, None])),
            is_unplanned=draw(some.sampled_from([True, False, None])),
            fixes_incident=draw(some.sampled_from([None, "i0", "gone"])),
        )
        items += [release, deployed(release, *draw(some.lists(shas, unique=True, min_size=1, max_size=3)))]
    for number in range(draw(some.integers(0, 5))):
        made = change(
            draw(shas),
            draw(maybe_times),
            change_id=f"r{number}",
            service=draw(services),
            author=draw(some.sampled_from(["ada", None])),
            approvers=draw(some.sampled_from([["grace"], ["ada"], [], None])),
            approved_at=draw(maybe_times),
            is_bot=draw(some.booleans()),
        )
        own = draw(some.lists(some.tuples(shas, maybe_times), unique_by=lambda pair: pair[0], max_size=2))
        items += [made, authored(made, *own)]
    for sha in draw(some.lists(shas, unique=True)):
        items.append(commit(sha, draw(times), parent_shas=draw(some.sampled_from([["a"], ["a", "b"], None]))))
    for number in range(draw(some.integers(0, 5))):
        items.append(
            incident(
                draw(maybe_times),
                incident_id=f"i{number}",
                services=draw(some.sampled_from([["checkout"], ["search", "checkout"], [], None])),
                severity=draw(some.sampled_from(["critical", "low", None])),
                status=draw(some.sampled_from(["open", "investigating", "mitigated", "resolved", None])),
                created_at=draw(maybe_times),
                acknowledged_at=draw(maybe_times),
                mitigated_at=draw(maybe_times),
                resolved_at=draw(maybe_times),
                caused_by_deployment=draw(some.sampled_from([None, "d0", "gone"])),
            )
        )
        items.append(
            IncidentEvent(
                event_id=f"e{number}",
                incident_id=f"i{number}",
                occurred_at=draw(maybe_times),
                type="status_change",
                metadata=draw(some.sampled_from([{"from": "open", "to": "investigating"}, None])),
            )
        )
    for day in draw(some.lists(some.integers(0, 91), unique=True, max_size=10)):
        for slo in ("api", "slices"):
            items += sli_windows(slo, START + timedelta(days=day), 1, draw(counts), draw(counts), 86400)  # type: ignore[operator]
    return items


def made(*parts: Known | Sequence[Any], **given: Any) -> Evaluated:
    """The report of these records, in a folder of its own."""
    history = [part if isinstance(part, Known) else Known(part) for part in parts]
    with tempfile.TemporaryDirectory() as folder:
        return reported(Path(folder), history=history, more=MORE, trend=2, **given)


def same(one: Evaluated, other: Evaluated) -> None:
    """Both say the same, to the last digit."""
    assert one.metrics.equals(other.metrics)
    assert one.outcome.findings.equals(other.outcome.findings)


@few
@given(histories(), some.randoms(use_true_random=False))
def test_row_order_changes_nothing(items: list[Any], chance: Any) -> None:
    """The same records in another order, and in other extracts, give the same figures."""
    flat = [row for item in items for row in (item if isinstance(item, list) else [item])]
    mixed = flat.copy()
    chance.shuffle(mixed)
    half = len(mixed) // 2
    one = made(flat, [])
    other = made(mixed[:half], mixed[half:])
    # only the ledger's counts of rows are those of the extracts
    left_out = pl.col("check_id") != "records_complete"
    assert one.metrics.equals(other.metrics)
    assert one.outcome.findings.filter(left_out).equals(other.outcome.findings.filter(left_out))


@few
@given(histories())
def test_loading_twice_equals_loading_once(items: list[Any]) -> None:
    """Reading the same window again adds nothing to any figure."""
    once, twice = made(items), made(items, items)
    left_out = pl.col("check_id") != "records_complete"
    assert once.metrics.equals(twice.metrics)
    assert once.outcome.findings.filter(left_out).equals(twice.outcome.findings.filter(left_out))


@few
@given(histories(), some.integers(0, 400), some.sampled_from(["succeeded", "failed"]))
def test_rows_outside_the_trend_change_nothing(items: list[Any], days: int, outcome: str) -> None:
    """What lies after the period, in a place that is not production, or nowhere in time changes no figure."""
    after = moment("2026-10-01") + timedelta(days=days)  # type: ignore[operator]
    outside = [
        deployment(after, deployment_id="late", environment="eu", outcome=outcome, is_rollback=True),
        deployment("2026-07-10 12:00", deployment_id="elsewhere", environment="test", outcome=outcome),
        incident(after, incident_id="late", caused_by_deployment="d1"),
        change("c1", after, change_id="late"),
        sli_windows("api", after, 2, 0.0, 100.0, 86400),
        sli_windows("nobody's", "2026-07-01", 2, 0.0, 100.0, 86400),
    ]
    one, other = made(items), made([*items, *outside])
    left_out = pl.col("check_id") != "records_complete"
    assert one.metrics.equals(other.metrics)
    assert one.outcome.findings.filter(left_out).equals(other.outcome.findings.filter(left_out))


@few
@given(histories())
def test_late_facts_change_nothing_in_an_earlier_as_of(items: list[Any]) -> None:
    """Whatever becomes known later, a report as of before says what it said."""
    later = [
        deployment("2026-07-10 12:00", deployment_id="d0", environment="eu"),
        incident("2026-07-10 13:00"),
    ]
    one = made(items)
    other = made(Known(items), Known(later, NOW + timedelta(seconds=1)), as_of=NOW)
    same(one, other)


@few
@given(histories())
def test_figures_are_figures(items: list[Any]) -> None:
    """Shares lie between 0 and 1, counts and durations are not negative, and no value is undefined or infinite."""
    rows = made(items).metrics
    for name in ("value", "numerator", "denominator"):
        assert not rows[name].is_nan().any()
        assert not rows[name].is_infinite().any()
    shares = rows.filter(unit="share")["value"].drop_nulls()
    assert shares.is_between(0, 1).all()
    assert (
        rows.filter(pl.col("unit").is_in(["s", "deployments", "incidents", "changes", "days"]))["value"] >= 0
    ).all()
    assert (rows["n"] >= 0).all()
    assert (rows["excluded"] >= 0).all()
    # a value without observations is one that says so: a count of zero, or what is still unknown
    told = pl.col("unit").is_in(["s", "ratio"]) & (pl.col("n") == 0) & pl.col("value").is_not_null()
    assert rows.filter(told & ~pl.col("statistic").is_in(["oldest_open"])).is_empty()

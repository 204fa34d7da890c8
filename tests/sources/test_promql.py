"""The queries that objectives are turned into."""

from __future__ import annotations

import re

import pytest

from qmsreport.config import SloEntry
from qmsreport.sources import _promql


@pytest.mark.parametrize(
    ("expression", "counted"),
    [
        ("a_total", "sum(increase(a_total[300s]))"),
        ('{__name__="a_total"}', 'sum(increase({__name__="a_total"}[300s]))'),
        ("sum(a_total)", "sum(increase(a_total[300s]))"),
        ('sum by (job) (a_total{path="/x[1]"})', 'sum(increase(a_total{path="/x[1]"}[300s]))'),
        ("sum(a_total) without (pod)", "sum(increase(a_total[300s]))"),
        ("increase(a_total[$window])", "sum(increase(a_total[300s]))"),
        (
            "sum(increase(a_total[5m])) + sum(increase(b_total[300s]))",
            "sum(sum(increase(a_total[5m])) + sum(increase(b_total[300s])))",
        ),
        ("sum(rate(a_total[5m]))", "sum(sum(rate(a_total[5m]))) * 300"),
        ("count_over_time(probe[$window])", "sum(count_over_time(probe[300s]))"),
        ("sum(sum_over_time(ok[$window:1m]))", "sum(sum(sum_over_time(ok[300s:1m])))"),
        ('a_total{mail="me@example.org"}', 'sum(increase(a_total{mail="me@example.org"}[300s]))'),
    ],
)
def test_events_of_an_expression(expression: str, counted: str) -> None:
    """A bare counter is counted with increase; an expression with the right ranges is taken as it stands."""
    assert _promql.events(expression, 300, "good") == counted


@pytest.mark.parametrize(
    ("good", "valid", "fill"),
    [
        ('a_total{code="200"}', "a_total", True),
        ('sum by (code) (increase(a_total{code="200"}[5m]))', 'rate(a_total{x="b_total"}[5m])', True),
        ("a_good_total", "a_total", False),
        ('{__name__="a_total"}', "a_total", False),
        ('{job="a"}', '{job="b"}', False),
        (
            "increase(a_total[5m]) + increase(b_total[5m])",
            "increase(a_total[5m]) + increase(b_total[5m])",
            False,
        ),
    ],
)
def test_only_children_of_one_metric_are_filled(good: str, valid: str, fill: bool) -> None:
    """A missing count means zero only beside its siblings of the same metric; else it is unknown."""
    slo = SloEntry(id="x", objective=0.9, good=good, valid=valid)
    assert _promql.sli(slo, 30).fill is fill


@pytest.mark.parametrize(
    ("bound", "matches", "others"),
    [
        (0.3, ["0.3"], ["0x3", "0.30", "10.3"]),
        (1, ["1", "1.0"], ["10", "1x0", "0.1"]),
        (2.5, ["2.5"], ["2", "2.50"]),
        (1e6, ["1e+06", "1000000", "1000000.0"], ["1e06", "10000000"]),
    ],
)
def test_a_bucket_is_found_in_every_spelling(bound: float, matches: list[str], others: list[str]) -> None:
    """The matcher for a bucket's bound takes what the client libraries write, and nothing else."""
    written = re.fullmatch(r'le=~"(.*)"', _promql.bucket_matcher(bound))
    assert written
    pattern = re.compile(written[1].replace("\\\\", "\\"))  # as the server reads a quoted text
    assert all(pattern.fullmatch(text) for text in matches)
    assert not any(pattern.fullmatch(text) for text in others)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5m", 300.0), ("1h30m", 5400.0), ("15d", 1296000.0), ("250ms", 0.25), ("90", 90.0)],
)
def test_durations(text: str, expected: float) -> None:
    """Prometheus's durations are read in seconds."""
    assert _promql.seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5 m", "m5", "5m!", "512MB"])
def test_what_is_no_duration(text: str) -> None:
    """Anything else is no duration."""
    with pytest.raises(ValueError, match="could not convert"):
        _promql.seconds(text)


def test_a_bucket_series_is_recognised_as_its_histogram() -> None:
    """Someone who writes the bucket series instead of the base name means the histogram."""
    slo = SloEntry(id="x", objective=0.9, kind="latency", metric='h_bucket{job="a",}', threshold=0.5)
    assert 'h_bucket{job="a",le=~"0\\\\.5"}' in _promql.sli(slo, 30).text
    assert 'h_count{job="a"}' in _promql.sli(slo, 30).text

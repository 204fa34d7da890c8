"""Samples of the logs hold no personal data."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "logs_free_of_personal_data"


def sample(
    stream: str,
    at: str = "2026-07-10",
    hits: dict[str, int] | None = None,
    size: int = 1000,
    searched: bool = True,
) -> records.LogSample:
    """One sample of a stream."""
    found = {"email": 0, "iban": 0, **(hits or {})} if searched else None
    return records.LogSample(stream=stream, sampled_at=moment(at), pii_hits=found, sample_size=size)


def test_statuses(report: Report) -> None:
    """One hit in one sample fails; empty samples and ones not searched are not assessed."""
    found = report(
        sample("clean"),
        sample("clean", "2026-08-10"),
        sample("leaky", "2026-07-10"),
        sample("leaky", "2026-08-10", {"email": 10}),
        sample("empty", size=0),
        sample("blind", searched=False),
        sample("half", "2026-07-10"),
        sample("half", "2026-08-10", searched=False),
        sample("before", "2026-06-10", {"email": 3}),
    )
    assert found.findings(CHECK) == {
        "clean": "pass",
        "leaky": "fail",
        "empty": "not assessed",
        "blind": "not assessed",
        "half": "partial",
    }
    assert found.finding(CHECK, "clean")["observed"] == "2000 lines sampled"


def test_without_samples_nothing_passes(report: Report) -> None:
    """No sample is not assessed."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}

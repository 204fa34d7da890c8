"""Logs are structured as declared."""

from __future__ import annotations

from typing import Any

import pytest

from qmsreport.records import LogSample
from tests.factories import declared, moment
from tests.queries.conftest import Report

CHECK = "logs_structured"
BOTH = [declared("logs.structured", "true", "flag"), declared("logs.levels", "true", "flag", line=13)]


def sample(
    structured: float | None,
    level: float | None = 1.0,
    size: int | None = 100,
    at: str = "2026-08-01",
    **given: Any,
) -> LogSample:
    """A sample of the stream *api*."""
    return LogSample(
        **({"stream": "api", "sampled_at": moment(at)} | given),
        structured_share=structured,
        with_level_share=level,
        sample_size=size,
    )


@pytest.mark.parametrize(
    ("samples", "status"),
    [
        ([sample(1.0)], "pass"),
        ([sample(0.99)], "fail"),
        ([sample(1.0, 0.5)], "fail"),
        ([sample(1.0), sample(0.5, at="2026-08-02")], "fail"),
        ([sample(1.0), sample(None, at="2026-08-02")], "partial"),
        ([sample(0.5, None)], "fail"),
        ([sample(None)], "not assessed"),
    ],
)
def test_statuses(report: Report, samples: list[LogSample], status: str) -> None:
    """Every sampled line is structured and has a level; a share that a sample does not tell is unknown."""
    assert report(BOTH, samples).findings(CHECK) == {"api": status}


def test_only_what_is_declared_is_asked(report: Report) -> None:
    """Levels alone are declared: lines without structure are in order, and the shares are told."""
    found = report(BOTH[1], sample(0.0))
    row = found.finding(CHECK, "api")
    assert (row["status"], row["expected"]) == ("pass", "every line with a level")
    assert row["observed"] == "0.0 % structured, 100.0 % with a level"


def test_without_samples_nothing_passes(report: Report) -> None:
    """Neither a sample of another period nor an empty one tells anything."""
    empty = sample(1.0, size=0)
    before = sample(1.0, at="2026-06-01")
    assert report(BOTH, empty, before).findings(CHECK) == {"(none)": "not assessed"}


def test_nothing_declared(report: Report) -> None:
    """Samples alone are not judged."""
    assert report(sample(1.0)).findings(CHECK) == {"(none)": "not assessed"}

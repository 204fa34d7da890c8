"""As many traces are kept as declared: a tenth, give or take a tenth of that."""

from __future__ import annotations

from qmsreport import records
from tests.factories import declared, effective, measured, metric_windows
from tests.queries.conftest import Report

CHECK = "sampling_measured"
KEY = "sampling.traces"
TENTH = declared(KEY, "0.1", "share")


def counts(
    name: str, seen: float | None, kept: float | None, first: str = "2026-07-10"
) -> list[records.MetricWindow]:
    """What one collector saw and kept in an hour."""
    labels = {"job": name}
    return [
        *metric_windows("seen_traces", labels, first, 1, seen, unit="traces"),
        *metric_windows("kept_traces", labels, first, 1, kept, unit="traces"),
    ]


def test_counts(report: Report) -> None:
    """Within a tenth of the declared share passes, beyond it fails; too few traces show only a difference that is large."""
    found = report(
        TENTH,
        counts("same", 100_000, 10_000),
        counts("just", 100_000, 10_900),
        counts("half", 100_000, 5_000),
        counts("more", 100_000, 11_200),
        counts("few", 100, 10),
        counts("few and near none", 100, 13),
        counts("few and all", 100, 100),
        counts("none seen", 0, 0),
        counts("blind", 1000, None),
        counts("before", 1000, 1000, "2026-06-10"),
    )
    assert found.findings(CHECK) == {
        f"{KEY} job:same": "pass",
        f"{KEY} job:just": "pass",
        f"{KEY} job:half": "fail",
        f"{KEY} job:more": "fail",
        f"{KEY} job:few": "not assessed",
        f"{KEY} job:few and near none": "not assessed",
        f"{KEY} job:few and all": "fail",
    }
    assert "5000 of 100000 traces" in found.finding(CHECK, f"{KEY} job:half")["reason"]


def test_measured_settings(report: Report) -> None:
    """A share that somebody measured is taken as it is; in another unit it is not guessed at."""
    found = report(
        TENTH,
        measured(KEY, "0.105", "share", "collector:near"),
        measured(KEY, "0.2", "share", "collector:double"),
        measured(KEY, "10", "percent", "collector:percent"),
    )
    assert found.findings(CHECK) == {
        f"{KEY} collector:near": "pass",
        f"{KEY} collector:double": "fail",
        f"{KEY} collector:percent": "not assessed",
    }


def test_no_data(report: Report) -> None:
    """Declared and not measured is not assessed, though a sampler is set to it; so is counted and not declared."""
    assert report(TENTH, effective(KEY, "0.1", "share")).findings(CHECK) == {KEY: "not assessed"}


def test_without_a_declared_share(report: Report) -> None:
    """Counts that nothing is declared for leave nothing to judge."""
    assert report(counts("same", 1000, 100)).findings(CHECK) == {"(none)": "not assessed"}

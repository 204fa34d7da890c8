"""Change fail rate: which deployments failed, each once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.factories import deployment, incident
from tests.queries.conftest import Evaluated, Report, reported

RATE = ("change_fail_rate", "rate")


def days(*given: int, **more: object) -> list[object]:
    """Succeeded deployments at 12:00:00.25 on these days of July."""
    return [deployment(f"2026-07-{day:02} 12:00:00.25", **more) for day in given]


def counts(found: Evaluated, statistic: str = "rate", **where: object) -> tuple[float, float]:
    """Numerator and denominator."""
    row = found.row("change_fail_rate", statistic, **where)
    assert row
    assert row["n"] == row["denominator"]
    return row["numerator"], row["denominator"]


def test_failed_by_completed(report: Report) -> None:
    """One that ended as failed of four that were completed is 25 %; cancelled and running ones are not completed."""
    found = report(
        days(1, 2, 3),
        deployment("2026-07-05 12:00:00.75", outcome="failed"),
        deployment("2026-07-06 12:00:00.75", outcome="cancelled"),
        deployment(None, started_at="2026-07-07 12:00", outcome="running"),
    )
    assert found.figure(*RATE) == 0.25
    assert counts(found) == (1, 4)


def test_successful_only_rate(report: Report) -> None:
    """Of three that succeeded one caused an incident; the one that ended as failed is in neither of its counts."""
    found = report(
        days(1, 2, 3),
        deployment("2026-07-05 12:00", outcome="failed"),
        incident("2026-07-02 13:00:00.5", resolved_at="2026-07-02 14:00"),
    )
    assert counts(found, "rate_of_successful") == (1, 3)
    assert counts(found) == (2, 4)


def test_fan_out_above_one(report: Report) -> None:
    """One deployment with three incidents counts once: the rate is 1 of 1, not 3 of 1."""
    found = report(days(1), [incident(f"2026-07-01 {hour}:00:00.125") for hour in (13, 14, 15)])
    assert counts(found) == (1, 1)


def test_incident_blamed_on_any_earlier_deployment(report: Report) -> None:
    """An incident blames the latest deployment of its service in the last 24 hours, and none that is older."""
    found = report(days(1, 2), incident("2026-07-02 20:00:00.5"), incident("2026-07-09 08:00:00.5"))
    assert counts(found) == (1, 2)
    assert [row["deployment_id"] for row in found.view("failed_deployments")] == [
        row["deployment_id"]
        for row in found.view("production_deployments")
        if row["local_date"] == date(2026, 7, 2)
    ]


def test_explicit_apart_from_inferred(report: Report) -> None:
    """A named cause counts as explicit, a cause inferred from time does not."""
    named, other = days(1, 20)
    found = report(
        named,
        other,
        incident("2026-07-05 08:00", caused_by_deployment=named.deployment_id),  # type: ignore[attr-defined]
        incident("2026-07-20 13:00:00.25"),
    )
    assert counts(found) == (2, 2)
    assert counts(found, "rate_explicit") == (1, 2)


def test_rollback_blames_what_it_replaced(report: Report) -> None:
    """A rollback to another commit makes the deployment before it a failed one."""
    found = report(
        deployment("2026-07-01 12:00", commit_sha="good"),
        deployment("2026-07-02 12:00:00.5", commit_sha="bad"),
        deployment("2026-07-02 13:00:00.5", commit_sha="good", is_rollback=True),
    )
    assert counts(found) == (1, 3)


def test_rollback_after_a_failed_deployment(report: Report) -> None:
    """Rolling back a deployment that failed anyway does not blame the good one that is restored."""
    found = report(
        deployment("2026-07-01 12:00", commit_sha="good"),
        deployment("2026-07-02 12:00", commit_sha="bad", outcome="failed"),
        deployment("2026-07-02 12:30:00.5", commit_sha="good", is_rollback=True),
    )
    assert counts(found) == (1, 3)


def test_second_try_of_a_rollback(report: Report) -> None:
    """A rollback that failed at first still blames what it was to replace, not only itself."""
    found = report(
        deployment("2026-07-01 12:00", commit_sha="good"),
        deployment("2026-07-02 12:00", commit_sha="bad"),
        deployment("2026-07-02 12:30", commit_sha="good", is_rollback=True, outcome="failed"),
        deployment("2026-07-02 12:40", commit_sha="good", is_rollback=True),
    )
    assert counts(found) == (2, 4)


def test_hotfix_within_the_window(report: Report) -> None:
    """A hotfix blames the deployment before it within 24 hours to the microsecond, and none before that."""
    within = report(deployment("2026-07-01 12:00"), deployment("2026-07-02 12:00", is_unplanned=True))
    assert counts(within) == (1, 2)


def test_hotfix_outside_the_window(report: Report) -> None:
    """A hotfix a microsecond after the 24 hours blames nothing."""
    late = report(deployment("2026-07-01 12:00"), deployment("2026-07-02 12:00:00.000001", is_unplanned=True))
    assert counts(late) == (0, 2)


def test_hotfix_that_names_its_incident(report: Report) -> None:
    """A hotfix for a known incident speaks through that incident's link; for an unknown one, for itself."""
    found = report(
        deployment("2026-07-01 12:00"),
        incident("2026-06-01 08:00", incident_id="INC-A", services=["checkout"]),
        deployment("2026-07-01 13:00", is_unplanned=True, fixes_incident="INC-A"),
        deployment("2026-07-10 12:00"),
        deployment("2026-07-10 13:00", is_unplanned=True, fixes_incident="INC-GONE"),
    )
    assert counts(found) == (1, 4)


def test_the_fix_is_not_the_cause(report: Report) -> None:
    """An incident that is written down after its fix went live does not blame the fix."""
    found = report(
        deployment("2026-07-01 12:00", commit_sha="bad"),
        deployment("2026-07-01 13:00", commit_sha="fix", fixes_incident="INC-A"),
        incident("2026-07-01 13:30", incident_id="INC-A"),
    )
    assert [row["finished_at"].hour for row in found.view("failed_deployments")] == [12]


def test_never_across_services(report: Report) -> None:
    """An incident of one service blames no deployment of another, and one of no service none at all."""
    found = report(
        days(1),
        days(1, service=None),
        incident("2026-07-01 13:00", services=["search"]),
        incident("2026-07-01 13:00", services=None),
        incident("2026-07-01 13:00", services=[]),
    )
    assert counts(found) == (0, 2)


def test_unmapped_repositories_do_not_mix(report: Report) -> None:
    """A rollback in one unmapped repository blames no deployment of another."""
    found = report(
        deployment("2026-07-01 12:00", service=None, repository="acme/one"),
        deployment("2026-07-01 12:30", service=None, repository="acme/two", is_rollback=True),
    )
    assert counts(found) == (0, 2)


def test_several_production_environments(report: Report) -> None:
    """Environments stand apart and together; a rollback in one blames none in the other."""
    found = report(
        deployment("2026-07-01 12:00", environment="eu"),
        deployment("2026-07-01 12:10", environment="us", outcome="failed"),
        deployment("2026-07-01 12:20", environment="us", is_rollback=True),
        deployment("2026-07-01 12:20", environment="staging", outcome="failed"),
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert counts(found) == (1, 3)
    assert counts(found, scope="checkout", environment="eu") == (0, 1)
    assert counts(found, scope="checkout", environment="us") == (1, 2)


def test_environment_listed_twice(report: Report) -> None:
    """A production environment that the configuration lists twice does not count twice."""
    found = report(days(1), more='[delivery]\nproduction = ["production", "production"]\n')
    assert counts(found) == (0, 1)


def test_ties_on_equal_times(tmp_path: Path) -> None:
    """Of two deployments that finished in the same instant the same one is blamed, whatever the order of rows."""
    for order in ("ab", "ba"):
        (tmp_path / order).mkdir()
        pair = [deployment("2026-07-01 12:00:00.5", deployment_id=name) for name in order]
        found = reported(tmp_path / order, pair, incident("2026-07-01 13:00"), only=())
        assert [row["deployment_id"] for row in found.view("failed_deployments")] == ["b"]


def test_no_data(report: Report) -> None:
    """Without a completed deployment there is no rate, not zero."""
    assert report(deployment(None, outcome="running"), only=None).row(*RATE) is None


def test_outside_the_period(report: Report) -> None:
    """A failure of the quarter before or after is not this quarter's."""
    found = report(
        days(1),
        deployment("2026-06-30 23:59:59.999999", outcome="failed"),
        deployment("2026-10-01 00:00", outcome="failed"),
    )
    assert counts(found) == (0, 1)
    assert counts(found, starts_on=date(2026, 4, 1)) == (1, 1)


def test_months_and_weeks(report: Report) -> None:
    """Months and ISO weeks hold their own: 1 July 2026 is a Wednesday, its week starts on 29 June."""
    found = report(days(1, 8), deployment("2026-06-29 12:00", outcome="failed"))
    assert counts(found, grain="month", starts_on=date(2026, 7, 1)) == (0, 2)
    assert counts(found, grain="week", starts_on=date(2026, 6, 29)) == (1, 2)
    assert counts(found, grain="week", starts_on=date(2026, 7, 6)) == (0, 1)


def test_scopes(report: Report) -> None:
    """A service, its team, and what maps to neither each have their row."""
    found = report(days(1), deployment("2026-07-02 12:00", service=None, outcome="failed"))
    assert counts(found, scope="checkout") == (0, 1)
    assert counts(found, scope="Commerce") == (0, 1)
    assert counts(found, scope="(no service)") == (1, 1)
    assert counts(found, scope="(no team)") == (1, 1)
    assert counts(found) == (1, 2)

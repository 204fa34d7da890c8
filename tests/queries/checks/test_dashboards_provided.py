"""The declared dashboards and panels exist."""

from __future__ import annotations

from typing import Any

import pytest

from qmsreport.records import Dashboard
from tests.factories import declared
from tests.queries.conftest import Report

CHECK = "dashboards_provided"


def board(name: str, category: str | None = "system", *panels: str, **given: Any) -> Dashboard:
    """A dashboard with these panels; one where none is named."""
    return Dashboard(dashboard_id=name, category=category, panels=list(panels or ("Uptime",)), **given)


def wanted(*keys: str) -> list[Any]:
    """What is declared as true."""
    return [declared(key, "true", "flag", line=line) for line, key in enumerate(keys, 1)]


def test_kinds_of_dashboards(report: Report) -> None:
    """One with a panel passes; none of the category, or only an empty one, fails; what is not declared is not asked."""
    found = report(
        wanted("dashboards.system", "dashboards.security", "dashboards.application"),
        declared("dashboards.business", "false", "flag"),
        board("hosts"),
        Dashboard(dashboard_id="empty", category="security", panels=[]),
    )
    assert found.findings(CHECK) == {
        "dashboards.system": "pass",
        "dashboards.security": "fail",
        "dashboards.application": "fail",
    }
    assert (
        found.finding(CHECK, "dashboards.security")["reason"]
        == "The dashboards of this category have no panel."
    )


def test_a_dashboard_of_no_known_category(report: Report) -> None:
    """It may be the one that is looked for, so its absence is not shown."""
    found = report(wanted("dashboards.security"), board("hosts"), board("what", None))
    assert found.findings(CHECK) == {"dashboards.security": "not assessed"}


def test_kinds_of_panels(report: Report) -> None:
    """A title with one of the words passes; without them the title may say it otherwise."""
    found = report(
        wanted("panels.response_time", "panels.throughput", "panels.error_rate", "panels.resources"),
        board("api", "application", "Latency p95 by route", "HTTP 5xx", "Failed requests"),
    )
    assert found.findings(CHECK) == {
        "panels.response_time": "pass",
        "panels.throughput": "not assessed",
        "panels.error_rate": "pass",
        "panels.resources": "not assessed",
    }


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        ((30.0, 10.0), "pass"),
        ((30.0, 60.0), "fail"),
        ((30.0, None), "partial"),
        ((None, None), "not assessed"),
    ],
)
def test_the_refresh(report: Report, seconds: tuple[float | None, ...], status: str) -> None:
    """Every dashboard refreshes at least as often as declared; of one that shows no interval it is unknown."""
    boards = [board(str(number), refresh_seconds=value) for number, value in enumerate(seconds)]
    found = report(declared("dashboards.refresh", "30", "s"), boards)
    assert found.findings(CHECK) == {"dashboards.refresh": status}


def test_without_dashboards_nothing_passes(report: Report) -> None:
    """All that is declared stands there, not assessed."""
    found = report(
        wanted("dashboards.system", "panels.resources"), declared("dashboards.refresh", "30", "s", line=9)
    )
    expected = dict.fromkeys(("dashboards.system", "panels.resources", "dashboards.refresh"), "not assessed")
    assert found.findings(CHECK) == expected


def test_nothing_declared(report: Report) -> None:
    """Dashboards that nobody declared are not judged."""
    assert report(board("hosts")).findings(CHECK) == {"(none)": "not assessed"}

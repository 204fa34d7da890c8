"""Deployed changes had passed their tests."""

from __future__ import annotations

import pytest

from tests.factories import authored, change, deployed, deployment
from tests.queries.conftest import Report

CHECK = "tests_passed"


@pytest.mark.parametrize(
    ("passed", "status"), [(True, "pass"), (False, "fail"), (None, "not assessed")], ids=str
)
def test_statuses(report: Report, passed: bool | None, status: str) -> None:
    """What the source says of the checks decides; saying nothing is not assessed."""
    release = deployment("2026-07-10 12:00", commit_sha="m1")
    made = change("m1", change_id="r1", checks_passed=passed)
    waiting = change("m2", change_id="r2", checks_passed=False)
    own = authored(made, ("o", "2026-07-01 12:00"))
    found = report(deployment("2026-06-20 12:00"), release, deployed(release), made, waiting, own)
    assert found.findings(CHECK) == {"r1": status}


def test_without_deployed_changes_nothing_passes(report: Report) -> None:
    """No deployed change is not assessed."""
    assert report(change("m1", checks_passed=True)).findings(CHECK) == {"(none)": "not assessed"}

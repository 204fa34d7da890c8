"""Every production deployment traces to a change."""

from __future__ import annotations

from tests.factories import authored, change, deployed, deployment
from tests.queries.conftest import Report

CHECK = "deployment_traced"


def test_traced_by_each_of_its_shas(report: Report) -> None:
    """The merge commit, the head, an own commit, or a commit it brought in lead to the request."""
    made = change("merge", change_id="r1", head_sha="head")
    brings = deployment("2026-07-05 12:00", deployment_id="brings", commit_sha="unknown")
    found = report(
        made,
        authored(made, ("own", "2026-07-01 12:00")),
        [
            deployment("2026-07-01 12:00:00.5", deployment_id=sha, commit_sha=sha)
            for sha in ("merge", "head", "own")
        ],
        brings,
        deployed(brings, "own"),
    )
    assert found.findings(CHECK) == dict.fromkeys(("brings", "head", "merge", "own"), "pass")
    assert found.finding(CHECK, "merge")["reason"] == "Traces to r1."


def test_untraced(report: Report) -> None:
    """A commit of no request, or of one that was never merged, fails; without a commit nothing can be said."""
    found = report(
        change("other"),
        change("m2", None, head_sha="open"),
        deployment("2026-07-01 12:00", deployment_id="push", commit_sha="push"),
        deployment("2026-07-02 12:00", deployment_id="branch", commit_sha="open"),
        deployment("2026-07-03 12:00", deployment_id="nothing", commit_sha=None),
    )
    assert found.findings(CHECK) == {"branch": "fail", "nothing": "not assessed", "push": "fail"}


def test_population(report: Report) -> None:
    """Failed ones, other environments and other quarters are not in it."""
    found = report(
        change("other"),
        deployment("2026-07-01 12:00", outcome="failed"),
        deployment("2026-07-01 12:00", environment="staging"),
        deployment("2026-06-30 23:59:59.9"),
        deployment("2026-10-01 00:00"),
    )
    assert found.findings(CHECK) == {"(none)": "not assessed"}


def test_no_data(report: Report) -> None:
    """Where no request was ever recorded nothing can be traced, and nothing fails."""
    found = report(deployment("2026-07-01 12:00", deployment_id="d1"))
    assert found.findings(CHECK) == {"d1": "not assessed"}

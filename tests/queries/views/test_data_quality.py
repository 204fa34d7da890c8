"""Every record that a figure leaves out or that is not to be believed is listed once, with its id."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.factories import authored, change, deployed, deployment, incident, reject, sli_windows
from tests.queries.conftest import NOW, Evaluated, Known, Report
from tests.queries.metrics.test_slo_attainment import slo

BASELINE = deployment("2026-06-20 12:00")


def listed(found: Evaluated) -> dict[str, list[str]]:
    """The resources of each kind of defect."""
    kinds = defaultdict(list)
    for row in found.view("data_quality"):
        assert row["detail"]
        assert row["origin"]
        kinds[row["kind"]].append(row["resource"])
    return {kind: sorted(resources) for kind, resources in kinds.items()}


def test_clean(report: Report) -> None:
    """Good records are not in it."""
    release = deployment("2026-07-10 12:00", commit_sha="m1")
    made = change("m1")
    found = report(
        BASELINE,
        made,
        authored(made, ("o", "2026-07-10 10:00")),
        release,
        deployed(release),
        incident("2026-07-10 13:00"),
        sli_windows("api", "2026-07-01", 12),
        more=slo(300),
    )
    assert listed(found) == {}


def test_deployments_and_changes(report: Report) -> None:
    """Each defect of a deployment or a change, by its id."""
    release = deployment("2026-07-10 12:00:00.5", deployment_id="d1", commit_sha="m1")
    early = change("m1", change_id="negative")
    unknown = change("m1", change_id="no-author-time")
    found = report(
        BASELINE,
        early,
        authored(early, ("o", "2026-07-10 12:00:00.500001")),
        unknown,
        release,
        deployed(release),
        change("m9", change_id="waiting"),
        deployment("2026-07-11 12:00", deployment_id="unmapped", service=None),
        deployment("2026-07-11 12:00", deployment_id="no-commit", commit_sha=None),
        deployment(None, deployment_id="stuck", started_at="2026-09-20 12:00", outcome="running"),
        deployment(None, deployment_id="recent", started_at="2026-09-29 12:00", outcome="running"),
        deployment(None, deployment_id="unended", started_at="2026-09-20 12:00"),
        change("m0", "2026-07-11 11:00", change_id="before", service="search"),
        deployment("2026-07-11 12:00", deployment_id="first", service="search"),
    )
    assert listed(found) == {
        "negative lead time": ["negative"],
        "change without an authoring time": ["no-author-time"],
        "merged, not deployed": ["waiting"],
        "merged before records of deployments begin": ["before"],
        "deployment of no service": ["unmapped"],
        "deployment without a commit": ["no-commit"],
        "deployment still running": ["stuck"],
        "deployment without an end time": ["unended"],
        "baseline deployment": ["first", "unmapped"],
    }


def test_incidents(report: Report) -> None:
    """Each defect of an incident, by its id."""
    nothing: dict[str, Any] = {"acknowledged_at": None, "mitigated_at": None, "resolved_at": None}
    found = report(
        BASELINE,
        deployment("2026-07-10 12:00", deployment_id="d1"),
        incident("2026-07-10 11:00", incident_id="a", caused_by_deployment="d1"),
        incident(
            "2026-07-12 11:00", incident_id="b", **(nothing | {"acknowledged_at": "2026-07-12 10:59:59.9"})
        ),
        incident("2026-07-13 11:00", incident_id="c", **(nothing | {"mitigated_at": "2026-07-13 10:00"})),
        incident("2026-07-15 11:00", incident_id="d", services=[], **(nothing | {"status": "investigating"})),
        incident("2026-07-14 11:00", incident_id="e", status="investigating"),
        incident("2026-07-14 11:00", incident_id="f", caused_by_deployment="gone"),
        incident(None, incident_id="g", created_at=None),
    )
    assert listed(found) == {
        "negative recovery time": ["d1"],
        "acknowledged before detection": ["b", "c"],
        "mitigated before detection": ["c"],
        "closed without a resolution time": ["b", "c"],
        "acknowledged without a time": ["d"],
        "incident of no service": ["d"],
        "incident state contradicts its times": ["e"],
        "incident names an unknown deployment": ["f"],
        "incident without any time": ["g"],
    }


def test_recovery_at_an_unknown_time(report: Report) -> None:
    """A failed deployment whose incident was closed without a time, and that nothing followed."""
    closed: dict[str, Any] = {"mitigated_at": None, "resolved_at": None}
    found = report(
        BASELINE, deployment("2026-07-12 07:00", deployment_id="d1"), incident("2026-07-12 08:00", **closed)
    )
    assert listed(found)["recovery at an unknown time"] == ["d1"]


def test_windows(report: Report) -> None:
    """Windows above 1, of no counts and of no objective: one row for each objective and local day."""
    found = report(
        sli_windows("api", "2026-07-01", 2, 101.0, 100.0),
        sli_windows("api", "2026-07-02", 2, float("nan"), 100.0),
        sli_windows("api", "2026-07-03", 2, 0.0, 0.0),
        sli_windows("unknown", "2026-07-03", 300),
        sli_windows("api", "2026-06-01", 2, 101.0, 100.0),
        more=slo(300),
    )
    assert listed(found) == {
        "service level above 1": ["api 2026-07-01"],
        "windows whose counts are no counts": ["api 2026-07-02"],
        "windows of an unknown objective": ["unknown"],
    }
    details = [row["detail"] for row in found.view("data_quality") if row["resource"] == "api 2026-07-01"]
    assert details == ["2 windows hold more good than valid events, the first at 2026-07-01 00:00:00"]


def test_rows_set_aside(report: Report) -> None:
    """A row that the newest reading could not load is listed; one that was mended is not."""
    found = report(
        history=[
            Known([], extract={"rejects": [reject(line=2), reject(line=3)]}),
            Known([], extract={"rejects": [reject(line=3, column="outcome")]}),
            Known([], extract={"error": "away"}),
        ]
    )
    assert [(row["resource"], row["detail"], row["origin"]) for row in found.view("data_quality")] == [
        ("deployments.csv:3", "outcome: is no number", "files, extract 2")
    ]


def test_two_sources_disagree(report: Report) -> None:
    """A record that two sources tell differently is listed; one they tell alike is not, nor one of another time."""
    records = [deployment(f"2026-0{month}-01 12:00", deployment_id=f"d{month}") for month in (5, 7, 8)]
    others = [deployment(f"2026-0{month}-01 12:00:00.5", deployment_id=f"d{month}") for month in (5, 7)]
    alike = deployment("2026-08-01 12:00", deployment_id="d8", commit_sha=records[2].commit_sha)
    windows = [sli_windows("api", "2026-07-01", 3, good) for good in (99.0, 98.0)]
    found = report(
        history=[Known([records, windows[0]]), Known([others, alike, windows[1]], NOW, "mirror")],
        sources=("files", "mirror"),
        more=slo(300),
    )
    rows = {
        row["resource"]: row["detail"]
        for row in found.view("data_quality")
        if row["kind"] == "two sources disagree"
    }
    assert rows == {
        "deployments d7": "files is kept, mirror says otherwise",
        "sli_windows api": "3 rows; files is kept, mirror says otherwise",
    }


def test_period(report: Report) -> None:
    """Defects of another quarter are that quarter's."""
    found = report(
        deployment("2026-06-30 23:59:59.9", service=None),
        incident("2026-10-01 00:00", services=None),
        change("m1", "2026-06-30 23:00"),
    )
    assert listed(found) == {}

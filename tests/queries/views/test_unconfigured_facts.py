"""Facts of sources that are no longer configured."""

from __future__ import annotations

from qmsreport import assets, records
from tests.factories import commit, deployed, deployment, incident, service, sli_windows
from tests.queries.conftest import Known, Report

VIEW = "unconfigured_facts"


def test_what_an_old_source_left_is_counted(report: Report) -> None:
    """Two deployments of the quarter, one service and three windows of *old* count; what is outside does not."""
    one, other, before = (
        deployment(day) for day in ("2026-07-01", "2026-09-30 23:59:59.5", "2026-06-30 23:59")
    )
    left = [one, other, before, deployed(one, "a", "b"), service("old"), sli_windows("api", "2026-08-01", 3)]
    found = report(deployment("2026-07-10 12:00"), history=[Known(left, source="old")])
    assert {(row["source"], row["kind"]): row["records"] for row in found.view(VIEW)} == {
        ("old", "deployments"): 2,
        ("old", "services"): 1,
        ("old", "sli_windows"): 3,
    }


def test_what_a_configured_source_says_too_is_its_own(report: Report) -> None:
    """A record that a configured source brings as well is kept from that one, and is no leftover."""
    both = incident("2026-07-12 08:00")
    found = report(both, commit("a"), history=[Known([both, commit("b")], source="old")])
    assert [(row["source"], row["kind"], row["records"]) for row in found.view(VIEW)] == [
        ("old", "commits", 1)
    ]


def test_nothing_left(report: Report) -> None:
    """Where every source is configured there is nothing to say."""
    assert report(deployment(), service()).view(VIEW) == []


def test_every_kind_is_looked_at() -> None:
    """A new kind of record has its place in the count; only links between records go with these."""
    text = (assets.folder("queries") / "views" / f"{VIEW}.sql").read_text("utf-8")
    links = {"deployment_commits", "change_commits"}
    assert {kind for kind in records.KINDS if f"from {kind}\n" in text} == set(records.KINDS) - links

"""What is wrong in the demonstration data is wrong exactly as often as `flaws` declares, counted from the files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from qmsreport.demo.flaws import FLAWS

if TYPE_CHECKING:
    from tests.demo.conftest import Organisation, Row


def exactly(organisation: Organisation, rows: list[Row], time: str, count: int) -> None:
    """So many rows, all of them in the last complete quarter."""
    assert len(rows) == count
    assert all(organisation.within(row[time]) for row in rows)


def test_flawed_deployments(organisation: Organisation) -> None:
    """Unmapped, untraced, stuck and unreadable deployments stand there as often as declared."""
    deployments = organisation.tables["deployments"]
    listed = defaultdict(set)
    for row in organisation.tables["deployment_commits"]:
        listed[row["deployment_id"]].add(row["commit_sha"])
    known = {row["commit_sha"] for row in organisation.tables["change_commits"]}
    known |= {row[name] for row in organisation.tables["changes"] for name in ("merge_sha", "head_sha")}
    untraced = [
        row
        for row in organisation.production
        if not known & {*listed[row["deployment_id"]], row["commit_sha"]}
    ]
    exactly(organisation, untraced, "started_at", FLAWS.untraced_deployments)
    unmapped = [row for row in deployments if row["service"] is None]
    exactly(organisation, unmapped, "started_at", FLAWS.unmapped_deployments)
    exactly(
        organisation,
        [row for row in deployments if row["outcome"] == "running"],
        "started_at",
        FLAWS.stuck_deployments,
    )
    lines = (organisation.folder / "sources" / "deployments.csv").read_text("utf-8").splitlines()
    assert len(lines) - 1 - len(deployments) == FLAWS.unreadable_rows


def test_flawed_changes(organisation: Organisation) -> None:
    """Self-approved, unapproved, late-approved and red changes stand there as often as declared."""
    merged = [row for row in organisation.tables["changes"] if row["merged_at"]]
    own = [row for row in merged if row["approvers"] and set(row["approvers"]) <= {row["author"]}]
    exactly(organisation, own, "merged_at", FLAWS.self_approved_changes)
    exactly(
        organisation, [row for row in merged if not row["approvers"]], "merged_at", FLAWS.unapproved_changes
    )
    late = [row for row in merged if row["approved_at"] and row["approved_at"] > row["merged_at"]]
    exactly(organisation, late, "merged_at", FLAWS.late_approvals)
    assert all(row["is_emergency"] for row in late)
    exactly(
        organisation, [row for row in merged if not row["checks_passed"]], "merged_at", FLAWS.failing_checks
    )


def test_negative_lead_times(organisation: Organisation) -> None:
    """So many changes as declared were authored, by a wrong clock, after they were running."""
    negative = [row for row, _, lead in organisation.lead_times() if lead < timedelta()]
    exactly(organisation, negative, "merged_at", FLAWS.negative_lead_times)


def test_flawed_incidents(organisation: Organisation) -> None:
    """Open, untimed, backwards, reopened and unowned incidents stand there as often as declared."""
    incidents = organisation.tables["incidents"]
    untimed = [row for row in incidents if row["status"] == "resolved" and row["resolved_at"] is None]
    exactly(organisation, untimed, "detected_at", FLAWS.resolved_without_time)
    backwards = [row for row in incidents if row["resolved_at"] and row["resolved_at"] < row["created_at"]]
    exactly(organisation, backwards, "detected_at", FLAWS.resolved_before_created)
    end = organisation.last.ends_at
    left = [
        row
        for row in incidents
        if row["detected_at"] < end
        and row not in untimed
        and not (row["resolved_at"] and row["resolved_at"] < end)
    ]
    exactly(organisation, left, "detected_at", FLAWS.open_at_the_end)
    nobodys = [row for row in incidents if not row["services"]]
    exactly(organisation, nobodys, "detected_at", FLAWS.incidents_of_no_service)
    events = organisation.tables["incident_events"]
    again = [row for row in events if row["metadata"] and json.loads(row["metadata"])["from"] == "resolved"]
    exactly(organisation, again, "occurred_at", FLAWS.reopened_incidents)
    breaches = [row for row in incidents if row["personal_data"]]
    exactly(organisation, breaches, "detected_at", FLAWS.personal_data_breaches)
    late = [row for row in breaches if row["notified_at"] - row["aware_at"] > timedelta(hours=72)]
    exactly(organisation, late, "detected_at", FLAWS.late_notifications)
    deployed = {row["service"] for row in organisation.production if organisation.within(row["started_at"])}
    blameless = [
        row
        for row in incidents
        if organisation.within(row["detected_at"]) and row["services"] and not set(row["services"]) & deployed
    ]
    exactly(organisation, blameless, "detected_at", FLAWS.incidents_without_any_deployment)


def test_flawed_measurements(organisation: Organisation) -> None:
    """The gap, the windows above one and the night without traffic are where they are declared to be."""
    windows = organisation.windows
    above = windows.filter(pl.col("good") > pl.col("valid"))
    exactly(organisation, above.rows(named=True), "window_start", FLAWS.sli_windows_above_one)
    here = pl.col("window_start").dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin")
    seen = organisation.last_windows.group_by("slo_id").agg(here.dt.date().n_unique().alias("days"))
    gaps = [organisation.last.days - days for days in seen["days"] if days < organisation.last.days]
    assert gaps == [FLAWS.gap_days] * FLAWS.objectives_with_a_gap
    asleep = windows.filter(pl.col("valid") == 0)
    assert set(asleep["slo_id"]) == {"settlement-success"}
    assert set(asleep.select(here.dt.hour()).to_series()) == {3}
    assert windows["good"].min() >= 0
    bare = [row for row in organisation.tables["alert_rules"] if not row["runbook_url"]]
    assert len(bare) == FLAWS.rules_without_runbook


def test_flawed_protection(organisation: Organisation) -> None:
    """Old versions of TLS, a service nobody scans, late fixes by quarter and a store of which nothing is known."""
    tables = organisation.tables
    old = {row["endpoint"] for row in tables["tls_probes"] if row["offered"] and row["protocol"] == "TLS 1.0"}
    assert len(old) == FLAWS.outdated_endpoints
    ends = {
        row["endpoint"]: row["not_after"] - organisation.cutoff
        for row in tables["tls_probes"]
        if row["offered"]
    }
    assert len(ends) == 5
    assert min(ends.values()) > timedelta(days=30)
    assert sum(left < timedelta(days=92) for left in ends.values()) == 1  # it ends within the next quarter
    scanned = {row["service"] for row in tables["scans"]}
    assert len({row["service"] for row in tables["services"]} - scanned) == FLAWS.unscanned_services
    found = [row for row in tables["vulnerabilities"] if row["severity"] in ("critical", "high")]
    late = [
        row
        for row in found
        if (row["fixed_at"] or organisation.cutoff) - row["found_at"] > timedelta(days=30)
    ]
    counts = tuple(
        sum(quarter.starts_at <= row["found_at"] < quarter.ends_at for row in late)
        for quarter in organisation.last.trend(8)
    )
    assert counts == FLAWS.late_fixes
    open_at_the_end = [
        row
        for row in found
        if row["found_at"] < organisation.last.ends_at
        and not (row["fixed_at"] or organisation.cutoff) < organisation.last.ends_at
    ]
    assert not open_at_the_end
    unknown = [row for row in tables["settings"] if row["value"] is None]
    assert {row["key"] for row in unknown} == {"encryption.at_rest"}
    assert len(unknown) == FLAWS.unattested_stores + 1  # one is attested


def test_flawed_measures_of_code_and_logs(organisation: Organisation) -> None:
    """One service is tested too little, some samples were not searched, and old ones held addresses."""
    measures = [row for row in organisation.tables["quality_measures"] if row["measure"] == "line_coverage"]
    within = [row for row in measures if organisation.within(row["measured_at"])]
    newest = {row["service"]: row["value"] for row in sorted(within, key=lambda row: row["measured_at"])}
    assert sum(value < 80 for value in newest.values()) == FLAWS.services_below_coverage
    samples = organisation.tables["log_samples"]
    exactly(
        organisation,
        [row for row in samples if row["pii_hits"] is None],
        "sampled_at",
        FLAWS.unsearched_samples,
    )
    with_hits = [row for row in samples if row["pii_hits"] and sum(json.loads(row["pii_hits"]).values())]
    assert with_hits
    assert not any(organisation.within(row["sampled_at"]) for row in with_hits)
    assert not [row for row in samples if row["stream"].startswith("merchant")]


def test_flawed_monitoring(organisation: Organisation) -> None:
    """Days of lost telemetry and without audit records, and a disk that passes its limit, stand there as declared."""
    windows = organisation.tables["metric_windows"]

    def values(metric: str) -> list[Row]:
        return [row for row in windows if row["metric"] == metric]

    sent = {(row["labels"], row["window_start"]): row["value"] for row in values("exported_telemetry")}
    lost = [
        row
        for row in values("failed_exports")
        if row["value"] > 0.1 * sent[row["labels"], row["window_start"]]
    ]
    exactly(organisation, lost, "window_start", FLAWS.days_of_lost_telemetry)
    silent = [row for row in values("audit_records") if row["value"] == 0]
    exactly(organisation, silent, "window_start", FLAWS.days_without_audit_records)
    disks = [row for row in values("disk_utilisation") if row["window_start"] < organisation.last.ends_at]
    ends = {row["labels"]: row["value"] for row in sorted(disks, key=lambda row: row["window_start"])}
    assert sum(value > 0.85 for value in ends.values()) == FLAWS.disks_filling_up
    assert max(row["value"] for row in disks) < 0.9
    rules = organisation.tables["alert_rules"]
    unheard = [row for row in rules if row["rule_id"].startswith("security/") and row["severity"] == "low"]
    assert len(unheard) == FLAWS.unheard_security_rules
    trusting = [
        row
        for row in organisation.tables["settings"]
        if row["key"] == "change.stale_approvals_dismissed" and row["value"] == "false"
    ]
    assert len(trusting) == FLAWS.lasting_approvals
    kinds = {row["kind"] for row in organisation.tables["documents"]}
    parts = {"metrics test", "logging test", "tracing test", "dashboard test", "alerting test"}
    assert len(parts - kinds) == FLAWS.unevidenced_tests


def test_life_goes_wrong_besides(organisation: Organisation) -> None:
    """Failures, retries, superseded and cancelled deployments, rollbacks, hotfixes, bots and rewritten commits occur."""
    production = organisation.production
    outcomes = Counter(row["outcome"] for row in production)
    assert outcomes["failed"] > 20
    assert outcomes["cancelled"] > 10
    assert sum(row["attempt"] == 2 for row in production) > 10
    assert sum(row["is_rollback"] for row in production) > 20
    assert sum(row["ref"].startswith("hotfix/") and bool(row["fixes_incident"]) for row in production) > 20
    starts = defaultdict(list)
    for row in production:
        starts[row["service"], row["environment"]].append(row["started_at"])
    superseded = [
        row
        for row in production
        if row["outcome"] == "cancelled"
        and any(
            row["started_at"] < start < row["finished_at"]
            for start in starts[row["service"], row["environment"]]
        )
    ]
    assert len(superseded) > 3
    assert outcomes["cancelled"] > len(superseded)
    changes = organisation.tables["changes"]
    own = defaultdict(set)
    for row in organisation.tables["change_commits"]:
        own[row["change_id"]].add(row["commit_sha"])
    rewritten = [row for row in changes if row["merge_sha"] and row["merge_sha"] not in own[row["change_id"]]]
    assert len(rewritten) > 5_000
    assert sum(len(row["parent_shas"]) == 2 for row in organisation.tables["commits"]) > 1_000
    assert 0.05 < sum(row["is_bot"] for row in changes) / len(changes) < 0.25
    assert sum(row["merged_at"] is None for row in changes) > 50


def test_some_incidents_name_their_deployment_and_some_do_not(organisation: Organisation) -> None:
    """Explicit links are a part of all, and none blames a deployment that had not begun or is of another service."""
    deployments = {row["deployment_id"]: row for row in organisation.tables["deployments"]}
    incidents = organisation.tables["incidents"]
    named = [row for row in incidents if row["caused_by_deployment"]]
    assert 0.2 < len(named) / len(incidents) < 0.7
    for row in named:
        cause = deployments[row["caused_by_deployment"]]
        assert cause["service"] in row["services"]
        assert cause["finished_at"] < row["detected_at"]

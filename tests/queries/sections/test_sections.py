"""The report's sections over one small quarter whose every figure is worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.warehouse import Snapshot
from tests.factories import (
    authored,
    change,
    deployed,
    deployment,
    incident,
    reject,
    sli_windows,
    tls_endpoint,
)
from tests.queries.conftest import Known, reported

SETTINGS = """
[delivery]
production = ["production", "production-us"]

[[slo]]
id = "checkout-availability"
title = "Checkout answers"
service = "checkout"
objective = 0.9
window_seconds = 86400

[[service]]
name = "billing"
team = "Finance"

[[maintenance]]
service = "billing"
starts_at = 2026-08-01T00:00:00Z
ends_at = 2026-08-01T01:00:00Z
approver = "grace"
reason = "move"
"""
Rows = dict[str, list[dict[str, Any]]]


def _sections(snapshot: Path) -> Rows:
    with Snapshot(snapshot) as opened:
        return {name: item.rows for name, item in evaluate(opened, catalog.read()).sections.items()}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """One change deployed after two days, one failure mended after two hours, one incident open at the end."""
    brings = deployment("2026-07-10 12:00", deployment_id="brings", commit_sha="m1")
    made = change("m1", "2026-07-10 10:00", change_id="r1")
    items = [
        deployment("2026-01-10 12:00", deployment_id="first", commit_sha="base"),
        brings,
        deployed(brings, "own", "m1"),
        made,
        authored(made, ("own", "2026-07-08 12:00")),
        deployment("2026-08-01 12:00", deployment_id="broken", outcome="failed", commit_sha="x"),
        deployment("2026-08-01 14:00", deployment_id="mended", commit_sha="m1"),
        deployment("2026-09-01 12:00", deployment_id="us", environment="production-us", commit_sha="m1"),
        deployment(
            "2026-09-02 12:00", deployment_id="lab", service=None, repository="acme/lab", commit_sha="y"
        ),
        incident("2026-07-12 08:00", incident_id="I1"),
        incident(
            "2026-09-29 00:00",
            incident_id="I2",
            status="open",
            acknowledged_at=None,
            mitigated_at=None,
            resolved_at=None,
        ),
        sli_windows("checkout-availability", "2026-07-01", 46, 100.0, seconds=86400),
        sli_windows("checkout-availability", "2026-08-16", 46, 70.0, seconds=86400),
        tls_endpoint(not_after="2026-10-30"),
    ]
    folder = tmp_path_factory.mktemp("sections")
    made_of = reported(
        folder, more=SETTINGS, history=[Known(items, extract={"rejects": [reject()]})], only=set()
    )
    with Snapshot(made_of.snapshot, read_only=False) as opened:
        opened.fetch(
            "insert into published values "
            "('deployment_frequency', date '2026-01-01', 'organisation', 'all', null, 'count', 99, 99, 'r1')"
        )
    return _sections(made_of.snapshot)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The sections of an organisation whose only source could not be read."""
    folder = tmp_path_factory.mktemp("nothing")
    return _sections(
        reported(folder, history=[Known([], extract={"error": "Cannot reach it."})], only=set()).snapshot
    )


def one(rows: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    """The one row of these values."""
    (found,) = [row for row in rows if all(row[name] == value for name, value in where.items())]
    return found


def test_checks(rows: Rows) -> None:
    """Each check is counted by result, the gravest severity first."""
    traced = one(rows["checks"], title="Every production deployment traces to a change")
    assert (traced["passed"], traced["failed"], traced["total"], traced["status"]) == (3, 1, 4, "fail")
    severities = [row["severity"] for row in rows["checks"]]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)


def test_exceptions(rows: Rows) -> None:
    """Every finding that is not in order is listed, none that is."""
    assert one(rows["exceptions"], resource="lab", title="Every production deployment traces to a change")
    assert {row["status"] for row in rows["exceptions"]} <= {"fail", "partial", "not assessed"}
    assert not [row for row in rows["exceptions"] if row["resource"] == "brings"]


def test_services(rows: Rows) -> None:
    """A service that was not deployed is in scope all the same, and so is what maps to none."""
    names = {row["service"]: (row["team"], row["deployments"], row["objectives"]) for row in rows["services"]}
    assert names == {
        "(no service)": ("(no team)", 1, 0),
        "billing": ("Finance", 0, 0),
        "checkout": ("Commerce", 4, 1),
    }
    assert one(rows["services"], service="checkout")["environments"] == "production, production-us"


def test_ledger(rows: Rows) -> None:
    """What was asked, how many rows came, and that one was set aside."""
    (asked,) = rows["ledger"]
    assert (asked["source"], asked["windows"], asked["coverage"]) == ("files", 1, 1.0)
    assert asked["outcome"] == "1 set aside"


def test_limitations(rows: Rows) -> None:
    """What a reader must not conclude is said in sentences."""
    said = {row["topic"]: row["statement"] for row in rows["limitations"]}
    assert said["Rows set aside"].startswith("1 rows of files could not be read")
    assert said["No service"].startswith("1 production deployments map to no service")
    assert "Inferred links" not in said


def test_delivery(rows: Rows) -> None:
    """The five metrics of a service; of one that was never deployed nothing is shown."""
    checkout = one(rows["delivery"], service="checkout")
    assert checkout["lead_time"] == 2 * 86400
    assert (checkout["deployments"], checkout["completed"], checkout["fail_rate"]) == (3, 4, 0.25)
    assert checkout["recovery"] == 2 * 3600
    assert one(rows["delivery"], service="billing")["fail_rate"] is None


def test_delivery_stages(rows: Rows) -> None:
    """Coding 22 h, review 24 h, waiting 1 h 55 min, deploying 5 min."""
    checkout = one(rows["delivery_stages"], service="checkout")
    stages = [checkout[name] for name in ("coding", "review", "waiting", "deploying")]
    assert stages == [22 * 3600, 24 * 3600, 115 * 60, 300]


def test_delivery_failures(rows: Rows) -> None:
    """One of four failed, by its own record; it recovered."""
    checkout = one(rows["delivery_failures"], service="checkout")
    assert (checkout["failed"], checkout["completed"], checkout["rate_explicit"]) == (1, 4, 0.25)
    assert (checkout["recovered"], checkout["still_open"]) == (1, 0)


def test_delivery_environments(rows: Rows) -> None:
    """Only a service in more than one production environment is shown, once for each."""
    shown = {
        (row["service"], row["environment"]): row["deployments"] for row in rows["delivery_environments"]
    }
    assert shown == {("checkout", "production"): 2, ("checkout", "production-us"): 1}


def test_delivery_scale(rows: Rows) -> None:
    """Two days are 'a day to a week'; one deployment in 30.7 days is rarer than one in a month of 30.44."""
    checkout = one(rows["delivery_scale"], kind="service", name="checkout")
    assert checkout["lead_time"] == "a day to a week"
    assert checkout["frequency"] == "monthly to six-monthly"
    assert checkout["recovery"] == "less than a day"
    assert one(rows["delivery_scale"], name="2025, all industries")["lead_time_score"] == 5.5


def test_slo_attainment(rows: Rows) -> None:
    """85 % of a promised 90 % is missed, with one and a half budgets spent."""
    (objective,) = rows["slo_attainment"]
    assert objective["attainment"] == pytest.approx(0.85)
    assert objective["budget_spent"] == pytest.approx(1.5)
    assert (objective["coverage"], objective["bad"], objective["over"]) == (1.0, 1380, True)
    assert objective["status"] == "missed"


def test_slo_time(rows: Rows) -> None:
    """Good, bad and unknown stand apart; the last seven days were all at 70 %."""
    (objective,) = rows["slo_time"]
    assert (objective["good_events"], objective["bad_events"], objective["unknown"]) == (7820, 1380, 0)
    assert objective["last_7"] == pytest.approx(0.7)
    assert objective["breach_days"] == 46


def test_maintenance(rows: Rows) -> None:
    """An approved window is listed with its approver, reason and length."""
    (window,) = rows["maintenance"]
    assert (window["service"], window["approver"], window["duration"]) == ("billing", "grace", 3600)


def test_incident_response(rows: Rows) -> None:
    """Per severity in the order of gravity; one of two was answered, the other is still open."""
    assert [row["severity"] for row in rows["incident_response"]] == ["critical", "high", "medium", "low"]
    high = one(rows["incident_response"], severity="high")
    assert (high["incidents"], high["open"], high["acknowledge"], high["resolve"]) == (2, 1, 300, 3600)
    assert high["in_time"] == 0.5


def test_open_incidents(rows: Rows) -> None:
    """Open when the period ended, two days old then."""
    (still,) = rows["open_incidents"]
    assert (still["incident"], still["age"]) == ("I2", 2 * 86400)


def test_incidents_by_service(rows: Rows) -> None:
    """Two incidents of one service, neither laid to a deployment."""
    (checkout,) = rows["incidents_by_service"]
    assert (checkout["service"], checkout["incidents"], checkout["linked"]) == ("checkout", 2, 0)


def test_trend_table(rows: Rows) -> None:
    """Eight places, the oldest first; places without a period stay empty."""
    lead = one(rows["trend_table"], service="checkout", measure="Change lead time, median")
    assert lead["series"] == [None] * 7 + [2 * 86400]
    assert lead["previous"] is None


def test_trend_weeks(rows: Rows) -> None:
    """A week without a deployment is zero, from the first known one on; cut weeks are marked."""
    weeks = {row["week_start"]: row for row in rows["trend_weeks"]}
    assert weeks[date(2026, 7, 6)]["deployments"] == 1
    assert weeks[date(2026, 7, 13)]["deployments"] == 0
    assert weeks[date(2026, 7, 27)]["failures"] == 1
    assert not weeks[date(2026, 9, 28)]["is_whole"]


def test_restated(rows: Rows) -> None:
    """A figure that was published otherwise is listed with both values."""
    (figure,) = rows["restated"]
    assert (figure["period"], figure["published_value"], figure["value"]) == ("2026-Q1", 99, 1)


def test_key_figures(rows: Rows) -> None:
    """This period beside the one before it."""
    assert one(rows["key_figures"], measure="Objectives met")["value"] == 0
    deployments = one(rows["key_figures"], measure="Production deployments")
    assert (deployments["value"], deployments["series"][5]) == (4, 1)


def test_tls_inventory(rows: Rows) -> None:
    """An endpoint with what it offers, its certificate, the whole days left since the cut-off, and the verdict."""
    (endpoint,) = rows["tls_inventory"]
    assert (endpoint["endpoint"], endpoint["protocols"]) == ("grafana.example:3000", "TLS 1.2, TLS 1.3")
    assert (endpoint["issuer"], endpoint["key_size"]) == ("CN=Lindhafen authority", "EC 256")
    assert (endpoint["days_left"], endpoint["status"]) == (9, "fail")  # sound, and its renewal was due


def test_data_quality(rows: Rows) -> None:
    """Defects are counted by kind, with an example and what became of them."""
    aside = one(rows["data_quality"], defect="row set aside")
    assert (aside["rows"], aside["examples"]) == (1, ["deployments.csv:2"])
    assert one(rows["data_quality"], defect="deployment of no service")["examples"] == ["lab"]


def test_summary(rows: Rows) -> None:
    """The first page says what does not hold and what needs a decision."""
    said = [(row["question"], row["statement"]) for row in rows["summary"]]
    assert ("control", "Every production deployment traces to a change: 1 of 4 do not conform.") in said
    assert any(
        question == "decision" and statement.startswith("Checkout answers has spent 150 %")
        for question, statement in said
    )


@pytest.mark.parametrize("stem", [query.id for query in catalog.read() if query.group == "sections"])
def test_no_data_is_no_figure(nothing: Rows, stem: str) -> None:
    """Of an organisation without facts no section claims anything good, and none fails."""
    references = ("mean", "score", "rate")  # published means are no claim about the organisation
    for row in nothing[stem]:
        assert row.get("status") not in ("pass", "met", "ok")
        for name, value in row.items():
            if isinstance(value, float) and not name.endswith(references):
                assert value == 0 or row.get("kind") == "reference", (name, value)

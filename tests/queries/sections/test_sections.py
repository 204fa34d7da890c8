"""The report's sections over one small quarter whose every figure is worked out by hand."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.frameworks import AREAS
from qmsreport.records import PlanItem
from qmsreport.warehouse import Snapshot
from tests.factories import (
    authored,
    change,
    declared,
    deployed,
    deployment,
    effective,
    incident,
    measured,
    moment,
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

[compliance]
frameworks = ["soc2"]

[[compliance.not_applicable]]
control = "soc2:P6.6"
reason = "nobody's data"
approver = "grace"
"""
Rows = dict[str, list[dict[str, Any]]]


def _sections(snapshot: Path) -> Rows:
    with Snapshot(snapshot) as opened:
        return {name: rows.to_dicts() for name, rows in evaluate(opened, catalog.read()).sections.items()}


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
        declared("retention.logs", "30", document="a.md"),
        declared("retention.logs", "90", document="b.md"),
        effective("retention.logs", "30", subject="store:a"),
        effective("retention.logs", "60", subject="store:b"),
        measured("retention.logs.oldest", "30", subject="store:a"),
        measured("system.age", "400", subject="store:a"),
        declared("availability", "0.8", "share"),
        declared("retention.traces", "7"),
        effective("dashboards.refresh", "30", "s"),
        [
            PlanItem(
                document="plan.md",
                section="Logs",
                item=str(number),
                done=number < 2,
                declared_count=4,
                counted=3,
            )
            for number in range(3)
        ],
        PlanItem(document="plan.md", section="Traces", item="spans", done=False, counted=1),
        PlanItem(
            document="plan.md", section="(whole document)", item="Total tasks", declared_count=9, counted=4
        ),
        tls_endpoint(not_after="2026-10-30"),
    ]
    folder = tmp_path_factory.mktemp("sections")
    made_of = reported(
        folder, more=SETTINGS, history=[Known(items, extract={"rejects": [reject()]})], only=set()
    )
    with Snapshot(made_of.snapshot, read_only=False) as opened:
        opened.fetch(
            "insert into published values "
            "('deployment_frequency', date '2026-04-01', 'organisation', 'all', null, 'count', 99, 99, 'r1'), "
            "('deployment_frequency', date '2026-04-01', 'service', 'gone', 'production-eu', 'count', 7, 7, 'r1'), "
            "('slo_burn_rate', date '2026-04-01', 'slo', 'x', null, 'over_1h', 5, 5, 'r1'), "
            "('a_measure_of_old', date '2026-04-01', 'organisation', 'all', null, 'count', 5, 5, 'r1')"
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


def test_themes(rows: Rows) -> None:
    """Each check stands under its theme, the gravest severity of a theme first, with its worst resources."""
    traced = one(rows["themes"], title="Every production deployment traces to a change")
    assert (traced["passed"], traced["failed"], traced["total"], traced["status"]) == (3, 1, 4, "fail")
    assert (traced["theme"], traced["worst"]) == ("Change", "lab")
    themes = [row["theme"] for row in rows["themes"]]
    assert themes == sorted(themes, key=[area.capitalize() for area in AREAS].index)
    change = [row["severity"] for row in rows["themes"] if row["theme"] == "Change"]
    assert change == sorted(change, key=["critical", "high", "medium", "low"].index)


def test_frameworks(rows: Rows) -> None:
    """The selected framework with its counts, then the ones that are known and not selected."""
    first, *others = rows["frameworks"]
    assert (first["framework"], first["not_applicable"]) == ("soc2", 1)
    shown = ("failed", "unassessed", "accepted", "attested", "passed", "uncovered", "not_applicable")
    assert first["requirements"] == sum(first[name] for name in shown)
    assert {row["overall"] for row in others} == {"not selected"}
    assert {row["framework"] for row in others} > {"gdpr", "pci_dss"}


def test_framework_controls(rows: Rows) -> None:
    """A requirement stands with its checks' findings, one outside the scope with the reason; what is not covered does not."""
    change = one(rows["framework_controls"], control_id="CC8.1")
    assert (change["status"], change["framework_title"]) == ("fail", "SOC 2")
    assert "deployment_traced" in change["check_ids"]
    assert change["answered_by"] == ", ".join(change["check_ids"])
    assert change["checks"] == len(change["check_ids"])
    excluded = one(rows["framework_controls"], control_id="P6.6")
    assert excluded["status"] == "not applicable"
    assert excluded["title"].endswith(". Outside the declared scope: nobody's data (grace)")
    assert not [row for row in rows["framework_controls"] if row["control_id"] == "CC9.2"]


def test_framework_uncovered(rows: Rows) -> None:
    """What no check covers is listed, first what facts could show, last what nothing automatic can."""
    kinds = [row["check_kind"] for row in rows["framework_uncovered"]]
    assert kinds == sorted(kinds, key=["automatic", "record", "none"].index)
    assert one(rows["framework_uncovered"], control_id="CC9.2")["check_kind"] == "none"
    assert "CC2.1" in one(rows["framework_uncovered"], control_id="PI1.4")["note"]


def test_exceptions(rows: Rows) -> None:
    """Every finding that is not in order is listed, none that is; a check's exceptions are numbered and counted."""
    places: dict[str, list[int]] = {}
    for row in rows["exceptions"]:
        places.setdefault(row["title"], []).append(row["place"])
        assert row["heading"].startswith(f"{row['title']} ({row['severity']}")
    assert all(found == list(range(1, len(found) + 1)) for found in places.values())
    most = max(places, key=lambda title: len(places[title]))
    assert f", {len(places[most])} exceptions)" in one(rows["exceptions"], title=most, place=1)["heading"]
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


def test_a_subject_of_another_period_is_not_said_to_be_uncovered(tmp_path: Path) -> None:
    """A file of an earlier quarter holds another period, if its source covers this one; else it covers none of it."""

    def known(subject: str, first: str, last: str, source: str = "files") -> Known:
        window = {
            "subject": subject,
            "window_start": datetime.fromisoformat(first),
            "window_end": datetime.fromisoformat(last),
        }
        return Known([], extract=window, source=source)

    made_of = reported(
        tmp_path,
        history=[
            known("q2.csv", "2026-04-01", "2026-07-01"),
            known("q3.csv", "2026-07-01", "2026-10-01"),
            known("stopped", "2026-04-01", "2026-07-01", "prometheus"),
        ],
        only=set(),
    )
    ledger = {row["subject"]: row for row in _sections(made_of.snapshot)["ledger"]}
    assert [ledger[name]["is_outside"] for name in ("q2.csv", "q3.csv", "stopped")] == [True, False, False]
    assert [ledger[name]["coverage"] for name in ("q2.csv", "q3.csv", "stopped")] == [None, 1.0, 0.0]
    assert ledger["q3.csv"]["place"] < ledger["q2.csv"]["place"]


def test_limitations(rows: Rows) -> None:
    """What a reader must not conclude is said in sentences."""
    said = {row["topic"]: row["statement"] for row in rows["limitations"]}
    assert said["Rows set aside"].startswith("Rows of files that could not be read and are in no figure: 1;")
    assert said["No service"].endswith("counted under (no service): 1.")
    assert "Inferred links" not in said


def test_a_source_taken_out_of_the_configuration_is_a_limitation(tmp_path: Path) -> None:
    """What a source brought before it was taken out still counts, and the limitations say which and how much."""
    left = [deployment("2026-07-11 12:00"), deployment("2026-07-12 12:00"), change("m9")]
    found = reported(tmp_path, deployment("2026-07-10 12:00"), history=[Known(left, source="old-ci")])
    statements = [row["statement"] for row in _sections(found.snapshot)["limitations"]]
    (said,) = (text for text in statements if "old-ci" in text)
    assert said == (
        "The source old-ci is not configured any more; no check looks at its completeness, and what it brought still "
        "counts: 3 records (changes 1, deployments 2)."
    )


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


def test_incident_response_of_a_period_that_was_not_read(tmp_path: Path) -> None:
    """Incidents are known of the quarter before alone: how many there were in this one is not known, not zero."""
    window = {"window_start": moment("2026-04-01"), "window_end": moment("2026-07-01")}
    history = [Known([incident("2026-05-01 10:00")], extract=window)]
    found = _sections(reported(tmp_path, history=history, only=set()).snapshot)["incident_response"]
    assert {row["incidents"] for row in found} == {None}


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
    """Figures that were published otherwise, come out no more, or come out for the first time, each with its scope.

    What is not computed for earlier periods, or is no measure any more, is no restatement.
    """
    assert {row["period"] for row in rows["restated"]} == {"2026-Q2"}
    listed = {
        (row["scope_type"], row["scope"], row["environment"]): (row["published_value"], row["value"])
        for row in rows["restated"]
    }
    assert listed["organisation", "all", None] == (99, 0)
    assert listed["service", "gone", "production-eu"] == (7, None)
    appeared = [values for name, values in listed.items() if name[1] not in ("all", "gone")]
    assert appeared
    assert all(published is None and value is not None for published, value in appeared)
    assert len(listed) == len(rows["restated"])


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


def test_what_the_summary_leaves_out_is_not_in_order(rows: Rows) -> None:
    """Under "is it under control" stands nothing that is: what is counted beyond the first lines neither."""
    first, *others = [row["statement"] for row in rows["summary"] if row["question"] == "control"]
    checks, passed, failed, partial, unassessed = (
        int(number)
        for number in re.findall(
            r"Of (\d+) checks (\d+) hold, (\d+) do not, (\d+) hold as far .* and (\d+) could", first
        )[0]
    )
    assert passed + failed + partial + unassessed == checks
    more, *kinds = (int(number) for number in re.findall(r"\d+", others[-1]))
    assert more == failed + partial + unassessed - 2
    assert sum(kinds) == more
    assert all(row["status"] != "pass" for row in rows["summary"])


def test_the_gravest_stands_first(tmp_path: Path) -> None:
    """What got worse comes before what got better, by however much, and the rest is counted as one or the other."""

    def deployments(service: str, month: str, days: range) -> list[Any]:
        return [
            deployment(
                f"2026-{month}-{number:02} 12:00",
                deployment_id=f"{service}-{month}-{number}",
                service=service,
                commit_sha=f"{service}{month}{number}",
            )
            for number in days
        ]

    frequency = {
        "slower": (9, 6),
        "faster-a": (6, 24),
        "faster-b": (6, 18),
        "faster-c": (6, 12),
        "faster-d": (6, 9),
    }
    items = [
        made
        for service, (before, now) in frequency.items()
        for made in deployments(service, "05", range(1, before + 1))
        + deployments(service, "08", range(1, now + 1))
    ]
    made_of = reported(tmp_path, *items, only=set())
    said = [row["statement"] for row in _sections(made_of.snapshot)["summary"] if row["question"] == "change"]
    assert [statement.split()[3] for statement in said[:3]] == ["slower", "faster-a", "faster-b"]
    assert said[3] == "And 2 more, among the delivery metrics: 0 for the worse, 2 for the better."


def test_a_first_period_is_not_said_to_be_unchanged(nothing: Rows) -> None:
    """Where nothing of an earlier period is known, the summary says that, and not that nothing changed."""
    (said,) = [row["statement"] for row in nothing["summary"] if row["question"] == "change"]
    assert said == "No earlier period is known that this one could be compared with."


def test_many_objectives_with_unknown_time_are_counted(tmp_path: Path) -> None:
    """The five least known are named, the rest are one sentence: forty lines would hide the other limitations."""
    settings = "".join(
        f'[[slo]]\nid = "slo-{number}"\ntitle = "Objective {number}"\nservice = "checkout"\nobjective = 0.9\nwindow_seconds = 86400\n'
        for number in range(8)
    )
    items = [
        sli_windows(f"slo-{number}", "2026-07-01", 40 + number, 100.0, seconds=86400) for number in range(8)
    ]
    made_of = reported(tmp_path, *items, more=settings, only=set())
    said = [
        row["statement"]
        for row in _sections(made_of.snapshot)["limitations"]
        if row["topic"] == "Unknown time"
    ]
    assert [statement.split(" is known")[0] for statement in said[:5]] == [
        f"Objective {number}" for number in range(5)
    ]
    assert said[5].startswith("More objectives that are not known for the whole period: 3;")
    assert len(said) == 6


def test_implementation_progress(rows: Rows) -> None:
    """Ticked boxes are counted per section and document, beside what the document states of itself."""
    shown = [
        (row["section"], row["done"], row["counted"], row["declared"], row["differs"])
        for row in rows["implementation_progress"]
    ]
    assert shown == [
        ("Logs", 2, 3, "4", True),
        ("Traces", 0, 1, None, False),
        ("All sections", 2, 4, "9", True),
    ]


@pytest.mark.parametrize("stem", [query.id for query in catalog.read() if query.group == "sections"])
def test_no_data_is_no_figure(nothing: Rows, stem: str) -> None:
    """Of an organisation without facts no section claims anything good, and none fails."""
    references = ("mean", "score", "rate")  # published means are no claim about the organisation
    for row in nothing[stem]:
        assert row.get("status") not in ("pass", "met", "ok")
        for name, value in row.items():
            if isinstance(value, float) and not name.endswith(references):
                assert value == 0 or row.get("kind") == "reference", (name, value)


def test_setting_layers(rows: Rows) -> None:
    """What two documents or two layers speak of stands side by side with its verdict; the rest is counted."""
    shown = {row["key"]: row for row in rows["setting_layers"]}
    assert set(shown) == {"retention.logs", "availability"}
    logs = shown["retention.logs"]
    assert (logs["declared"], logs["evaluated"]) == ("30 days | 90 days", "90 days (stricter)")
    assert (logs["effective"], logs["measured"]) == ("30 days | 60 days (2 subjects)", "oldest 30 days")
    assert logs["verdict"] == "documents conflict; effective drifted; measured breaks declared"
    kept = shown["availability"]
    assert (kept["declared"], kept["effective"], kept["measured"]) == ("0.8", None, "1 of 1 within")
    assert kept["verdict"] == "in order as far as assessed"  # billing has no objective
    assert (logs["only_declared"], logs["not_declared"]) == (1, 1)


def test_a_declaration_below_a_framework(tmp_path: Path) -> None:
    """365 days of audit trail are no twelve months: shown, though one document alone speaks of them."""
    made_of = reported(
        tmp_path,
        declared("retention.audit", "365"),
        more='[compliance]\nframeworks = ["pci_dss"]\n',
        only=set(),
    )
    (row,) = _sections(made_of.snapshot)["setting_layers"]
    assert (row["key"], row["verdict"]) == ("retention.audit", "below a framework")


def test_no_setting_to_lay_side_by_side(nothing: Rows) -> None:
    """Without settings one row says so by its counts alone."""
    (row,) = nothing["setting_layers"]
    assert (row["key"], row["only_declared"], row["not_declared"]) == (None, 0, 0)

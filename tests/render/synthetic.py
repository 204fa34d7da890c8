"""A whole evaluation without a warehouse: 12 services, 8 quarters, everything that goes wrong in a real one.

`python synthetic.py FOLDER [FORMAT …]` renders it, so that a test can do so in a process of its own.
"""

from __future__ import annotations

import hashlib
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from qmsreport.render import render
from qmsreport.results import METRIC_COLUMNS, Evaluation, Query, Section

SERVICES = (
    "billing", "catalog", "checkout", "identity", "ledger", "mailer",
    "notifications", "payments", "reporting", "search", "storefront", "warehouse-sync",
)  # fmt: skip
TEAMS = {name: ("Commerce", "Platform", "Customer")[index % 3] for index, name in enumerate(SERVICES)}
QUARTERS = [date(2024 + (9 + 3 * step) // 12, (9 + 3 * step) % 12 + 1, 1) for step in range(8)]
DIGEST = hashlib.sha256(b"synthetic").hexdigest()


def _at(*when: int) -> datetime:
    """A stored time: naive UTC."""
    return datetime(*when)  # type: ignore[arg-type]  # noqa: DTZ001 – the vocabulary's times are naive UTC


def query(group: str, stem: str, title: str, **header: Any) -> Query:
    """A query as the catalogue would read it."""
    text = f"-- {title}\nselect 1"
    return Query(group, stem, title, {"title": title, **header}, "select 1", text, f"queries/{group}/{stem}.sql", hashlib.sha256(text.encode()).hexdigest())  # fmt: skip


def section(
    stem: str, title: str, chapter: str, order: int, rows: list[dict[str, Any]], note: str = ""
) -> Section:
    """A section with its rows."""
    return Section(
        query("sections", stem, title, chapter=chapter, order=order, **({"note": note} if note else {})), rows
    )


def metrics(chance: random.Random) -> pl.DataFrame:
    """Per service and quarter, with gaps and small numbers; incidents per quarter and severity."""
    rows: list[dict[str, Any]] = []

    def add(metric: str, grain: str, day: date, scope_type: str, scope: str, statistic: str, value: float | None, unit: str, n: int) -> None:  # fmt: skip
        rows.append(
            dict.fromkeys(METRIC_COLUMNS)
            | {"metric": metric, "grain": grain, "starts_on": day, "scope_type": scope_type, "scope": scope}
            | {"statistic": statistic, "value": value, "unit": unit, "n": n, "excluded": 0}
        )

    for index, service in enumerate(SERVICES):
        for step, day in enumerate(QUARTERS):
            silent = service == "warehouse-sync" and step < 3
            n = 0 if silent else 3 if service == "ledger" else chance.randint(18, 160)
            lead = None if silent else chance.lognormvariate(11 - 0.05 * step, 0.35) * (1 + index / 8)
            add("change_lead_time", "period", day, "service", service, "median", lead, "s", n)
            add("deployment_frequency", "period", day, "service", service, "per_week", None if silent else n / 13, "per week", n)  # fmt: skip
            rate = None if silent else min(1.0, chance.betavariate(2, 18))
            add("change_fail_rate", "period", day, "service", service, "rate", rate, "share", n)
    for day in QUARTERS:
        for severity, mean in (("critical", 1), ("high", 3), ("medium", 8), ("low", 12)):
            count = max(0, round(chance.gauss(mean, mean / 3)))
            add(
                "incidents", "period", day, "severity", severity, "detected", float(count), "incidents", count
            )
    types = {"varchar": pl.String(), "double": pl.Float64(), "bigint": pl.Int64(), "date": pl.Date()}
    schema = {"metric": pl.String()} | {name: types[kind] for name, kind in METRIC_COLUMNS.items()}
    return pl.DataFrame(rows, schema=schema)


CHECKS = (
    ("deployment_traced", "Every production deployment leads to a reviewed change", "high"),
    ("second_approver", "Every change was approved by someone other than its author", "high"),
    ("slo_met", "Every declared objective was met", "medium"),
    ("response_time", "Incidents were acknowledged within the declared time", "medium"),
    ("period_covered", "Every source covers the whole period", "critical"),
    ("backup_restored", "A restore was exercised in the period", "high"),
)


def findings(chance: random.Random) -> pl.DataFrame:
    """Per check and service; one check fails here and there, one saw nothing."""
    rows = []
    for check, title, severity in CHECKS:
        for service in SERVICES:
            status, reason = "pass", "all of the period's rows conform"
            if check == "backup_restored":
                status, reason = "not assessed", "no source reports restore exercises"
            elif check in ("second_approver", "slo_met") and chance.random() < 0.2:
                status, reason = (
                    "fail",
                    "2 of 41 changes have no approval by a second person; both were merged on a weekend",
                )
            elif check == "response_time" and chance.random() < 0.15:
                status, reason = "exception accepted", "waiver W-12 until 2026-12-31"
            elif check == "deployment_traced" and chance.random() < 0.1:
                status, reason = "partial", "40 of 41 deployments lead to a change"
            rows.append({"check_id": check, "title": title, "severity": severity, "resource": service, "status": status,
                         "reason": reason, "expected": "0", "observed": "2" if status == "fail" else "0", "basis": "",
                         "controls": ["soc2:CC8.1", "iso27001:A.8.32"]})  # fmt: skip
    return pl.DataFrame(rows)


def framework_sections() -> list[Section]:
    """Two frameworks of a few requirements, one of them with everything that can happen to it."""
    counts = dict.fromkeys(
        ("failed", "unassessed", "accepted", "attested", "passed", "uncovered", "not_applicable"), 1
    )
    results = [
        {"framework": "soc2", "framework_title": "SOC 2", "edition": "2017", "overall": "incomplete", "requirements": 7, **counts, "coverage": 0.6667},
        {"framework": "hipaa", "framework_title": "HIPAA", "edition": "45 CFR", "overall": "not selected", "requirements": 18, **dict.fromkeys(counts), "coverage": None},
    ]  # fmt: skip
    states = ("fail", "not assessed", "exception accepted", "pass (attested)", "pass", "not applicable")
    matrix = [
        {"framework_title": "SOC 2", "control_id": f"CC{number}.1", "title": "Changes are authorised & <tested>", "status": status, "failed": 2 if status == "fail" else 0,
         "unassessed": 0, "accepted": 0, "passed": 1_062, "checks": 2, "answered_by": "second_approver, deployment_traced"}
        for number, status in enumerate(states, 1)
    ]  # fmt: skip
    uncovered = [
        {"framework_title": "SOC 2", "position": 1, "control_id": f"CC9.{number}", "title": "Vendors are managed", "check_kind": kind, "note": None}
        for number, kind in enumerate(("automatic", "record", "none", "none"), 1)
    ]  # fmt: skip
    return [
        section("frameworks", "Frameworks", "frameworks", 1, results),
        section("framework_controls", "Requirements that checks answer for", "frameworks", 2, matrix),
        section("framework_uncovered", "Requirements that no check covers", "frameworks", 3, uncovered),
    ]


def sections(chance: random.Random, found: pl.DataFrame) -> list[Section]:
    """The rows every section of the report is given."""
    services = [
        {"service": name, "team": TEAMS[name], "environments": "eu-production, us-production" if index % 4 == 0 else "production",
         "repository": f"northwind/{'platform' if index > 8 else name}", "deployments": chance.randint(3, 160), "objectives": 2}
        for index, name in enumerate(SERVICES)
    ]  # fmt: skip
    quarters = lambda base, spread: [round(base + chance.uniform(-spread, spread), 3) for _ in QUARTERS]  # noqa: E731
    key_figures = [
        {"measure": "Objectives met", "value": 0.9167, "unit": "share", "n": 24, "previous": 0.875, "series": quarters(0.9, 0.05), "remark": "2 of 24 missed: checkout latency, search availability"},
        {"measure": "Checks passed", "value": 0.5, "unit": "share", "n": 6, "previous": 0.667, "series": quarters(0.6, 0.2), "remark": "2 checks turned from pass to fail"},
        {"measure": "Production deployments", "value": 1064.0, "unit": "deployments", "n": 1064, "previous": 988.0, "series": quarters(950, 120), "remark": ""},
        {"measure": "Incidents, critical and high", "value": 11.0, "unit": "incidents", "n": 11, "previous": 14.0, "series": quarters(12, 4), "remark": "1 still open"},
        {"measure": "Acknowledged in time", "value": 0.936, "unit": "share", "n": 78, "previous": 0.91, "series": quarters(0.92, 0.05), "remark": ""},
        {"measure": "Restore exercised", "value": None, "unit": "share", "n": 0, "previous": None, "series": [None] * 8, "remark": "no source reports it"},
    ]  # fmt: skip
    key_figures = [row | {"metric": "change_lead_time"} for row in key_figures]
    summary = [
        {"question": "control", "status": "fail", "statement": "Every declared objective was met: checkout latency reached 99.41 % of its 99.5 %, search availability 99.87 % of 99.9 %."},
        {"question": "control", "status": "fail", "statement": "Every change was approved by someone other than its author: 2 of 1,064 were not."},
        {"question": "change", "status": "", "statement": "Change lead time of payments fell from 2 d 04 h to 22 h 10 min (n 61)."},
        {"question": "change", "status": "", "statement": "Two checks turned from pass to fail; none the other way."},
        {"question": "decision", "status": "", "statement": "Checkout has spent 118 % of its error budget: hold feature releases, or lower the objective with a reason."},
        {"question": "decision", "status": "exception accepted", "statement": "Waiver W-12 (mailer acknowledges by mail only) ends on 31 December 2026."},
        {"question": "unassessed", "status": "not assessed", "statement": "A restore was exercised in the period: no source reports restore exercises."},
        {"question": "unassessed", "status": "not assessed", "statement": "Search availability is unknown for 14 h 20 min on 9 August (metrics gap)."},
    ]  # fmt: skip
    ledger = [
        {"source": source, "subject": subject, "windows": windows, "first_at": _at(2024, 10, 1), "last_at": _at(2026, 9, 30), "rows": rows, "server_total": total, "coverage": coverage, "outcome": outcome, "is_outside": False, "place": place}
        for place, (source, subject, windows, rows, total, coverage, outcome) in enumerate((
            ("github", "deployments and their statuses", 24, 8_412, 8_412, 1.0, "ok"), ("github", "pull requests with commits and reviews", 24, 12_090, 12_090, 1.0, "ok"),
            ("github", "issues labelled incident", 24, 580, 581, 0.998, "truncated"), ("prometheus", "SLI windows of 24 objectives, 5 min", 104, 1_681_920, None, 0.9931, "ok"),
            ("prometheus", "targets and their health", 104, 61_320, None, 1.0, "ok"), ("files", "sources/waivers.csv", 1, 3, 3, 1.0, "ok"), ("files", "sources/oncall.jsonl", 1, 0, None, None, "failed"),
        ), 1)
    ]  # fmt: skip
    limitations = [
        {"topic": "Metrics gap", "statement": "Prometheus answered nothing for search between 2026-08-09 02:10 and 16:30 UTC; this time is unknown and counted as bad in the worst case."},
        {"topic": "Configuration", "statement": "Branch protection was read once, on 2026-10-02: a point in time, not the period."},
        {"topic": "Warnings", "statement": "configuration/alertmanager/templates/receivers.d/everybody-on-call.yml:receivers[1].slack_configs[0].api_url_file is not known."},
        {"topic": "Inferred links", "statement": "9 of 22 causal links between incidents and deployments are inferred from time and service."},
    ]  # fmt: skip
    checks = [
        {
            "theme": "Change" if severity == "high" else "Governance",
            "check_id": check,
            "title": title,
            "severity": severity,
            "status": _worst(found, check),
            "accepted": 0,
            "worst": "search",
            "worst_one": "search",
        }
        | _counts(found, check)
        for check, title, severity in CHECKS
    ]
    exceptions = (
        found.filter(pl.col("status").is_in(["fail", "partial"]))
        .sort("title", "resource")
        .with_columns(heading="title", place=pl.int_range(1, pl.len() + 1).over("title"))
        .to_dicts()
    )
    delivery = [
        {"service": name, "team": TEAMS[name], "lead_time": chance.lognormvariate(11, 0.5), "lead_time_n": 3 if name == "ledger" else 61, "lead_time_p90": chance.lognormvariate(12, 0.5),
         "per_week": chance.uniform(0.2, 12), "deployments": chance.randint(3, 160), "fail_rate": chance.betavariate(2, 18), "completed": 3 if name == "ledger" else 60,
         "recovery": None if name in ("mailer", "ledger") else chance.lognormvariate(8, 0.8), "failures": 0 if name in ("mailer", "ledger") else chance.randint(1, 9), "rework": chance.betavariate(2, 20)}
        for name in sorted(SERVICES, key=lambda name: (TEAMS[name], name))
    ]  # fmt: skip
    slo = []
    for name in SERVICES:
        for objective, target in (("availability", 0.999), ("latency under 300 ms", 0.995)):
            attainment = 0.99949 if name == "billing" else 1 - (1 - target) * chance.uniform(0.05, 1.25)
            unknown = 860 if (name, objective) == ("search", "availability") else chance.choice((0, 0, 0, 35))
            bad = (1 - attainment) * 132_480
            spent = (1 - attainment) / (1 - target)
            slo.append({"service": name, "objective": objective, "label": f"{name} {objective.split()[0]}", "target": target, "attainment": attainment, "worst": attainment * (1 - unknown / 132_480),
                        "coverage": 1 - unknown / 132_480, "bad": round(bad * 900), "budget_spent": spent, "over": spent > 1, "status": "missed" if spent > 1 else "met",
                        "good_minutes": 132_480 - bad - unknown, "bad_minutes": bad, "unknown_minutes": float(unknown)})  # fmt: skip
    incidents = [
        {"severity": severity, "incidents": n, "open": still, "acknowledge": ack, "acknowledged": n - still, "acknowledge_p90": ack and ack * 3, "in_time": share, "resolve": ack and ack * 20, "resolved": n - still, "resolve_p90": ack and ack * 71}
        for severity, n, still, ack, share in (("critical", 3, 0, 132.0, 1.0), ("high", 8, 1, 511.0, 0.875), ("medium", 26, 2, 1_910.0, 0.923), ("low", 41, 0, 14_000.0, 0.951), ("unknown", 0, 0, None, None))
    ]  # fmt: skip
    open_incidents = [
        {"incident": f"INC-{number}", "severity": "high", "service": "search", "title": title, "detected_at": _at(2026, 9, 28, 3, 12), "age": 3 * 86400.0 + 5}
        for number, title in ((1817, "=HYPERLINK(\"http://example.invalid\") shown in results"), (1822, "Индекс поиска отстаёт 🙈 <script>alert(1)</script>"), (1830, "Slow facets"))
    ]  # fmt: skip
    quality = [
        {"defect": "Deployment older than its newest commit", "rows": 4, "of": 8_412, "effect": "left out of change lead time", "examples": ["dep-1201", "dep-1202"]},
        {"defect": "Incident closed without a resolution time", "rows": 2, "of": 580, "effect": "left out of time to resolve, counted as incident", "examples": ["INC-1541", "INC-1599"]},
        {"defect": "SLI above 1", "rows": 11, "of": 1_681_920, "effect": "windows counted as they are and listed", "examples": ["search availability 2026-08-09 16:30"]},
    ]  # fmt: skip
    trends = [
        {"service": name, "position": position, "measure": measure, "metric": "change_lead_time", "unit": unit, "series": values, "first": values[0], "previous": values[-2], "value": values[-1], "n": 3 if name == "ledger" else 61, "restated": "1 of 8" if name == "billing" else None}
        for name in SERVICES
        for position, (measure, unit, values) in enumerate((("Change lead time, median", "s", quarters(80_000, 40_000)), ("Deployment frequency", "per week", quarters(6, 4)), ("Change fail rate", "share", quarters(0.1, 0.06)), ("Availability", "share", quarters(0.999, 0.0009)), ("Incidents", "incidents", [float(chance.randint(0, 9)) for _ in QUARTERS])), 1)
    ]  # fmt: skip
    return [
        section("summary", "The period in four answers", "summary", 1, summary),
        section("key_figures", "Key figures", "summary", 2, key_figures),
        section("services", "Services", "scope", 1, services),
        section("ledger", "Completeness of the sources", "completeness", 1, ledger, "Rows received are compared with the source’s own total where it gives one."),
        section("limitations", "Limitations", "completeness", 2, limitations),
        *framework_sections(),
        section("themes", "Checks by theme", "themes", 1, checks),
        section("exceptions", "Exceptions", "exceptions", 1, exceptions),
        section("delivery", "Results per service", "delivery", 1, delivery),
        section("slo_attainment", "Attainment", "slo", 1, slo),
        section("incident_response", "Response", "incidents", 1, incidents),
        section("open_incidents", "Open incidents", "incidents", 2, open_incidents),
        section("trend_table", "All measures", "trends", 1, trends),
        section("data_quality", "Rows set aside", "quality", 1, quality),
    ]  # fmt: skip


def _worst(found: pl.DataFrame, check: str) -> str:
    held = set(found.filter(check_id=check)["status"])
    return next(
        status
        for status in ("fail", "not assessed", "partial", "exception accepted", "pass")
        if status in held
    )


def _counts(found: pl.DataFrame, check: str) -> dict[str, int]:
    held = found.filter(check_id=check)["status"].to_list()
    return {"passed": held.count("pass"), "failed": held.count("fail"), "partial": held.count("partial"), "unassessed": held.count("not assessed"), "total": len(held)}  # fmt: skip


REPORT = {
    "organisation": "Northwind Instruments GmbH",
    "system": "Ordering platform",
    "title": "Software delivery, service level and control report",
    "period": "2026-Q3",
    "first_day": date(2026, 7, 1),
    "last_day": date(2026, 9, 30),
    "zone": "Europe/Berlin",
    "as_of": _at(2026, 10, 2, 6, 0),
    "revision": 2,
    "classification": "Confidential",
    "notice": "Demonstration data",
    "document_number": "QMS-REP-014",
    "prepared_by": "M. Öztürk, QMS coordinator",
    "reviewed_by": "J. Novák, head of operations",
    "approved_by": None,
    "tool_version": "0.1.0",
    "evidence_digest": DIGEST,
    "state": "draft",
    "signed": False,
    "grain": "quarter",
}


def evaluation(seed: int = 7, **report: Any) -> Evaluation:
    """The same evaluation for the same seed."""
    chance = random.Random(seed)
    found = findings(chance)
    deployments = pl.DataFrame(
        {
            "deployment": [f"dep-{number}" for number in range(1064)],
            "service": [SERVICES[number % 12] for number in range(1064)],
            "finished_at": [_at(2026, 7, 1) + timedelta(hours=2 * number) for number in range(1064)],
        }
    )
    core = ("Change lead time", "Deployment frequency", "Change fail rate", "Failed deployment recovery time", "Deployment rework rate")  # fmt: skip
    words = "Time from the authoring of a change's earliest own commit to the first successful production deployment that contains it; median and 90th percentile. "
    definitions = [
        query("metrics", title.lower().replace(" ", "_"), title, unit="s", definition=words * 2, version=1, source="DORA guide, January 2026")
        for title in core
    ]  # fmt: skip
    linked = ("incidents", "incident_response_in_target", "incident_time_to_acknowledge", "incident_time_to_resolve", "slo_attainment", "slo_error_budget")  # fmt: skip
    definitions += [
        query("metrics", name, name.replace("_", " "), unit="s", version=1, source="SRE workbook")
        for name in linked
    ]
    definitions += [query("checks", check, title, why="An unreviewed change can reach customers unseen.", severity=severity) for check, title, severity in CHECKS]  # fmt: skip
    held = {item.id: item for item in sections(chance, found)}
    return Evaluation(
        report={**REPORT, **report},
        sections=held,
        metrics=metrics(chance),
        findings=found,
        queries=(*definitions, *(item.query for item in held.values())),
        verdicts={
            "control_results": pl.DataFrame(
                {"framework": ["soc2"], "control_id": ["CC8.1"], "status": ["fail"]}
            )
        },
        populations={
            "deployments": deployments,
            "incidents": pl.DataFrame({"incident": [f"INC-{number}" for number in range(1750, 1831)]}),
            "data_quality": pl.DataFrame({"kind": ["negative lead time"], "resource": ["dep-1201"]}),
            "extracts": pl.DataFrame({"extract_id": [f"x-{number}" for number in range(282)]}),
        },
    )


if __name__ == "__main__":
    render(evaluation(), sys.argv[2:] or ("pdf", "html", "csv", "json"), Path(sys.argv[1]))

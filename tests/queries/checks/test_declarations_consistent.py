"""What is declared fits together."""

from __future__ import annotations

from typing import Any

from qmsreport.records import Scan
from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "declarations_consistent"
SCANNING = "security.vulnerability_scanning"


def flag(key: str, value: bool, document: str = "a.md") -> Any:
    """A flag that a document declares."""
    return declared(key, str(value).lower(), "flag", document)


def test_severities_of_alerts_and_of_responses(report: Report) -> None:
    """Alerts of other severities than those that are answered contradict; one side alone is no resource."""
    alerts = [flag("alerting.severity.critical", True), flag("alerting.severity.warning", False)]
    assert report(alerts).findings(CHECK) == {"(none)": "not assessed"}
    finding = report(declared("response.critical", "300", "s", "b.md")).finding(CHECK, "severities")
    assert finding["status"] == "fail"
    assert finding["reason"] == (
        "Alerts are declared for the severities critical, warning; response times for critical."
    )


def test_the_same_severities(report: Report) -> None:
    """The same words, in whatever documents, fit."""
    found = report(flag("alerting.severity.low", False), declared("response.low", "86400", "s", "b.md"))
    assert found.findings(CHECK) == {"severities": "pass"}


def test_a_component_that_is_declared_off_and_used(report: Report) -> None:
    """One that another document's stack names, or whose configuration is on record, is used whatever is declared."""
    off = flag("components.elasticsearch", False)
    assert report(off).findings(CHECK) == {"components.elasticsearch": "not assessed"}
    finding = report(declared("stack.logs", "ELK-stack", "text", "b.md")).finding(
        CHECK, "components.elasticsearch"
    )
    assert finding["status"] == "fail"
    assert finding["reason"] == (
        "Declared not to be used, false (a.md:12), and used by the declared stack ELK-stack (b.md:12)."
    )
    running = effective("access.logging", "true", "flag", "elasticsearch:audit.yml#http")
    finding = report(running).finding(CHECK, "components.elasticsearch")
    assert "used by the configuration elasticsearch:audit.yml; the declared stack" in finding["reason"]


def test_a_component_that_is_as_declared(report: Report) -> None:
    """On and used, off and not used; what is on and shown by nothing cannot be judged, nor what is no flag."""
    found = report(
        flag("components.opentelemetry", True),
        flag("components.fluentd", False),
        flag("components.grafana", True),
        declared("components.jaeger", "perhaps", "flag"),
        effective("sampling.traces", "0.1", "share", "otel:collector.yaml"),
    )
    assert found.findings(CHECK) == {
        "components.opentelemetry": "pass",
        "components.fluentd": "pass",
        "components.grafana": "not assessed",
        "components.jaeger": "not assessed",
    }


def test_scanning_declared_off_beside_security_tests(report: Report) -> None:
    """Tests of security that are declared contradict scanning that is declared off."""
    off = flag(SCANNING, False)
    assert report(off).findings(CHECK) == {"(none)": "not assessed"}
    finding = report(flag("tests.security", True)).finding(CHECK, SCANNING)
    assert finding["status"] == "fail"
    assert finding["reason"] == (
        "Vulnerability scanning is declared false (a.md:12), security testing true (a.md:12); 0 scans are on record."
    )


def test_scanning_declared_off_and_done(report: Report) -> None:
    """Scans on record contradict it too; that there is none proves nothing."""
    found = report(flag(SCANNING, False), flag("tests.security", False))
    assert found.findings(CHECK) == {SCANNING: "not assessed"}
    assert report(Scan(scan_id="s1", service="checkout")).findings(CHECK) == {SCANNING: "fail"}


def test_scanning_declared_on(report: Report) -> None:
    """Scanning that is declared fits declared security tests."""
    found = report(flag(SCANNING, True), flag("tests.security", True))
    assert found.findings(CHECK) == {SCANNING: "pass"}


def test_frameworks_declared_and_reported_on(report: Report) -> None:
    """One that the report is held against is declared to apply, and the other way round."""
    more = '[compliance]\nframeworks = ["gdpr", "sox_itgc"]\n'
    given = [flag("frameworks.gdpr", False), flag("frameworks.sox", True), flag("frameworks.hipaa", False)]
    found = report(given, flag("frameworks.soc2", True), more=more)
    assert found.findings(CHECK) == {
        "frameworks.gdpr": "fail",
        "frameworks.sox": "pass",
        "frameworks.hipaa": "pass",
        "frameworks.soc2": "fail",
    }
    assert found.finding(CHECK, "frameworks.gdpr")["reason"] == (
        "Whether it applies is declared false (a.md:12); the report is held against it."
    )


def test_no_data(report: Report) -> None:
    """Nothing declared, nothing assessed."""
    assert report().findings(CHECK) == {"(none)": "not assessed"}

"""Audit trails hold the kinds of events that are asked for: one rule, a check for each kind."""

from __future__ import annotations

import pytest

from qmsreport import records
from tests.queries.conftest import Report

# check, its setting, and one that does not matter to it
KINDS = [
    ("audit_actions", "audit.actions", "audit.accounts"),
    ("audit_refusals", "audit.refusals", "audit.actions"),
    ("audit_accounts", "audit.accounts", "audit.refusals"),
]


def setting(key: str, subject: str, value: str | None, layer: str = "effective") -> records.Setting:
    """One setting with the place it stands at."""
    return records.Setting(subject=subject, key=key, layer=layer, value=value, origin=f"{subject}.yaml:7")


@pytest.mark.parametrize(("check", "key", "other"), KINDS)
def test_statuses(report: Report, check: str, key: str, other: str) -> None:
    """Held passes, left out fails, no access log at all fails; a log that does not say is not assessed."""
    found = report(
        [setting("access.logging", name, "true") for name in ("held", "left out", "unsaid", "empty")],
        [setting(other, name, "true") for name in ("left out", "unsaid", "other kind")],
        setting(key, "held", "true"),
        setting(key, "left out", "false"),
        setting(key, "empty", None),
        setting(key, "alone", "true"),
        setting("access.logging", "off", "false"),
        setting("access.logging", "off all the same", "false"),
        setting(key, "off all the same", "true"),
        setting("access.logging", "unknown", None),
        setting(key, "claim", "true", "declared"),
        only={check},
    )
    assert found.findings(check) == {
        "held": "pass",
        "alone": "pass",
        "left out": "fail",
        "off": "fail",
        "off all the same": "fail",
        "unsaid": "not assessed",
        "empty": "not assessed",
        "unknown": "not assessed",
        "other kind": "not assessed",
    }
    assert found.finding(check, "held")["observed"] == "true (held.yaml:7)"
    assert found.finding(check, "off")["observed"] == "no log (off.yaml:7)"
    assert found.finding(check, "unsaid")["observed"] is None
    assert found.finding(check, "unsaid")["reason"].startswith("Access is logged;")
    assert found.finding(check, "unknown")["reason"].startswith("Whether access is logged,")
    assert found.finding(check, "other kind")["reason"].startswith("Whether access is logged,")


@pytest.mark.parametrize(("check", "key", "other"), KINDS)
def test_no_data(report: Report, check: str, key: str, other: str) -> None:
    """A declaration alone, or nothing, is not assessed."""
    found = report(setting(key, "document:a.md", "true", "declared"), only={check})
    assert found.findings(check) == {"(none)": "not assessed"}

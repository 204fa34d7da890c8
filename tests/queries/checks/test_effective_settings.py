"""Checks that read one effective setting: its value decides, an unknown value and no setting at all never pass."""

from __future__ import annotations

import pytest

from qmsreport import records
from tests.queries.conftest import Report

# check, setting, a value in order, one that is not
CASES = [
    ("encryption_in_transit", "encryption.in_transit", "true", "false"),
    ("certificates_verified", "encryption.in_transit.verified", "true", "false"),
    ("tls_minimum", "tls.minimum", "1.2", "1.1"),
    ("encryption_at_rest", "encryption.at_rest", "true", "false"),
    ("access_logged", "access.logging", "true", "false"),
    ("no_anonymous_access", "access.anonymous", "false", "true"),
    ("telemetry_redacted", "pii.scrubbing", "true", "false"),
]
CHECKS = {check for check, *_ in CASES}


def setting(key: str, subject: str, value: str | None, layer: str = "effective") -> records.Setting:
    """One setting with the place it stands at."""
    return records.Setting(subject=subject, key=key, layer=layer, value=value, origin=f"{subject}.yaml:7")


def test_statuses(report: Report) -> None:
    """A value in order passes, another one fails, an unknown one is not assessed, a declared one is no evidence."""
    rows = []
    for _, key, good, bad in CASES:
        rows += [setting(key, "good", good), setting(key, "bad", bad), setting(key, "unknown", None)]
        rows.append(setting(key, "claim", good, "declared"))
    found = report(rows, only=CHECKS)
    for check, *_ in CASES:
        assert found.findings(check) == {"good": "pass", "bad": "fail", "unknown": "not assessed"}, check


def test_the_place_is_named(report: Report) -> None:
    """A finding says what the setting is and where it stands."""
    found = report([setting("access.anonymous", "grafana:main", "true")], only={"no_anonymous_access"})
    assert found.finding("no_anonymous_access", "grafana:main")["observed"] == "true (grafana:main.yaml:7)"


def test_a_store_that_says_nothing_of_encryption(report: Report) -> None:
    """A system that keeps data and says nothing of its encryption is listed; one of whose parts it is said is not again."""
    rows = [
        setting("retention.metrics", "metrics:a.yaml", "30"),
        setting("retention.traces.size", "traces:b.yaml#disk", "1GB"),
        setting("retention.logs", "logs:c.yaml", "90"),
        setting("encryption.at_rest", "logs:c.yaml#bucket", "true"),
        setting("retention.logs", "document:d.md", "90", "declared"),
    ]
    found = report(rows, only={"encryption_at_rest"})
    assert found.findings("encryption_at_rest") == {
        "metrics:a.yaml": "not assessed",
        "traces:b.yaml": "not assessed",
        "logs:c.yaml#bucket": "pass",
    }
    reason = found.finding("encryption_at_rest", "metrics:a.yaml")["reason"]
    assert reason == "It keeps data, and nothing on record says whether its store is encrypted."


@pytest.mark.parametrize("only", [CHECKS], ids=["all"])
def test_without_settings_nothing_passes(report: Report, only: set[str]) -> None:
    """Where no system told its configuration, none of these checks is assessed."""
    found = report([], only=only)
    for check in only:
        assert found.findings(check) == {"(none)": "not assessed"}, check

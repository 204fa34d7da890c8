"""Prometheus: intervals, retention, encryption of what it reaches, rules, the web configuration."""

from __future__ import annotations

import subprocess

import pytest

from qmsreport.configurations.prometheus import stored_retention
from tests.configurations.reading import SAMPLES, origins, read, sample, settings


def test_the_product_itself_accepts_the_sample() -> None:
    """The sample is a configuration that Prometheus would load."""
    subprocess.run(
        ["promtool", "check", "config", SAMPLES / "prometheus.yml"], check=True, capture_output=True
    )


def test_a_job_has_its_own_interval_and_scheme_each_with_its_line() -> None:
    """Global intervals, a job's own, and which jobs are encrypted and verified, all with file and line."""
    reading = sample("prometheus", "prometheus.yml")
    found, at = settings(reading), origins(reading)
    assert (found["", "scrape.interval"], at["", "scrape.interval"]) == ("15", "prometheus.yml:2")
    assert found["", "evaluation.interval"] == "30"
    assert found["job:payments", "scrape.interval"] == "5"
    assert found["job:payments", "tls.minimum"] == "1.3"
    assert found["job:legacy", "encryption.in_transit.verified"] == "false"
    assert at["job:legacy", "encryption.in_transit.verified"] == "prometheus.yml:22"
    assert found["remote_write:archive", "encryption.in_transit"] == "true"
    assert found["remote_write", "encryption.in_transit"] == "false"
    assert found["alertmanager", "encryption.in_transit"] == "true"


def test_an_absent_key_is_a_setting_by_the_products_default() -> None:
    """Intervals that stand nowhere are a minute, a scheme that stands nowhere is http, and both say whose default."""
    reading = read("prometheus", "scrape_configs: [{job_name: node}]")
    found, at = settings(reading), origins(reading)
    assert (found["", "scrape.interval"], found["", "evaluation.interval"]) == ("60", "60")
    assert found["job:node", "encryption.in_transit"] == "false"
    assert found["", "access.logging"] == "false"
    assert set(at.values()) == {"default of Prometheus"}


def test_targets_on_this_machine_are_told_apart() -> None:
    """A plaintext job that only asks this machine is marked; one with a foreign target is not."""
    found = settings(sample("prometheus", "prometheus.yml"))
    assert found["job:prometheus", "network.loopback"] == "true"
    both = "scrape_configs: [{job_name: a, static_configs: [{targets: ['localhost:1', 'db:2']}]}]"
    assert ("job:a", "network.loopback") not in settings(read("prometheus", both))


def test_a_relabelled_scheme_is_unknown() -> None:
    """Where relabelling sets the scheme, nothing is said of encryption but that it is not known."""
    reading = sample("prometheus", "prometheus.yml")
    assert ("job:pods", "encryption.in_transit") not in settings(reading)
    assert any("relabelling" in warning for warning in reading.warnings)


def test_retention_in_the_file() -> None:
    """The keys of the file give days and size; a file without them says nothing, because a flag may."""
    text = "storage: {tsdb: {retention: {time: 90d, size: 512MB}}}"
    found = settings(read("prometheus", text))
    assert found["", "retention.metrics"] == "90"
    assert found["", "retention.metrics.size"] == "512MB"
    silent = read("prometheus", "global: {}")
    assert not any(key.startswith("retention.") for _, key in settings(silent))
    assert "flag" in silent.warnings[0]


def test_retention_by_size_alone_promises_no_days() -> None:
    """A limit by size alone keeps for nobody knows how long: no days are claimed."""
    reading = read("prometheus", "storage: {tsdb: {retention: {size: 5GB}}}")
    assert [key for _, key in settings(reading) if key.startswith("retention")] == ["retention.metrics.size"]
    assert "size alone" in reading.warnings[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15d", (15.0, None)),
        ("15d or 512MB", (15.0, "512MB")),
        ("1y2w or 512MiB", (379.0, "512MiB")),
        ("512MB", (None, "512MB")),
        ("0s", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_retention_a_server_tells(text: str, expected: tuple[float | None, str | None]) -> None:
    """The text of a running server splits into days and size."""
    assert stored_retention(text) == expected


def test_alerting_rules_are_read_and_recording_rules_are_not() -> None:
    """A rule has its duration, labels and runbook; rules of one name and severity are numbered; URLs lose secrets."""
    rules = sample("prometheus", "payments.rules.yml").alert_rules
    assert [(rule.name, rule.for_seconds, rule.severity) for rule in rules] == [
        ("HighErrorRate", 300.0, "critical"),
        ("HighErrorRate", 0.0, "critical"),
        ("DiskFills", 5400.0, "warning"),
    ]
    assert len({rule.rule_id for rule in rules}) == 3
    assert rules[0].runbook_url == "https://wiki.lindhafen.example/runbooks/errors"
    assert rules[2].owner == "platform"
    assert {rule.enabled for rule in rules} == {None}  # only a server knows what it has loaded


def test_the_web_configuration() -> None:
    """TLS, its least version, client certificates and authentication of the listener."""
    found = settings(sample("prometheus", "web.yml"))
    assert found["web", "encryption.in_transit"] == "true"
    assert found["web", "tls.minimum"] == "1.2"
    assert found["web", "encryption.client_certificates"] == "true"
    assert found["web", "access.authentication"] == "true"


def test_a_client_certificate_that_is_only_requested_is_none() -> None:
    """Any other type than RequireAndVerifyClientCert checks nobody; without users nobody is authenticated."""
    text = "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAnyClientCert}"
    found = settings(read("prometheus", text))
    assert found["web", "encryption.client_certificates"] == "false"
    assert found["web", "access.authentication"] == "false"


def test_a_listener_without_tls_is_plaintext() -> None:
    """A web configuration with users and without TLS sends their passwords in the clear."""
    assert settings(read("prometheus", "basic_auth_users: {a: b}"))["web", "encryption.in_transit"] == "false"

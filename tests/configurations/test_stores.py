"""Loki, Tempo, Jaeger and Elasticsearch: how long they keep, who may read, what is encrypted."""

from __future__ import annotations

import pytest

from tests.configurations.reading import origins, read, sample, settings


def test_loki_retention_counts_only_when_the_compactor_enforces_it() -> None:
    """A retention period without compactor.retention_enabled deletes nothing: logs are kept for ever."""
    reading = read("loki", "limits_config: {retention_period: 720h}\ncompactor: {retention_enabled: false}")
    assert settings(reading)["", "retention.logs"] == "unlimited"
    assert origins(reading)["", "retention.logs"] == "file.yaml:2"
    silent = read(
        "loki", "limits_config: {retention_period: 720h, retention_stream: [{selector: x, period: 1h}]}"
    )
    assert settings(silent)["", "retention.logs"] == "unlimited"
    assert origins(silent)["", "retention.logs"] == "default of Loki"
    assert not [part for part, _ in settings(silent) if part.startswith("stream")]


def test_loki_enforced_retention_with_streams_and_tenants() -> None:
    """The global period, each stream's and each tenant's own; a stream tagged audit is the audit trail's too."""
    found = settings(sample("loki", "deploy/loki.yaml"))
    assert found["", "retention.logs"] == "30"
    assert found['stream:{namespace="dev"}', "retention.logs"] == "1"
    assert found['stream:{log_type="audit"}', "retention.audit"] == "365"
    tenants = read(
        "loki",
        "overrides: {bank: {retention_period: 90d, retention_stream: [{selector: '{a=\"b\"}', period: 1d}]}}",
    )
    assert settings(tenants)["tenant:bank", "retention.logs"] == "90"
    assert settings(tenants)['tenant:bank/stream:{a="b"}', "retention.logs"] == "1"
    assert "retention_enabled" in tenants.warnings[0]


def test_loki_enforced_retention_without_a_period_keeps_for_ever() -> None:
    """Retention that is enabled with a period of 0, or none, is unlimited."""
    for limits in ("", "\nlimits_config: {retention_period: 0s}"):
        found = settings(read("loki", "compactor: {retention_enabled: true}" + limits))
        assert found["", "retention.logs"] == "unlimited"


def test_loki_older_table_manager() -> None:
    """The table manager's period counts where it deletes."""
    text = "table_manager: {retention_deletes_enabled: true, retention_period: 336h}"
    assert settings(read("loki", text))["", "retention.logs"] == "14"


def test_loki_listeners_and_storage() -> None:
    """HTTP with a certificate, gRPC without, and a bucket that is sealed by its own key."""
    found = settings(sample("loki", "deploy/loki.yaml"))
    assert found["server.http", "encryption.in_transit"] == "true"
    assert found["server.http", "encryption.client_certificates"] == "true"
    assert found["server.grpc", "encryption.in_transit"] == "false"
    assert found["common.storage.s3", "encryption.at_rest"] == "true"


def test_storage_without_native_encryption_has_no_row() -> None:
    """Where the product sets nothing about encryption at rest, nothing is said: neither yes nor no."""
    found = settings(read("loki", "storage_config: {aws: {bucketnames: logs}, filesystem: {directory: /x}}"))
    assert not [key for _, key in found if key == "encryption.at_rest"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("server: {}", "14"),
        ("compactor: {compaction: {block_retention: 48h}}", "2"),
        ("backend_worker: {compaction: {block_retention: 72h}}", "3"),
        ("backend_scheduler: {provider: {compaction: {compaction: {block_retention: 96h}}}}", "4"),
        (
            "compactor: {compaction: {block_retention: 48h}}\noverrides: {defaults: {compaction: {block_retention: 24h}}}",
            "1",
        ),
        (
            "compactor: {compaction: {block_retention: 48h}}\noverrides: {defaults: {compaction: {block_retention: 0}}}",
            "2",
        ),
    ],
)
def test_tempo_keeps_block_retention_in_several_places(text: str, days: str) -> None:
    """Up to 2.x under the compactor, from 3.0 under scheduler and worker; an override beats both; else 336h."""
    assert settings(read("tempo", text))["", "retention.traces"] == days


def test_tempo_scheduler_and_worker_that_differ() -> None:
    """Where the two places of 3.x differ the shorter one counts, and it is said."""
    text = (
        "backend_scheduler: {provider: {compaction: {compaction: {block_retention: 96h}}}}\n"
        "backend_worker: {compaction: {block_retention: 72h}}"
    )
    reading = read("tempo", text)
    assert settings(reading)["", "retention.traces"] == "3"
    assert "shorter" in reading.warnings[0]


def test_tempo_receivers_and_bucket() -> None:
    """A receiver without tls is plaintext, and so is a bucket that is reached insecurely."""
    found = settings(sample("tempo", "deploy/tempo.yaml"))
    assert found["distributor.receivers.otlp.protocols.grpc", "encryption.in_transit"] == "true"
    assert found["distributor.receivers.otlp.protocols.http", "encryption.in_transit"] == "false"
    assert found["storage.trace.s3", "encryption.in_transit"] == "false"


def test_jaeger_max_span_age_is_a_look_back_and_not_retention() -> None:
    """`max_span_age` gives no retention; a search backend's own policies do, and that is said."""
    reading = sample("jaeger", "jaeger.yaml")
    found = settings(reading)
    assert ("backend:search", "retention.traces") not in found
    assert any("lifecycle policies" in warning for warning in reading.warnings)
    assert found["backend:main", "retention.traces"] == "14"
    assert found["backend:wide", "retention.traces"] == "2"
    assert found["backend:search", "encryption.in_transit"] == "true"
    assert found["backend:wide", "encryption.in_transit"] == "false"


def test_jaeger_2_badger_default() -> None:
    """Badger without a ttl keeps for 72 hours."""
    text = "extensions: {jaeger_storage: {backends: {main: {badger: {ephemeral: false}}}}}"
    assert settings(read("jaeger", text))["backend:main", "retention.traces"] == "3"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "jaeger.env",
            "SPAN_STORAGE_TYPE=badger\nexport BADGER_SPAN_STORE_TTL='168h'\nES_MAX_SPAN_AGE=720h\n",
        ),
        ("jaeger.yaml", "span-storage.type: badger\nbadger: {span-store-ttl: 168h}\nes.max-span-age: 720h\n"),
        ("jaeger.yaml", "badger.span-store-ttl: 168h"),
    ],
)
def test_jaeger_1_flags_and_variables_say_the_same(path: str, text: str) -> None:
    """Version 1 as variables and as flags; its OTLP listeners are plaintext unless switched on."""
    found = settings(read("jaeger", text, path))
    assert found["backend:badger", "retention.traces"] == "7"
    assert found["collector.otlp.grpc", "encryption.in_transit"] == "false"


def test_elasticsearch_nested_and_dotted_keys_are_the_same() -> None:
    """Keys in any mixture of nesting and dots are read alike."""
    found = settings(sample("elasticsearch", "elasticsearch.yml"))
    assert found["http", "encryption.in_transit"] == "true"
    assert found["http", "tls.minimum"] == "1.2"
    assert found["transport", "encryption.in_transit.verified"] == "true"
    assert found["transport", "encryption.client_certificates"] == "true"
    assert found["", "access.anonymous"] == "true"
    assert found["", "access.authentication"] == "true"


def test_elasticsearch_audit_is_off_by_default() -> None:
    """Without xpack.security.audit.enabled nothing is logged."""
    reading = sample("elasticsearch", "elasticsearch.yml")
    assert settings(reading)["", "access.logging"] == "false"
    assert origins(reading)["", "access.logging"] == "default of Elasticsearch"
    on = read("elasticsearch", "xpack.security.audit.enabled: true")
    assert settings(on)["", "access.logging"] == "true"


def test_elasticsearch_disabled_security_disables_its_tls() -> None:
    """TLS that is switched on under security that is switched off does nothing."""
    text = "xpack.security: {enabled: false, http.ssl.enabled: true, audit.enabled: true}"
    found = settings(read("elasticsearch", text))
    assert found["http", "encryption.in_transit"] == "false"
    assert found["", "access.anonymous"] == "true"
    assert found["", "access.logging"] == "false"


def test_elasticsearch_security_that_is_not_mentioned_is_unknown() -> None:
    """Its default depends on the version, so a file of comments alone says nothing of it."""
    reading = read("elasticsearch", "# all as delivered\n")
    assert ("", "access.authentication") not in settings(reading)
    assert "version" in reading.warnings[0]


def test_elasticsearch_audited_events() -> None:
    """Refusals and granted requests are recorded by default, changes to accounts in some versions only."""
    reading = read("elasticsearch", "xpack.security: {enabled: true, audit.enabled: true}")
    found = settings(reading)
    assert (found["", "audit.actions"], found["", "audit.refusals"]) == ("true", "true")
    assert origins(reading)["", "audit.actions"] == "default of Elasticsearch"
    assert ("", "audit.accounts") not in found
    assert "default depends on the version" in reading.warnings[0]


@pytest.mark.parametrize(
    ("events", "actions", "refusals", "accounts"),
    [
        ("include: _all", "true", "true", "true"),
        ("include: [access_granted, security_config_change]", "true", "false", "true"),
        ('include: "ACCESS_GRANTED, access_denied"', "true", "false", "false"),
        ("{include: _all, exclude: [access_denied]}", "true", "false", "true"),
        ("exclude: [security_config_change]", "true", "true", "false"),
        ("{include: [_all], exclude: _all}", "false", "false", "false"),
        ('include: ""', "false", "false", "false"),
    ],
)
def test_elasticsearch_events_that_are_named(events: str, actions: str, refusals: str, accounts: str) -> None:
    """A kind is recorded whole where all its events are included and none is excluded."""
    events = events if events.startswith("{") else f"{{{events}}}"
    text = f"xpack.security: {{enabled: true, audit: {{enabled: true, logfile.events: {events}}}}}"
    found = settings(read("elasticsearch", text))
    wanted = {"audit.actions": actions, "audit.refusals": refusals, "audit.accounts": accounts}
    assert {key: found["", key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "more",
    [
        "logfile.events.ignore_filters.quiet.users: [kibana_system]",
        "logfile.events.include: '${AUDITED}'",
        "logfile.events.exclude: [access_denied, '${MORE}']",
    ],
)
def test_elasticsearch_events_that_are_not_known(more: str) -> None:
    """A filter, or a list that comes from outside, leaves open what is recorded; that something is, stays known."""
    reading = read("elasticsearch", f"xpack.security: {{enabled: true, audit: {{enabled: true, {more}}}}}")
    assert settings(reading)["", "access.logging"] == "true"
    assert not [key for _, key in settings(reading) if key.startswith("audit.")]
    assert "not known" in reading.warnings[0]


def test_elasticsearch_without_an_audit_log_says_nothing_of_its_events() -> None:
    """Where the log is off, what it would hold is no matter."""
    reading = read("elasticsearch", "xpack.security: {enabled: true, audit.logfile.events.include: _all}")
    assert settings(reading)["", "access.logging"] == "false"
    assert not [key for _, key in settings(reading) if key.startswith("audit.")]

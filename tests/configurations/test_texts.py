"""What every parser does with text: values from outside, what is no configuration, and secrets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsreport import configurations
from qmsreport.configurations import File, Unreadable, values
from qmsreport.configurations.yaml_tree import load
from tests.configurations.reading import SAMPLES, read, settings

SECRET = "s3cr3t"
ALL = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file())


def product_of(name: str) -> str:
    """Whose file a sample is."""
    from qmsreport.sources._configs_find import fits

    (product,) = (
        product
        for product, module in configurations.products().items()
        if any(fits(name, glob) for glob in module.PATTERNS)
    )
    return product


def test_every_product_has_a_sample() -> None:
    """No parser is without a realistic file, and every file's name tells its product."""
    assert {product_of(name) for name in ALL} == set(configurations.products())


@pytest.mark.parametrize("name", ALL)
def test_no_secret_leaves_a_file(name: str) -> None:
    """Nothing that a parser hands back, and nothing that it shows, holds a secret of the file."""
    text = (SAMPLES / name).read_text("utf-8")
    reading = read(product_of(name), text, name)
    records = [*reading.settings, *reading.alert_rules, *reading.alert_routes, *reading.dashboards]
    assert records
    assert SECRET not in repr((records, reading.warnings)).lower()
    if name != "deploy/tempo.yaml":
        assert SECRET in text or name == "payments.rules.yml"


@pytest.mark.parametrize("name", ALL)
def test_a_broken_file_quotes_nothing(name: str) -> None:
    """Cut off anywhere, a file is read as far as it is whole or refused in a sentence; neither holds a secret."""
    text = (SAMPLES / name).read_text("utf-8")
    product = product_of(name)
    for end in range(0, len(text), max(1, len(text) // 60)):
        try:
            reading = read(product, text[:end], name)
            told = repr((reading.settings, reading.warnings))
        except Unreadable as error:
            told = str(error)
            assert told.endswith(".")
            assert "\n" not in told
        assert SECRET not in told.lower()


@pytest.mark.parametrize(
    ("product", "text", "key", "place"),
    [
        ("loki", "limits_config: {retention_period: '${KEEP}'}\ncompactor: {retention_enabled: true}", "retention.logs", ""),
        ("loki", "compactor: {retention_enabled: '${ON:-s3cr3t}'}", "retention.logs", ""),
        ("tempo", "compactor: {compaction: {block_retention: $KEEP}}", "retention.traces", ""),
        ("grafana", "[auth.anonymous]\nenabled = $__env{ANONYMOUS}\n", "access.anonymous", ""),
        ("grafana", "[server]\nprotocol = ${PROTOCOL}\n", "encryption.in_transit", "server"),
        ("elasticsearch", "xpack.security.enabled: ${SECURE}", "access.authentication", ""),
        ("fluentd", "<source>\n@type http\n<transport tls>\nclient_cert_auth \"#{ENV['CERTS']}\"\n</transport>\n</source>", "encryption.client_certificates", "source:http"),
        ("fluent_bit", "[OUTPUT]\n Name http\n Match *\n tls ${TLS}\n", "encryption.in_transit", "output:http"),
        ("prometheus", "global: {scrape_interval: '${EVERY}'}", "scrape.interval", ""),
        ("jaeger", "extensions: {jaeger_storage: {backends: {a: {badger: {ttl: {spans: '${env:TTL}'}}}}}}", "retention.traces", "backend:a"),
    ],
)  # fmt: skip
def test_what_comes_from_outside_is_unknown_and_never_the_default(
    product: str, text: str, key: str, place: str
) -> None:
    """A value put in from a variable has no row – not even the default's – and a warning names the variable alone."""
    reading = read(product, text, "file.conf" if product == "fluent_bit" else "file.yaml")
    assert (place, key) not in settings(reading)
    (warning,) = (sentence for sentence in reading.warnings if "outside the file" in sentence)
    assert re.search(r"variable [A-Z]+\)", warning)
    assert SECRET not in warning


@pytest.mark.parametrize(
    "product",
    ["loki", "tempo", "prometheus", "alertmanager", "otel", "jaeger", "elasticsearch", "fluent_bit"],
)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\n", "something around one"),
        ("image: {repository: loki}\nreplicas: 3\n", "holds no key"),
        ("- a\n- b\n", "^It "),
        ("just words\n", "^It "),
        ("", "^It "),
        ("a: 1\n---\nb: 2\n", "several documents"),
        ("a: [1, 2\n", "not YAML"),
        ("a: {b: 1}\na: {b: 2}\n", "second time"),
        ("a: \x07\n", "not YAML"),
        ("[" * 200_000 + "]" * 200_000, "too deeply"),
    ],
)  # fmt: skip
def test_what_is_no_configuration_is_refused(product: str, text: str, words: str) -> None:
    """A manifest, values of a chart, a list, nothing, or broken text never passes as "every default applies"."""
    with pytest.raises(Unreadable, match=words):
        read(product, text, "file.yaml")


@pytest.mark.parametrize(
    ("product", "text"),
    [
        ("grafana", "no section and no value"),
        ("grafana", ""),
        ("grafana", "[elsewhere]\na = b\n"),
        ("grafana", '[server]\na = """never closed\n'),
        ("fluentd", "<source>\n@type http\n"),
        ("fluentd", "</source>"),
        ("fluentd", "nothing of it"),
        ("fluent_bit", "Name http\n"),
        ("fluent_bit", ""),
        ("jaeger", "NOT A VARIABLE\n"),
    ],
)
def test_other_syntaxes_refuse_what_is_none(product: str, text: str) -> None:
    """INI, Fluentd's and Fluent Bit's own syntax and variables say what they are not."""
    with pytest.raises(Unreadable):
        read(product, text, "jaeger.env" if product == "jaeger" else "file.conf")


def test_merged_and_shared_mappings_are_followed() -> None:
    """Anchors, aliases and merge keys mean what YAML says; one that holds itself ends."""
    node = load("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: &c [*c]\n")
    assert [node.get("b", key).text for key in ("x", "y")] == ["1", "3"]
    assert node.get("b", "x").line == 1
    assert len(node.get("c").each()) == 1


def test_a_node_never_shows_what_it_holds() -> None:
    """However it is printed, a node shows its place and not its value."""
    assert SECRET not in repr(load(f"password: {SECRET}").get("password"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("15d", 1296000.0), ("336h0m0s", 1209600.0), ("1h30m", 5400.0), ("1.5h", 5400.0), ("250ms", 0.25), ("0", 0.0), ("0s", 0.0)],
)  # fmt: skip
def test_lengths_of_time(text: str, expected: float) -> None:
    """Prometheus's, Go's and Elasticsearch's ways to write a length of time."""
    assert values.seconds(text) == expected


@given(st.text(max_size=20))
def test_no_text_breaks_the_readers_of_values(text: str) -> None:
    """Any text is a length of time, a flag, a TLS version, or none: never another error."""
    for reader in (values.seconds, values.flag, values.tls_version):
        try:
            reader(text)
        except ValueError:
            continue
    values.scheme(text), values.loopback(text), values.variable(text), values.from_outside(text)


@given(
    st.from_regex(r"[a-z0-9:]{1,12}", fullmatch=True),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,3}){1,2}(:[0-9]{2,4})?(/[a-z]{0,6}){0,2}", fullmatch=True),
)
def test_a_url_loses_user_and_query(user: str, rest: str) -> None:
    """Of a URL in a text, scheme, host and path stay."""
    assert values.scrub(f"see https://{user}@{rest}?token={SECRET}#x now") == f"see https://{rest} now"


WORDS: st.SearchStrategy[Any] = st.sampled_from(
    ["true", "30d", "https", "", None, 1, "localhost:1", "${A}", "x"]
)
KEYS = st.sampled_from([
    "global", "scrape_configs", "storage", "tsdb", "retention", "time", "server", "http_tls_config", "compactor", "limits_config",
    "retention_enabled", "retention_stream", "receivers", "otlp", "protocols", "grpc", "tls", "service", "pipelines", "traces",
    "processors", "exporters", "route", "routes", "matchers", "receiver", "name", "xpack.security.enabled", "extensions",
    "jaeger_storage", "backends", "badger", "pipeline", "inputs", "outputs", "groups", "rules", "alert", "for", "labels",
])  # fmt: skip


@given(st.sampled_from(sorted(configurations.products())), st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25))  # fmt: skip
def test_any_shape_is_read_or_refused(product: str, document: Any) -> None:
    """A key with a list where a mapping should stand, or nothing, never breaks a parser."""
    import json

    try:
        reading = configurations.read(product, File(text=json.dumps(document), path="file.yaml"))
    except Unreadable:
        return
    assert all(setting.value is not None and setting.origin for setting in reading.settings)

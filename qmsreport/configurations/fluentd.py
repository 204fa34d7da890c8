"""Fluentd: what listens, what is sent and how, and whether it is redacted before.

Sources: the product's reference of the transport section and of its own and the common plugins. Without
`<transport tls>` a listener is raw TCP; TLS is 1.2 unless `version` says otherwise, and the default ciphers are
`ALL:!aNULL:!eNULL:!SSLv2`. `out_forward` sends plaintext unless `transport tls`.
"""

from __future__ import annotations

from qmsreport.configurations import _fluentd_scrubbing, values
from qmsreport.configurations._fluentd_scrubbing import LOCAL, outputs, sections
from qmsreport.configurations._fluentd_syntax import Section, load
from qmsreport.configurations.reading import File, Reading, Scalar, Unreadable, line, numbered

PRODUCT = "fluentd"
TITLE = "Fluentd"
PATTERNS = (
    "**/fluent.conf",
    "**/fluentd.conf",
    "**/td-agent.conf",
    "**/fluentd/*.conf",
    "**/td-agent/*.conf",
)
KINDS = ("settings",)
_SECTIONS = ("source", "match", "filter", "label", "system", "worker")
_LISTENING = (
    "forward",
    "http",
    "tcp",
    "syslog",
    "opentelemetry",
    "prometheus",
    "monitor_agent",
    "udp",
    "debug_agent",
)
_CIPHERS = "ALL:!aNULL:!eNULL:!SSLv2"
_HOSTED = (
    "cloudwatch_logs",
    "google_cloud",
    "s3",
    "kinesis_streams",
    "kinesis_firehose",
    "bigquery",
    "bigquery_insert",
)
_SEARCH = (
    "elasticsearch",
    "elasticsearch_dynamic",
    "elasticsearch_data_stream",
    "opensearch",
    "opensearch_data_stream",
)


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    root = load(file.text)
    reading = Reading(file, PRODUCT, TITLE)
    known = any(section.name in _SECTIONS for section in root.sections)
    if not known and "@include" not in root.parameters:
        raise Unreadable("It holds no section that Fluentd reads. Name its product, or leave it out.")
    for section in (root, *sections(root)):
        if "@include" in section.parameters:
            reading.warn(
                "It includes other files, which are read for themselves.", section.get("@include").line
            )
    sources = [
        section for section in sections(root) if section.name == "source" and section.kind in _LISTENING
    ]
    names = numbered(section.get("@id").text or section.kind for section in sources)
    for name, source in zip(names, sources, strict=True):
        _listener(source, reading, f"source:{name}")
    sending = [(match, store) for match, store in outputs(root) if store.kind not in LOCAL]
    names = numbered(
        store.get("@id").text or f"{match.argument or '**'}/{store.kind}" for match, store in sending
    )
    for name, (_, store) in zip(names, sending, strict=True):
        _output(store, reading, f"match:{name}")
    _fluentd_scrubbing.pipelines(root, reading)
    return reading


def _listener(source: Section, reading: Reading, part: str) -> None:
    transport = next((item for item in source.below("transport") if item.argument), None)
    encrypted = transport is not None and transport.argument == "tls"
    reading.put("encryption.in_transit", encrypted, "flag", transport.line if transport else None, part)
    address = source.get("bind")
    if address.text:
        reading.put_loopback([address], part)
    if not encrypted or transport is None:
        return
    reading.put_version(transport.get("min_version", "version"), "1.2", part)
    ciphers = transport.get("ciphers")
    reading.put("tls.ciphers", reading.text(ciphers, _CIPHERS), "text", line(ciphers), part)
    reading.put_flag("encryption.client_certificates", transport.get("client_cert_auth"), False, part)
    insecure = transport.get("insecure")
    if insecure.there:
        reading.put_flag("encryption.in_transit.verified", insecure, False, part, negated=True)


def _output(store: Section, reading: Reading, part: str) -> None:
    kind = store.kind
    if kind in ("forward", "secure_forward"):
        _forward(store, reading, part)
    elif kind in _SEARCH:
        hosts, scheme = store.get("hosts", "host"), store.get("scheme")
        words = {values.scheme(host) for host in (hosts.text or "").split(",")} - {None}
        if words:
            encrypted = words == {"https"}
            reading.put("encryption.in_transit", encrypted, "flag", hosts.line, part)
        else:
            word = reading.text(scheme, "http")
            encrypted = word == "https"
            reading.put("encryption.in_transit", word and encrypted, "flag", line(scheme), part)
        if encrypted:
            reading.put_flag("encryption.in_transit.verified", store.get("ssl_verify"), True, part)
            minimum = store.get("ssl_min_version", "ssl_version")
            if minimum.there:
                reading.put_version(minimum, None, part)
    elif kind in ("http", "loki", "splunk_hec", "out_http_ext"):
        _by_url(store, reading, part)
    elif kind in ("kafka", "kafka2", "kafka_buffered", "rdkafka2"):
        names = ("ssl_ca_cert", "ssl_ca_certs_from_system", "ssl_client_cert")
        at = store.get(*names)
        reading.put("encryption.in_transit", at.there and at.text != "false", "flag", line(at), part)
    elif kind in _HOSTED:
        endpoint = store.get("s3_endpoint", "endpoint")
        word = values.scheme(endpoint.text or "") or "https"
        reading.put("encryption.in_transit", word == "https", "flag", line(endpoint), part)
        sealed = store.get("use_server_side_encryption")
        if sealed.there:
            reading.put("encryption.at_rest", bool(reading.text(sealed)) or None, "flag", sealed.line, part)
    else:
        reading.warn(f"How the output '{kind}' sends is not known to this reader.", store.line)


def _forward(store: Section, reading: Reading, part: str) -> None:
    transport = store.get("transport")
    word = "tls" if store.kind == "secure_forward" else reading.text(transport, "tcp")
    if word is None:
        return
    reading.put("encryption.in_transit", word == "tls", "flag", line(transport), part)
    servers = [server.get("host") for server in store.below("server")]
    reading.put_loopback(servers, part)
    if word != "tls":
        return
    checks = [
        (store.get("tls_insecure_mode"), False, True),
        (store.get("tls_allow_self_signed_cert"), False, True),
        (store.get("tls_verify_hostname"), True, False),
    ]
    found = [(reading.flag(value, default), value, negated) for value, default, negated in checks]
    if all(answer is not None for answer, _, _ in found):
        weak = next((value for answer, value, negated in found if answer == negated), None)
        reading.put(
            "encryption.in_transit.verified", weak is None, "flag", line(weak) if weak else None, part
        )
    reading.put_version(store.get("tls_min_version", "tls_version"), "1.2", part)


def _by_url(store: Section, reading: Reading, part: str) -> None:
    url = store.get("endpoint", "url", "endpoint_url")
    if store.kind == "splunk_hec":
        url = store.get("protocol")
        word = reading.text(url, "https")
    else:
        word = values.scheme(url.text or "") if reading.known(url) else None
    if word is None:
        return
    reading.put("encryption.in_transit", word == "https", "flag", line(url), part)
    if store.kind != "splunk_hec":
        reading.put_loopback([url], part)
    if word != "https":
        return
    mode: Scalar = store.get("tls_verify_mode")
    skip = store.get("insecure_tls", "insecure_ssl")
    if mode.there:
        text = reading.text(mode)
        reading.put("encryption.in_transit.verified", text and text != "none", "flag", mode.line, part)
    else:
        reading.put_flag("encryption.in_transit.verified", skip, False, part, negated=True)
    if store.kind == "http":
        reading.put_version(store.get("tls_version"), "1.2", part)

"""TLS of the OpenTelemetry collector's components; Tempo and Jaeger take the same blocks.

Sources: the collector's configtls, configgrpc and confighttp. A receiver without a `tls` block is plaintext; an
exporter over gRPC speaks TLS unless `insecure`; one over HTTP goes by its URL. `min_version` is 1.2 unless set.
"""

from __future__ import annotations

from qmsreport.configurations import values
from qmsreport.configurations.reading import Reading, line
from qmsreport.configurations.yaml_tree import Node

MINIMUM = "1.2"
# receivers that listen, without a `protocols` block
_LISTENING = (
    "zipkin", "opencensus", "fluentforward", "splunk_hec", "influxdb", "statsd", "carbon", "collectd", "webhookevent",
    "signalfx", "sapm", "awsfirehose", "awsxray", "tcplog", "udplog", "syslog", "faro", "datadog", "otelarrow", "wavefront",
    "prometheusremotewrite", "cloudflare", "googlecloudpubsubpush", "github", "gitlab",
)  # fmt: skip
_DATAGRAMS = ("thrift_compact", "thrift_binary")  # UDP: no TLS to configure
_GRPC = ("otlp", "otlp_grpc", "otelarrow", "opencensus", "jaeger", "loadbalancing")
_LISTENERS = ("prometheus",)  # exporters that are asked, not sending
# exporters that go over the network by URL
_BY_URL = {
    "otlphttp": "endpoint", "otlp_http": "endpoint", "prometheusremotewrite": "endpoint", "loki": "endpoint",
    "zipkin": "endpoint", "elasticsearch": "endpoint", "opensearch": "http.endpoint", "splunk_hec": "endpoint",
    "signalfx": "ingest_url", "sapm": "endpoint", "influxdb": "endpoint", "logicmonitor": "endpoint", "mezmo": "ingest_url",
    "dynatrace": "endpoint", "coralogix": "", "sumologic": "endpoint", "clickhouse": "endpoint", "logzio": "endpoint",
}  # fmt: skip
# exporters that stay on the machine: nothing leaves through them
LOCAL = ("debug", "logging", "nop", "file")
_STORES = ("jaeger_storage_exporter",)  # its backend says how it is reached


def component(name: str) -> str:
    """The type of a component: `otlp` of `otlp/backup`."""
    return name.split("/", 1)[0]


def receiver(name: str, block: Node, reading: Reading, part: str) -> None:
    """One row for each protocol that a receiver listens on."""
    protocols = block.get("protocols")
    if protocols.items():
        for protocol, inner in protocols.items():
            if protocol not in _DATAGRAMS:
                listener(inner, reading, f"{part}.protocols.{protocol}")
    elif component(name) in _LISTENING:
        inner = next((block.get(key) for key in ("tcp", "udp") if block.get(key).there), block)
        listener(inner, reading, part)


def listener(block: Node, reading: Reading, part: str) -> None:
    """One listener: encrypted where its `tls` block names a certificate."""
    tls = block.get("tls")
    certificate = tls.first("cert_file", "cert_pem")
    reading.put("encryption.in_transit", certificate.there, "flag", line(tls), part)
    endpoint = block.first("endpoint", "listen_address")
    if endpoint.text:
        reading.put_loopback([endpoint], part)
    if certificate.there:
        reading.put_version(tls.get("min_version"), MINIMUM, part)
        client = tls.first("client_ca_file", "client_ca_pem")
        reading.put("encryption.client_certificates", client.there, "flag", line(client), part)


def exporter(name: str, block: Node, reading: Reading, part: str) -> None:
    """How an exporter sends; nothing is said of one whose way is not known."""
    kind = component(name)
    if kind in LOCAL + _STORES:
        return
    if kind in _LISTENERS:
        listener(block, reading, part)
        return
    tls = block.get("tls")
    if kind == "kafka":
        tls = block.first("tls", "auth.tls")
        insecure = reading.flag(tls.get("insecure"), False) if tls.there else True
        at = line(tls.get("insecure")) or line(tls)
        encrypted = None if insecure is None else not insecure
        reading.put("encryption.in_transit", encrypted, "flag", at, part)
    elif kind in _GRPC:
        if kind == "loadbalancing":
            block = block.get("protocol", "otlp")
            tls = block.get("tls")
        encrypted = _grpc(block, tls, reading, part)
    elif kind in _BY_URL:
        encrypted = _by_url(block, _BY_URL[kind], reading, part)
    else:
        reading.warn(f"How {block.path or name} sends is not known to this reader.", block.line)
        return
    if encrypted:
        verification(tls, reading, part)


def verification(tls: Node, reading: Reading, part: str) -> None:
    """Whether a client verifies, and the oldest version it speaks."""
    reading.put_flag(
        "encryption.in_transit.verified", tls.get("insecure_skip_verify"), False, part, negated=True
    )
    reading.put_version(tls.get("min_version"), MINIMUM, part)


def _grpc(block: Node, tls: Node, reading: Reading, part: str) -> bool | None:
    endpoint = block.get("endpoint")
    word = values.scheme(endpoint.text or "")
    if endpoint.text:
        reading.put_loopback([endpoint], part)
    if word in ("http", "https"):
        reading.put("encryption.in_transit", word == "https", "flag", endpoint.line, part)
        return word == "https"
    return reading.put_flag("encryption.in_transit", tls.get("insecure"), False, part, negated=True)


def _by_url(block: Node, path: str, reading: Reading, part: str) -> bool | None:
    found: bool | None = None
    nodes = [block.get(*path.split("."))] if path else []
    nodes += [block.get(key) for key in ("traces_endpoint", "metrics_endpoint", "logs_endpoint")]
    nodes += block.get("endpoints").each()
    given = [node for node in nodes if node.there]
    words = [values.scheme(node.text or "") for node in given]
    if not given or any(word is None or values.from_outside(word) for word in words):
        where = given[0] if given else block
        reading.warn(f"{where.path} does not show whether it is encrypted, so that is not known.", where.line)
    else:
        found = all(word in ("https", "tls") for word in words)
        plain = next(
            (node for node, word in zip(given, words, strict=True) if word not in ("https", "tls")), given[0]
        )
        reading.put("encryption.in_transit", found, "flag", plain.line, part)
    reading.put_loopback(given, part)
    return found

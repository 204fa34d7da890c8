"""Jaeger: version 2 (a collector with `jaeger_storage`), version 1 as YAML flags or as environment variables.

Sources: the product's storage references. Retention is the backend's: `badger.ttl.spans` (72h unless set),
`cassandra.schema.trace_ttl` (48h unless set, only where Jaeger makes the schema), `clickhouse.ttl`. Elasticsearch and
OpenSearch keep by their own lifecycle policies, memory by number. `max_span_age` is how far back is searched, not how
long is kept, and says nothing here. A flag `a.b-c` of version 1 is the variable `A_B_C`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qmsreport.configurations import _otel_tls, otel, values
from qmsreport.configurations.reading import File, Reading, Scalar, Unreadable, line
from qmsreport.configurations.yaml_tree import Node, load

PRODUCT = "jaeger"
TITLE = "Jaeger"
PATTERNS = (
    "**/jaeger.yml", "**/jaeger.yaml", "**/jaeger-config.yaml", "**/jaeger-config.yml", "**/jaeger/config.yaml",
    "**/jaeger.env", "**/jaeger/.env",
)  # fmt: skip
KINDS = ("settings",)
_DAY = 86400.0
_V2 = ("receivers", "exporters", "processors", "service", "extensions")
_FLAGS = re.compile(
    r"(BADGER|CASSANDRA|ES|COLLECTOR|QUERY|SPAN_STORAGE|SAMPLING|REPORTER|AGENT|MEMORY|GRPC_STORAGE|KAFKA|ADMIN|LOG|METRICS)_"
)
_VARIABLE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*")
# version 1: the TLS switch of each listener and what it is called in version 2
_LISTENERS = (
    "COLLECTOR_GRPC",
    "COLLECTOR_HTTP",
    "COLLECTOR_OTLP_GRPC",
    "COLLECTOR_OTLP_HTTP",
    "QUERY_GRPC",
    "QUERY_HTTP",
)


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    reading = Reading(file, PRODUCT, TITLE)
    if file.path.endswith(".env"):
        _version_1(dict(_environment(file.text)), reading)
        return reading
    found = load(file.text)
    names = {name for name, _ in found.items()}
    if "apiVersion" in names:
        raise Unreadable(
            "It is no configuration of Jaeger, but something around one. Point to the file in it."
        )
    if names & set(_V2):
        _version_2(found, reading)
    else:
        _version_1({flag.path: flag for flag in _flags(found)}, reading)
    return reading


def _version_2(found: Node, reading: Reading) -> None:
    otel.collector(found, reading)
    for name, backend in found.get("extensions", "jaeger_storage", "backends").items():
        part = f"backend:{name}"
        for kind, block in backend.items():
            _backend(kind, block, reading, part)
    default = found.get("extensions", "remote_sampling", "file", "default_sampling_probability")
    if default.there:
        share = reading.number(default)
        reading.put("sampling.traces", share, "share", default.line, "remote_sampling")


def _backend(kind: str, block: Node, reading: Reading, part: str) -> None:
    if kind == "badger":
        _kept(block.get("ttl", "spans"), 72.0, reading, part)
    elif kind == "cassandra":
        create = reading.flag(block.get("schema", "create"), True)
        period = block.get("schema", "trace_ttl")
        if create:
            _kept(period, 48.0, reading, part)
        else:
            reading.warn("The Cassandra schema is made elsewhere, so its TTL is not known.", block.line)
        tls = block.get("connection", "tls")
        encrypted = _unless_insecure(tls, reading, part)
        if encrypted:
            _otel_tls.verification(tls, reading, part)
    elif kind == "clickhouse":
        period = block.get("ttl")
        if period.text is not None:
            _kept(period, 0.0, reading, part)
        else:
            reading.warn(
                "Without a ttl ClickHouse keeps by its own tables, so that is not known.", block.line
            )
    elif kind in ("elasticsearch", "opensearch"):
        reading.warn(
            f"Traces in {kind} are kept by its lifecycle policies, which this file does not show.", block.line
        )
        urls = block.get("server_urls").each()
        words = [values.scheme(url.text or "") for url in urls]
        if urls and all(word in ("http", "https") for word in words):
            encrypted = all(word == "https" for word in words)
            reading.put("encryption.in_transit", encrypted, "flag", urls[0].line, part)
            reading.put_loopback(urls, part)
            if encrypted:
                _otel_tls.verification(block.get("tls"), reading, part)


def _unless_insecure(tls: Node, reading: Reading, part: str) -> bool | None:
    """Jaeger reaches Cassandra in plaintext without a `tls` block; what one means is what its `insecure` says."""
    insecure = tls.get("insecure")
    if tls.there and not insecure.there:
        reading.warn(f"{tls.path} has no 'insecure', so whether it is encrypted is not known.", tls.line)
        return None
    return reading.put_flag("encryption.in_transit", insecure, True, part, negated=True)


def _kept(period: Node | Scalar, hours: float, reading: Reading, part: str) -> None:
    length = reading.seconds(period, hours * 3600)
    if length is not None:
        reading.put("retention.traces", length / _DAY if length else "unlimited", "days", line(period), part)


def _version_1(flags: Mapping[str, Scalar], reading: Reading) -> None:
    if not any(_FLAGS.match(name) for name in flags):
        raise Unreadable("It holds no key that Jaeger reads. Name its product, or leave it out.")

    def at(name: str) -> Scalar:
        return flags.get(name) or Scalar(name)

    storage = reading.text(at("SPAN_STORAGE_TYPE"))
    if storage == "badger" or (storage is None and at("BADGER_SPAN_STORE_TTL").there):
        _kept(at("BADGER_SPAN_STORE_TTL"), 72.0, reading, "backend:badger")
    elif storage in ("elasticsearch", "opensearch"):
        reading.warn(
            f"Traces in {storage} are kept by its lifecycle policies, which this file does not show."
        )
    elif storage == "cassandra":
        reading.warn("The Cassandra schema of version 1 is made elsewhere, so its TTL is not known.")
    urls = at("ES_SERVER_URLS")
    if urls.there and reading.known(urls):
        words = [values.scheme(url) for url in (urls.text or "").split(",")]
        if all(word in ("http", "https") for word in words):
            secure = all(word == "https" for word in words)
            reading.put("encryption.in_transit", secure, "flag", urls.line, "backend:elasticsearch")
            if secure:
                skip = at("ES_TLS_SKIP_HOST_VERIFY")
                reading.put_flag(
                    "encryption.in_transit.verified", skip, False, "backend:elasticsearch", negated=True
                )
    for name in _LISTENERS:
        switch = at(f"{name}_TLS_ENABLED")
        if switch.there or name.startswith("COLLECTOR_OTLP"):
            reading.put_flag("encryption.in_transit", switch, False, name.lower().replace("_", "."))
            minimum = at(f"{name}_TLS_MIN_VERSION")
            if minimum.there:
                reading.put_version(minimum, None, name.lower().replace("_", "."))


def _environment(text: str) -> Iterator[tuple[str, Scalar]]:
    for number, row in enumerate(text.splitlines(), 1):
        found = _VARIABLE.fullmatch(row)
        if found and not row.lstrip().startswith("#"):
            value = found[2]
            if value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1:
                value = value[1:-1]
            yield found[1].upper(), Scalar(found[1], value, number)
        elif row.strip() and not row.lstrip().startswith("#"):
            raise Unreadable("It is no list of variables. Write NAME=value there.", number)


def _flags(node: Node) -> Iterator[Scalar]:
    """YAML flags under the names of their variables, nested and dotted alike."""
    for below in node.below():
        if below.is_mapping:
            yield from _flags(below)
        else:
            yield Scalar(re.sub(r"[.-]", "_", below.path).upper(), below.text, below.line)

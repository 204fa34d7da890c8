"""Fluent Bit: classic files and YAML.

Sources: the product's pages on transport security and its plugins. `tls` is off, `tls.verify` on and
`tls.verify_hostname` off unless set – so a certificate is verified in full only where the last is switched on.
"""

from __future__ import annotations

from qmsreport.configurations._fluent_bit_syntax import Section, load, plugins
from qmsreport.configurations.reading import File, Reading, Scalar, line, numbered

PRODUCT = "fluent_bit"
TITLE = "Fluent Bit"
PATTERNS = (
    "**/fluent-bit.conf", "**/fluent-bit.yaml", "**/fluent-bit.yml", "**/fluentbit.conf", "**/fluentbit.yaml",
    "**/fluent-bit/*.conf", "**/td-agent-bit.conf",
)  # fmt: skip
KINDS = ("settings",)
_LOCAL = ("stdout", "null", "file", "counter", "exit", "flowcounter", "plot", "lib", "")
_ALWAYS = ("s3", "cloudwatch_logs", "kinesis_streams", "kinesis_firehose", "stackdriver", "bigquery")
_UNSURE = (
    "azure",
    "azure_blob",
    "azure_kusto",
    "azure_logs_ingestion",
    "chronicle",
    "oracle_log_analytics",
    "logdna",
    "nrlogs",
)
_LISTENING = (
    "forward", "http", "tcp", "udp", "syslog", "opentelemetry", "elasticsearch", "splunk", "mqtt", "statsd", "collectd",
    "prometheus_remote_write",
)  # fmt: skip
# what a filter has to set for it to take values away
_HIDING = {
    "record_modifier": ("remove_key", "allowlist_key", "whitelist_key"),
    "modify": ("remove", "remove_wildcard", "remove_regex"),
    "nightfall": ("name",),
}


def read(file: File) -> Reading:
    """See `qmsreport.configurations`; the name tells which of the two syntaxes it is in."""
    found = load(file.text, is_yaml=file.path.endswith((".yaml", ".yml")), title=TITLE)
    reading = Reading(file, PRODUCT, TITLE)
    if found.includes:
        reading.warn("It includes other files, which are read for themselves.", found.includes)
    for service in plugins(found.sections, "service"):
        if reading.flag(service.get("http_server"), False):
            at = service.get("http_server").line
            reading.put("encryption.in_transit", False, "flag", at, "service.http_server")
            reading.put_loopback([service.get("http_listen")], "service.http_server")
    inputs = plugins(found.sections, "input")
    for name, section in zip(_names(inputs), inputs, strict=True):
        if section.plugin in _LISTENING and not _on_a_socket_file(section):
            _endpoint(section, reading, f"input:{name}", section.get("listen"), listens=True)
    outputs = plugins(found.sections, "output")
    filters = plugins(found.sections, "filter")
    for name, section in zip(_names(outputs), outputs, strict=True):
        if section.plugin in _LOCAL:
            continue
        _output(section, reading, f"output:{name}")
        _scrubbing(name, section, filters, inputs, reading)
    return reading


def _names(sections: list[Section]) -> list[str]:
    return numbered(section.get("alias").text or section.plugin for section in sections)


def _on_a_socket_file(section: Section) -> bool:
    mode = section.get("mode").text
    return section.get("unix_path").there or (
        section.plugin == "syslog" and (mode or "unix_udp").startswith("unix")
    )


def _output(section: Section, reading: Reading, part: str) -> None:
    host = section.get("host", "endpoint")
    if section.plugin == "kafka":
        protocol = section.get("rdkafka.security.protocol")
        word = reading.text(protocol, "plaintext")
        reading.put("encryption.in_transit", word and "ssl" in word.lower(), "flag", line(protocol), part)
    elif section.plugin in _UNSURE and not section.get("tls").there:
        reading.warn(
            f"Whether the output '{section.plugin}' is encrypted by itself is not known.", section.line
        )
    else:
        _endpoint(section, reading, part, host, always=section.plugin in _ALWAYS)
    sealed = section.get("sse", "server_side_encryption")
    if section.plugin == "s3" and sealed.there:
        reading.put("encryption.at_rest", bool(reading.text(sealed)) or None, "flag", sealed.line, part)


def _endpoint(
    section: Section,
    reading: Reading,
    part: str,
    address: Scalar,
    *,
    listens: bool = False,
    always: bool = False,
) -> None:
    """One connection; a listener verifies only clients, and only when it is told to."""
    if address.text:
        reading.put_loopback([address], part)
    datagrams = section.plugin in ("udp", "statsd", "collectd") or "udp" in (section.get("mode").text or "")
    if listens and datagrams:
        reading.put("encryption.in_transit", False, "flag", None, part)
        return
    if not reading.put_flag("encryption.in_transit", section.get("tls"), always, part):
        return
    minimum = section.get("tls.min_version")
    if minimum.there:
        reading.put_version(minimum, None, part)
    verify, hostname = section.get("tls.verify"), section.get("tls.verify_hostname")
    if listens:
        client = section.get("tls.verify_client_cert")
        reading.put_flag("encryption.client_certificates", client, False, part)
        return
    checked, named = reading.flag(verify, True), reading.flag(hostname, False)
    if checked is not None and named is not None:
        weak = verify if not checked else hostname
        reading.put("encryption.in_transit.verified", checked and named, "flag", line(weak), part)


def _scrubbing(
    name: str, output: Section, filters: list[Section], inputs: list[Section], reading: Reading
) -> None:
    """Whether all that an output sends has passed a step that takes values away."""
    part = f"pipeline:{name}"
    if output.hides:
        reading.put("pii.scrubbing", True, "flag", output.hides, part)
        return
    if inputs and all(section.hides for section in inputs):
        reading.put("pii.scrubbing", True, "flag", inputs[0].hides, part)
        return
    covering = [section for section in filters if _covers(section, output)]
    for section in covering:
        if section.get(*_HIDING.get(section.plugin, ("",))).there:
            reading.put("pii.scrubbing", True, "flag", section.line, part)
            return
    scripts = [section for section in covering if section.plugin in ("lua", "wasm")]
    if scripts:
        reading.warn("A script filters what is sent; whether it redacts is not known.", scripts[0].line)
        return
    reading.put("pii.scrubbing", False, "flag", output.line, part)


def _covers(section: Section, output: Section) -> bool:
    """Whether a filter sees all that an output takes: everything, or the same pattern word for word."""
    match = section.get("match")
    if match.text == "*":
        return True
    for key in ("match", "match_regex"):
        mine, wanted = section.get(key).text, output.get(key).text
        if mine is not None and mine == wanted:
            return True
    return False

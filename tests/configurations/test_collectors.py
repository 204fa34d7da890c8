"""OpenTelemetry collector, Fluentd and Fluent Bit: what is received, sampled, redacted and sent."""

from __future__ import annotations

from tests.configurations.reading import origins, read, sample, settings

OTEL = """
receivers: {{otlp: {{protocols: {{grpc: }}}}}}
processors: {processors}
connectors: {connectors}
exporters: {{otlphttp: {{endpoint: "https://sink.example"}}}}
service: {{pipelines: {pipelines}}}
"""


def otel(pipelines: str, processors: str = "{}", connectors: str = "{}") -> dict[tuple[str, str], str | None]:
    """The settings of a small collector."""
    return settings(
        read("otel", OTEL.format(pipelines=pipelines, processors=processors, connectors=connectors))
    )


def test_otel_receivers_without_a_tls_block_are_plaintext() -> None:
    """A receiver is encrypted where its tls block names a certificate, and nowhere else."""
    found = settings(sample("otel", "otel-collector.yaml"))
    assert found["receivers.otlp.protocols.grpc", "encryption.in_transit"] == "true"
    assert found["receivers.otlp.protocols.grpc", "tls.minimum"] == "1.3"
    assert found["receivers.otlp.protocols.grpc", "encryption.client_certificates"] == "true"
    assert found["receivers.otlp.protocols.http", "encryption.in_transit"] == "false"
    bare = otel("{traces: {receivers: [otlp], exporters: [otlphttp]}}")
    assert (
        bare["receivers.otlp.protocols.grpc", "encryption.in_transit"] == "false"
    )  # `grpc:` with nothing behind it


def test_otel_what_no_pipeline_names_is_not_started() -> None:
    """A receiver that is defined and unused does not listen, so nothing is said of it."""
    assert not [part for part, _ in settings(sample("otel", "otel-collector.yaml")) if "zipkin" in part]


def test_otel_exporters() -> None:
    """gRPC is encrypted unless insecure, HTTP by its URL; verification can be skipped."""
    found = settings(sample("otel", "otel-collector.yaml"))
    assert found["exporters.otlp", "encryption.in_transit"] == "true"
    assert found["exporters.otlphttp/logs", "encryption.in_transit"] == "true"
    assert found["exporters.otlphttp/logs", "encryption.in_transit.verified"] == "false"
    assert found["exporters.prometheusremotewrite", "encryption.in_transit"] == "false"
    assert found["exporters.otlp/inside", "encryption.in_transit"] == "false"
    assert found["exporters.otlp/inside", "network.loopback"] == "true"


def test_otel_sampling_percentage_is_a_percent_and_kept_as_a_share() -> None:
    """10 means a tenth; two samplers multiply; more than 100 keeps all; no sampler keeps all."""
    reading = sample("otel", "otel-collector.yaml")
    assert settings(reading)["pipeline:traces", "sampling.traces"] == "0.1"
    assert origins(reading)["pipeline:traces", "sampling.traces"] == "otel-collector.yaml:17"
    two = "{probabilistic_sampler/a: {sampling_percentage: 50}, probabilistic_sampler/b: {sampling_percentage: 150}}"
    names = "[probabilistic_sampler/a, probabilistic_sampler/b]"
    pipe = f"{{traces: {{receivers: [otlp], processors: {names}, exporters: [otlphttp]}}}}"
    assert otel(pipe, two)["pipeline:traces", "sampling.traces"] == "0.5"
    assert (
        otel("{traces: {receivers: [otlp], exporters: [otlphttp]}}")["pipeline:traces", "sampling.traces"]
        == "1"
    )


def test_otel_tail_sampling_is_a_share_only_when_it_is_plain_chance() -> None:
    """One probabilistic policy is a share; policies that look at the trace are not known as one."""
    pipe = "{traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlphttp]}}"
    chance = "{tail_sampling: {policies: [{name: a, type: probabilistic, probabilistic: {sampling_percentage: 25}}]}}"
    assert otel(pipe, chance)["pipeline:traces", "sampling.traces"] == "0.25"
    errors = "{tail_sampling: {policies: [{name: a, type: status_code}, {name: b, type: latency}]}}"
    assert ("pipeline:traces", "sampling.traces") not in otel(pipe, errors)


def test_otel_redaction_defined_but_in_no_pipeline_counts_as_nothing() -> None:
    """Only a pipeline that names the processor is redacted; one that stays on the machine has no row."""
    found = settings(sample("otel", "otel-collector.yaml"))
    rows = {part: value for (part, key), value in found.items() if key == "pii.scrubbing"}
    assert rows == {"pipeline:traces": "true", "pipeline:logs": "true", "pipeline:metrics": "false"}
    unused = otel("{logs: {receivers: [otlp], exporters: [otlphttp]}}", "{redaction: {blocked_values: [x]}}")
    assert unused["pipeline:logs", "pii.scrubbing"] == "false"


def test_otel_statements_for_another_signal_redact_nothing() -> None:
    """A transform whose statements are for logs leaves metrics as they are, although their pipeline names it."""
    assert settings(sample("otel", "otel-collector.yaml"))["pipeline:metrics", "pii.scrubbing"] == "false"


def test_otel_redaction_that_lets_everything_through_is_none() -> None:
    """`allow_all_keys` without blocked values or patterns redacts nothing; attributes that are added neither."""
    pipe = "{{logs: {{receivers: [otlp], processors: [{name}], exporters: [otlphttp]}}}}"
    for name, block, expected in (
        ("redaction", "{redaction: {allow_all_keys: true}}", "false"),
        ("redaction", "{redaction: {allow_all_keys: true, blocked_key_patterns: [x]}}", "true"),
        ("redaction", "{redaction: {allowed_keys: [x]}}", "true"),
        ("attributes", "{attributes: {actions: [{key: a, value: b, action: upsert}]}}", "false"),
        ("attributes", "{attributes: {actions: [{key: a, action: hash}]}}", "true"),
        ("redaction", "{batch: {}}", "false"),  # named, and defined nowhere
    ):
        assert otel(pipe.format(name=name), block)["pipeline:logs", "pii.scrubbing"] == expected, block


def test_otel_redaction_before_a_connector() -> None:
    """A pipeline fed only by redacted ones is redacted; one that also receives directly is not."""
    processors = "{redaction: {blocked_values: [x]}}"
    first = "traces/in: {receivers: [otlp], processors: [redaction], exporters: [forward]}"
    fed = f"{{{first}, traces/out: {{receivers: [forward], exporters: [otlphttp]}}}}"
    assert otel(fed, processors, "{forward: {}}")["pipeline:traces/out", "pii.scrubbing"] == "true"
    mixed = f"{{{first}, traces/out: {{receivers: [forward, otlp], exporters: [otlphttp]}}}}"
    assert otel(mixed, processors, "{forward: {}}")["pipeline:traces/out", "pii.scrubbing"] == "false"


def test_otel_scrapes_like_prometheus() -> None:
    """The jobs of a prometheus receiver are told as Prometheus's own."""
    text = """
receivers: {prometheus: {config: {scrape_configs: [{job_name: db, scheme: https, scrape_interval: 10s}]}}}
exporters: {debug: }
service: {pipelines: {metrics: {receivers: [prometheus], exporters: [debug]}}}
"""
    found = settings(read("otel", text))
    assert found["receivers.prometheus/job:db", "encryption.in_transit"] == "true"
    assert found["receivers.prometheus/job:db", "scrape.interval"] == "10"


def test_fluentd_listeners_are_raw_tcp_without_a_tls_transport() -> None:
    """`<transport tls>` encrypts, with the product's least version and ciphers; without it nothing does."""
    reading = sample("fluentd", "fluent.conf")
    found = settings(reading)
    assert found["source:forward", "encryption.in_transit"] == "true"
    assert found["source:forward", "tls.minimum"] == "1.2"
    assert found["source:forward", "tls.ciphers"] == "ALL:!aNULL:!eNULL:!SSLv2"
    assert found["source:forward", "encryption.client_certificates"] == "true"
    assert found["source:intake", "encryption.in_transit"] == "false"
    assert origins(reading)["source:forward", "encryption.in_transit"] == "fluent.conf:6"


def test_fluentd_outputs() -> None:
    """Each output and each store of a copy: encrypted or not, verified or not."""
    found = settings(sample("fluentd", "fluent.conf"))
    assert found["match:payments.**/elasticsearch", "encryption.in_transit"] == "true"
    assert found["match:payments.**/elasticsearch", "encryption.in_transit.verified"] == "false"
    assert found["match:audit.**/forward", "encryption.in_transit"] == "true"
    assert found["match:audit.**/forward", "encryption.in_transit.verified"] == "false"
    assert found["match:**/http", "encryption.in_transit"] == "false"


def test_fluentd_a_filter_redacts_only_what_it_covers_and_what_comes_after_it() -> None:
    """Another tag is not covered, and a filter behind the match comes too late."""
    found = settings(sample("fluentd", "fluent.conf"))
    assert found["pipeline:payments.**/elasticsearch", "pii.scrubbing"] == "true"
    assert found["pipeline:audit.**/forward", "pii.scrubbing"] == "false"
    hide = "<filter **>\n@type record_transformer\nremove_keys card\n</filter>\n"
    send = "<match **>\n@type http\nendpoint https://sink.example\n</match>\n"
    assert (
        settings(read("fluentd", hide + send, "fluent.conf"))["pipeline:**/http", "pii.scrubbing"] == "true"
    )
    assert (
        settings(read("fluentd", send + hide, "fluent.conf"))["pipeline:**/http", "pii.scrubbing"] == "false"
    )


def test_fluentd_redaction_before_a_label() -> None:
    """What a label receives only through a redacted relabel is redacted."""
    text = """
<filter **>
  @type record_modifier
  remove_keys card
</filter>
<match **>
  @type relabel
  @label @OUT
</match>
<label @OUT>
  <match **>
    @type http
    endpoint https://sink.example
  </match>
</label>
"""
    assert settings(read("fluentd", text, "fluent.conf"))["pipeline:**/http", "pii.scrubbing"] == "true"
    straight = text + "<source>\n@type http\n@label @OUT\n</source>\n"
    assert settings(read("fluentd", straight, "fluent.conf"))["pipeline:**/http", "pii.scrubbing"] == "false"


def test_fluent_bit_tls_and_host_names_are_off_by_default() -> None:
    """Without `tls` an endpoint is plaintext; with it the host's name is still not verified unless asked for."""
    reading = sample("fluent_bit", "fluent-bit.conf")
    found, at = settings(reading), origins(reading)
    assert found["input:forward", "encryption.in_transit"] == "false"
    assert found["output:es", "encryption.in_transit"] == "true"
    assert found["output:es", "encryption.in_transit.verified"] == "false"
    assert at["output:es", "encryption.in_transit.verified"] == "default of Fluent Bit"
    assert found["output:archive", "encryption.in_transit.verified"] == "true"
    assert found["output:archive", "tls.minimum"] == "1.2"
    assert found["output:forward", "encryption.in_transit"] == "false"
    assert found["output:forward", "network.loopback"] == "true"


def test_fluent_bit_redaction_covers_the_same_match() -> None:
    """A filter for some tags does not redact an output of all."""
    found = settings(sample("fluent_bit", "fluent-bit.conf"))
    assert found["pipeline:es", "pii.scrubbing"] == "true"
    assert found["pipeline:archive", "pii.scrubbing"] == "false"


def test_fluent_bit_in_yaml() -> None:
    """The YAML syntax says the same things; a processor of the input redacts what follows."""
    found = settings(sample("fluent_bit", "fluent-bit.yaml"))
    assert found["input:opentelemetry", "encryption.in_transit"] == "true"
    assert found["output:es", "encryption.in_transit.verified"] == "false"
    assert found["pipeline:es", "pii.scrubbing"] == "true"


def test_fluent_bit_a_script_may_redact_or_not() -> None:
    """What a Lua filter does is not known, so nothing is said of the pipeline but that."""
    text = "[FILTER]\n Name lua\n Match *\n[OUTPUT]\n Name http\n Match *\n"
    reading = read("fluent_bit", text, "fluent-bit.conf")
    assert ("pipeline:http", "pii.scrubbing") not in settings(reading)
    assert "script" in reading.warnings[0]

"""OpenTelemetry collector: what its pipelines receive, keep, redact and send.

Sources: the collector's and its contrib components' references. Only what a pipeline names is started, so a component
that is defined and used nowhere counts as nothing. `sampling_percentage` is a percentage, kept as a share.
"""

from __future__ import annotations

from qmsreport.configurations import _otel_scrubbing, _otel_tls, prometheus
from qmsreport.configurations.reading import File, Reading, line
from qmsreport.configurations.yaml_tree import Node, document

PRODUCT = "otel"
TITLE = "the OpenTelemetry collector"
PATTERNS = (
    "**/otel-collector.yaml", "**/otel-collector.yml", "**/otelcol.yaml", "**/otelcol.yml", "**/opentelemetry.yaml",
    "**/opentelemetry.yml", "**/otel-config.yaml", "**/otel-config.yml", "**/otel-collector-config.yaml",
    "**/otel-collector-config.yml", "**/otelcol/config.yaml", "**/otelcol-contrib/config.yaml", "**/otel-gateway.yaml",
    "**/otel-agent.yaml",
)  # fmt: skip
KINDS = ("settings",)
_KEYS = ("receivers", "exporters", "processors", "service", "connectors", "extensions")


def read(file: File) -> Reading:
    """See `qmsreport.configurations`."""
    found = document(file.text, TITLE, _KEYS)
    reading = Reading(file, PRODUCT, TITLE)
    collector(found, reading)
    return reading


def collector(found: Node, reading: Reading) -> None:
    """Everything that the pipelines use; Jaeger 2 is such a collector too."""
    pipelines = dict(found.get("service", "pipelines").items())
    if not pipelines:
        reading.warn("It has no service.pipelines, so nothing in it runs; another file may hold them.")
    connectors = {name for name, _ in found.get("connectors").items()}
    for group, say in (("receivers", _receiver), ("exporters", _otel_tls.exporter)):
        defined = dict(found.get(group).items())
        used = {
            name: node
            for pipe in pipelines.values()
            for node in pipe.get(group).each()
            if (name := node.text)
        }
        for name, node in used.items():
            if name in defined:
                say(name, defined[name], reading, f"{group}.{name}")
            elif name not in connectors:
                reading.warn(f"The pipelines name {group}.{name}, which is not in this file.", node.line)
    for name, pipeline in pipelines.items():
        if _otel_tls.component(name) == "traces":
            _sampling(name, pipeline, found.get("processors"), reading)
    _otel_scrubbing.pipelines(found, reading)


def _receiver(name: str, block: Node, reading: Reading, part: str) -> None:
    if _otel_tls.component(name) == "prometheus":
        prometheus.jobs(block.get("config", "scrape_configs"), reading, f"{part}/")
    else:
        _otel_tls.receiver(name, block, reading, part)


def _sampling(name: str, pipeline: Node, defined: Node, reading: Reading) -> None:
    """The share of traces that a pipeline lets through; without a sampler all of them."""
    share: float = 1.0
    at: int | None = None
    for step in pipeline.get("processors").each():
        block = defined.get(step.text or "")
        kind = _otel_tls.component(step.text or "")
        if kind == "probabilistic_sampler":
            percent = block.get("sampling_percentage")
        elif kind == "tail_sampling":
            policies = block.get("policies").each()
            only = policies[0] if len(policies) == 1 else None
            if only is not None and only.get("type").text == "always_sample":
                continue
            if only is None or only.get("type").text != "probabilistic":
                reading.warn(
                    f"{block.path}: its policies decide trace by trace, so the share is not known.",
                    block.line,
                )
                return
            percent = only.get("probabilistic", "sampling_percentage")
        else:
            continue
        found = reading.number(percent, 0.0)  # the component's own default drops everything
        if found is None:
            return
        share *= min(max(found / 100, 0.0), 1.0)  # 100 and more keep all
        at = line(percent) or block.line
    origin = "the OpenTelemetry collector without a sampler"
    reading.put("sampling.traces", share, "share", at, f"pipeline:{name}", origin)

"""What is asked of a server where nothing else is configured: the use of machines, and how the monitoring itself fares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """One table of `[[sources.NAME.metrics]]`: a value to record for each window, `$window` standing for it."""

    name: str
    query: str
    unit: str = ""
    window_seconds: int = 3600


_REAL_DISKS = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|devtmpfs"'
_MACHINES = (
    MetricQuery(
        name="cpu_utilisation",
        query='1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode="idle"}[$window]))',
        unit="ratio",
    ),
    MetricQuery(
        name="memory_utilisation",
        query="1 - sum by (job, instance) (avg_over_time(node_memory_MemAvailable_bytes[$window]))"
        " / sum by (job, instance) (avg_over_time(node_memory_MemTotal_bytes[$window]))",
        unit="ratio",
    ),
    MetricQuery(
        name="disk_utilisation",
        query=f"1 - avg by (job, instance, mountpoint) (avg_over_time(node_filesystem_avail_bytes{{{_REAL_DISKS}}}[$window]))"
        f" / avg by (job, instance, mountpoint) (avg_over_time(node_filesystem_size_bytes{{{_REAL_DISKS}}}[$window]))",
        unit="ratio",
    ),
)
_NOTIFICATIONS = (
    MetricQuery(
        name="notifications",
        query="sum by (job, integration) (increase(alertmanager_notifications_total[$window]))",
        unit="notifications",
    ),
    MetricQuery(
        name="failed_notifications",
        query="sum by (job, integration) (increase(alertmanager_notifications_failed_total[$window]))",
        unit="notifications",
    ),
)


def _grown(counter: str, labels: str) -> str:
    return f"sum by ({labels}) (increase({counter}[$window]))"


def _either(counter: str, labels: str, matcher: str = "") -> str:
    """A counter of the collector, whose name ends with `_total` or, in older versions, does not."""
    return f"({_grown(f'{counter}_total{matcher}', labels)} or {_grown(f'{counter}{matcher}', labels)})"


def _telemetry(part: str, kept: str, lost: str) -> tuple[str, str]:
    """Queries of what a part of the collector was given, and of what it lost, signal by signal.

    A counter of the collector appears with its first event, so one that is missing beside its sibling is zero.
    """
    labels = f"job, instance, {part}"
    tried, failed = [], []
    for signal in ("spans", "metric_points", "log_records"):
        good, bad = (_either(f"otelcol_{part}_{word}_{signal}", labels) for word in (kept, lost))
        filled = f"({bad} or {good} * 0)"
        named = 'label_replace({}, "signal", "' + signal + '", "", "")'
        tried.append(named.format(f"({good} or {bad} * 0) + {filled}"))
        failed.append(named.format(filled))
    return " or ".join(tried), " or ".join(failed)


def _samplers() -> tuple[str, str]:
    """Queries of the traces that samplers decided on, and of those they kept."""
    labels = "job, instance"
    seen, kept = [], []
    for sampler, counter in (
        ("probabilistic", "otelcol_processor_probabilistic_sampler_count_traces_sampled"),
        ("tail", "otelcol_processor_tail_sampling_global_count_traces_sampled"),
    ):
        all_of_them, true = _either(counter, labels), _either(counter, labels, '{sampled="true"}')
        named = 'label_replace({}, "sampler", "' + sampler + '", "", "")'
        seen.append(named.format(all_of_them))
        kept.append(named.format(f"({true} or {all_of_them} * 0)"))
    return " or ".join(seen), " or ".join(kept)


def _monitoring() -> tuple[MetricQuery, ...]:
    server = "job, instance"
    dropped = _grown("prometheus_notifications_dropped_total", server)
    loaded = "min by (job, instance) (min_over_time({}_config_last_reload_successful[$window]))"
    exported, failed = _telemetry("exporter", "sent", "send_failed")
    received, refused = _telemetry("receiver", "accepted", "refused")
    seen, kept = _samplers()
    wanted = (
        ("rule_evaluations", _grown("prometheus_rule_evaluations_total", server), "evaluations"),
        (
            "failed_rule_evaluations",
            _grown("prometheus_rule_evaluation_failures_total", server),
            "evaluations",
        ),
        # what the queue had no room for was never sent, so that both are counted
        (
            "forwarded_alerts",
            f"{_grown('prometheus_notifications_sent_total', server)} + {dropped}",
            "alerts",
        ),
        ("dropped_alerts", dropped, "alerts"),
        (
            "configuration_loaded",
            " or ".join(loaded.format(product) for product in ("prometheus", "alertmanager")),
            "flag",
        ),
        ("exported_telemetry", exported, "records"),
        ("failed_exports", failed, "records"),
        ("received_telemetry", received, "records"),
        ("refused_telemetry", refused, "records"),
        ("seen_traces", seen, "traces"),
        ("kept_traces", kept, "traces"),
    )
    return tuple(MetricQuery(name=name, query=query, unit=unit) for name, query, unit in wanted)


DEFAULT_METRICS = (*_MACHINES, *_NOTIFICATIONS, *_monitoring())

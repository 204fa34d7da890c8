"""What the monitoring says of itself, asked of a real Prometheus by the queries that need no configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from qmsreport import config, sources
from qmsreport.extracts import Source
from tests.sources import prometheus_server as real
from tests.sources.test_prometheus import Memory

HOURS = 6
# the collector's counters end with _total in newer versions; what has not happened yet has no series
COUNTERS = {
    'prometheus_rule_evaluations_total{job="server",instance="p"}': 20,
    'prometheus_rule_evaluation_failures_total{job="server",instance="p"}': 1,
    'prometheus_notifications_sent_total{job="server",instance="p",alertmanager="a"}': 3,
    'prometheus_notifications_dropped_total{job="server",instance="p"}': 1,
    'otelcol_exporter_sent_spans_total{job="collector",instance="new",exporter="otlp"}': 100,
    'otelcol_exporter_sent_log_records{job="collector",instance="old",exporter="otlp"}': 40,
    'otelcol_exporter_send_failed_log_records{job="collector",instance="old",exporter="otlp"}': 2,
    'otelcol_exporter_send_failed_metric_points_total{job="collector",instance="new",exporter="lost"}': 7,
    'otelcol_receiver_accepted_spans_total{job="collector",instance="new",receiver="otlp"}': 90,
    'otelcol_receiver_refused_spans_total{job="collector",instance="new",receiver="otlp"}': 10,
    'otelcol_processor_probabilistic_sampler_count_traces_sampled_total{job="collector",instance="new",sampled="true"}': 5,
    'otelcol_processor_probabilistic_sampler_count_traces_sampled_total{job="collector",instance="new",sampled="false"}': 95,
    'otelcol_processor_tail_sampling_global_count_traces_sampled{job="collector",instance="old",sampled="false"}': 8,
}
STALE = 30  # the sample at which a configuration was not in force: in the third hour
LOADED = {"prometheus": '{job="server",instance="p"}', "alertmanager": '{job="router",instance="a"}'}


def openmetrics() -> Iterator[str]:
    """Every counter grows alike every five minutes for six hours; one configuration fails to load for a moment."""
    begin = int((real.START - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001  # naive UTC
    stamps = [begin + index * real.STEP for index in range(HOURS * 12 + 1)]
    for name in sorted({series.partition("{")[0] for series in COUNTERS}):
        kind = "counter" if name.endswith("_total") else "unknown"
        yield f"# TYPE {name.removesuffix('_total') if kind == 'counter' else name} {kind}\n"
        for series, step in COUNTERS.items():
            if series.startswith(f"{name}{{"):
                yield from (f"{series} {step * index} {stamp}\n" for index, stamp in enumerate(stamps))
    for product, labels in LOADED.items():
        name = f"{product}_config_last_reload_successful"
        yield f"# TYPE {name} gauge\n"
        for index, stamp in enumerate(stamps):
            yield f"{name}{labels} {int(product != 'prometheus' or index != STALE)} {stamp}\n"
    yield "# EOF\n"


Series = dict[tuple[str, ...], list[float]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Series]:
    """For each metric the hourly values of each series, by what its labels say."""
    folder = tmp_path_factory.mktemp("prommetrics")
    blocks = real.blocks_once(tmp_path_factory, "prometheus-self", openmetrics)
    found: dict[str, Series] = {}
    with real.prometheus(folder, blocks) as url:
        for extract in _source(folder, url).extract(
            real.START, real.START + timedelta(hours=HOURS), Memory()
        ):
            assert extract.error is None, extract.error
            rows = Memory().commit(extract).get("metric_windows")
            for row in () if rows is None else rows.sort("window_start").iter_rows(named=True):
                labels = tuple(json.loads(row["labels"]).values())
                found.setdefault(row["metric"], {}).setdefault(labels, []).append(row["value"])
    return found


def _source(folder: Path, url: str, more: str = "") -> Source:
    place = folder / "qmsreport.toml"
    place.write_text(
        f'[organisation]\nname = "Acme"\n[sources.metrics]\nkind = "prometheus"\nurl = "{url}"\ncollect = ["metrics"]\n{more}'
    )
    [source] = sources.build(config.load(place))
    return source


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        ("rule_evaluations", {("p", "server"): 20}),
        ("failed_rule_evaluations", {("p", "server"): 1}),
        ("forwarded_alerts", {("p", "server"): 4}),
        ("dropped_alerts", {("p", "server"): 1}),
        (
            "exported_telemetry",
            {
                ("otlp", "new", "collector", "spans"): 100,
                ("otlp", "old", "collector", "log_records"): 42,
                ("lost", "new", "collector", "metric_points"): 7,
            },
        ),
        (
            "failed_exports",
            {
                ("otlp", "new", "collector", "spans"): 0,
                ("otlp", "old", "collector", "log_records"): 2,
                ("lost", "new", "collector", "metric_points"): 7,
            },
        ),
        ("received_telemetry", {("new", "collector", "otlp", "spans"): 100}),
        ("refused_telemetry", {("new", "collector", "otlp", "spans"): 10}),
        (
            "seen_traces",
            {("new", "collector", "probabilistic"): 100, ("old", "collector", "tail"): 8},
        ),
        ("kept_traces", {("new", "collector", "probabilistic"): 5, ("old", "collector", "tail"): 0}),
    ],
)
def test_counters(metric: str, wanted: dict[tuple[str, ...], float], measured: dict[str, Series]) -> None:
    """Each counter grows by twelve steps an hour; what never happened is zero beside a sibling that did."""
    found = measured[metric]
    assert found.keys() == wanted.keys()
    for labels, step in wanted.items():
        assert found[labels][1:] == pytest.approx([12 * step] * (len(found[labels]) - 1)), labels
        assert len(found[labels]) in (HOURS - 1, HOURS)


def test_a_configuration_that_did_not_load_for_a_moment(measured: dict[str, Series]) -> None:
    """The hour with the failed load is 0, the others are 1."""
    found = measured["configuration_loaded"]
    assert found["p", "server"] == [1, 1, 0, 1, 1, 1]
    assert found["a", "router"] == [1] * HOURS


OWN = """
[[sources.metrics.metrics]]
name = "audit_records"
query = 'sum(increase(audit_total[$window]))'
[[sources.metrics.metrics]]
name = "kept_traces"
query = "vector(7)"
"""


@pytest.mark.parametrize(("more", "count"), [("", 2), ("default_metrics = true", 17)])
def test_own_metrics_beside_those_that_need_no_configuration(more: str, count: int, tmp_path: Path) -> None:
    """Own metrics stand alone unless the others are asked for too; one of the same name replaces its own."""
    subjects, kept = set(), pl.DataFrame()
    with real.prometheus(tmp_path, None) as url:
        source = _source(tmp_path, url, f"{more}\n{OWN}")
        for extract in source.extract(real.START, real.START + timedelta(hours=1), Memory()):
            subjects.add(extract.subject)
            if extract.subject == "metric:kept_traces":
                kept = Memory().commit(extract)["metric_windows"]
    assert {"metric:audit_records", "metric:kept_traces"} <= subjects
    assert len([name for name in subjects if name.startswith("metric:")]) == count
    assert kept["value"].to_list() == [7.0]

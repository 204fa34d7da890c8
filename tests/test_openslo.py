"""OpenSLO v1 files become the same objectives that `[[slo]]` tables give, or are refused field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from qmsreport import config, openslo
from qmsreport.config import Config, SloEntry
from qmsreport.errors import ConfigError
from qmsreport.sources import _promql

HEAD = {"apiVersion": "openslo/v1"}


def metric(query: str, **more: Any) -> dict[str, Any]:
    """A metric of a ratio or threshold."""
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}, **more}}


def slo(name: str = "checkout", **spec: Any) -> dict[str, Any]:
    """An SLO document that is right but for what the test changes; a value of None removes the field."""
    ratio = {"counter": True, "good": metric('http_total{code!~"5.."}'), "total": metric("http_total")}
    usual: dict[str, Any] = {
        "service": "shop",
        "indicator": {"metadata": {"name": "i"}, "spec": {"ratioMetric": ratio}},
        "timeWindow": [{"duration": "4w", "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": "Good", "target": 0.99}],
    }
    body = {key: value for key, value in (usual | spec).items() if value is not None}
    return {**HEAD, "kind": "SLO", "metadata": {"name": name, "displayName": "Checkout works"}, "spec": body}


def indicator(**spec: Any) -> dict[str, Any]:
    """An inline indicator."""
    return {"metadata": {"name": "i"}, "spec": spec}


def configured(folder: Path, *documents: dict[str, Any], text: str = "") -> Config:
    """A configuration that reads one file with these documents."""
    (folder / "objectives.yaml").write_text(yaml.safe_dump_all(documents))
    (folder / "qmsreport.toml").write_text(
        '[organisation]\nname = "A"\ntime_zone = "Europe/Berlin"\n[slo_policy]\nfiles = ["*.yaml"]\n'
        '[[service]]\nname = "shop"\n[sources.metrics]\nkind = "prometheus"\nurl = "http://x"\n' + text
    )
    return config.load(folder / "qmsreport.toml")


def read(folder: Path, *documents: dict[str, Any]) -> list[SloEntry]:
    """The objectives of these documents."""
    return list(openslo.objectives(configured(folder, *documents)))


def test_a_ratio_of_counters(tmp_path: Path) -> None:
    """Good and total become the two counters, with service, target, window and title."""
    assert read(tmp_path, slo()) == [
        SloEntry(
            id="checkout",
            objective=0.99,
            service="shop",
            title="Good",
            good='http_total{code!~"5.."}',
            valid="http_total",
            rolling_days=28,
        )
    ]


def test_bad_events_are_kept_as_bad(tmp_path: Path) -> None:
    """A ratio of bad to total is asked as such, in one query, and good is worked out from it."""
    bad = {"counter": True, "bad": metric('http_total{code=~"5.."}'), "total": metric("http_total")}
    [entry] = read(tmp_path, slo(indicator=indicator(ratioMetric=bad)))
    assert (entry.bad, entry.good, entry.valid) == ('http_total{code=~"5.."}', "", "http_total")
    assert _promql.sli(entry, 30) == _promql.SliQuery(
        'label_replace(sum(increase(http_total{code=~"5.."}[300s])), "sli", "bad", "", "") or '
        'label_replace(sum(increase(http_total[300s])), "sli", "valid", "", "")',
        fill=True,
        counts="bad",
    )


@pytest.mark.parametrize(("sense", "expected"), [("success", "share"), ("failure", "1 - (share)")])
def test_raw_ratios_are_ready_made(tmp_path: Path, sense: str, expected: str) -> None:
    """A raw ratio of successes is the share itself; one of failures is turned round."""
    [entry] = read(tmp_path, slo(indicator=indicator(ratioMetric={"rawType": sense, "raw": metric("share")})))
    assert (entry.kind, entry.metric) == ("ready", expected)


def test_a_threshold_with_time_slices(tmp_path: Path) -> None:
    """A threshold takes operator and value from its objective; time slices give the window and their target."""
    objective = {
        "op": "lt",
        "value": 5,
        "targetPercent": 99.9,
        "timeSliceTarget": 0.9,
        "timeSliceWindow": "1m",
    }
    document = slo(
        indicator=None,
        indicatorRef="depth",
        budgetingMethod="Timeslices",
        timeWindow=[
            {"duration": "1Q", "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "Europe/Berlin"}}
        ],
        objectives=[objective],
    )
    sli = {
        **HEAD,
        "kind": "SLI",
        "metadata": {"name": "depth"},
        "spec": {"thresholdMetric": metric("queue_depth")},
    }
    [entry] = read(tmp_path, document, sli)
    assert entry == SloEntry(
        id="checkout",
        objective=0.999,
        service="shop",
        title="Checkout works",
        kind="threshold",
        metric="queue_depth",
        operator="<",
        threshold=5.0,
        window_seconds=60,
        budgeting="timeslices",
        timeslice_target=0.9,
    )


def test_several_objectives_become_several_entries(tmp_path: Path) -> None:
    """Each objective of a document gets its own id, from its name or its number."""
    rows = [{"displayName": "Very Good!", "target": 0.99}, {"target": 0.999}]
    assert [entry.id for entry in read(tmp_path, slo(objectives=rows))] == [
        "checkout-very-good",
        "checkout-2",
    ]


def test_the_source_comes_from_the_reference(tmp_path: Path) -> None:
    """A metricSourceRef names a source of the configuration, or a DataSource document that says its type."""
    ratio = {
        "counter": True,
        "good": {"metricSource": {"metricSourceRef": "metrics", "spec": {"query": "a"}}},
        "total": {"metricSource": {"metricSourceRef": "metrics", "spec": {"query": "b"}}},
    }
    assert read(tmp_path, slo(indicator=indicator(ratioMetric=ratio)))[0].source == "metrics"
    declared = {"metricSource": {"metricSourceRef": "other", "spec": {"query": "a"}}}
    ratio = {"counter": True, "good": declared, "total": declared}
    data = {**HEAD, "kind": "DataSource", "metadata": {"name": "other"}, "spec": {"type": "prometheus"}}
    assert read(tmp_path, slo(indicator=indicator(ratioMetric=ratio)), data)[0].source == ""


def test_objectives_of_both_places_are_read(tmp_path: Path) -> None:
    """Those of the configuration come first; other kinds of document are passed over."""
    policy = {**HEAD, "kind": "AlertPolicy", "metadata": {"name": "p"}, "spec": {}}
    text = '[[slo]]\nid = "own"\nobjective = 0.9\ngood = "a"\nvalid = "b"\n'
    found = openslo.objectives(configured(tmp_path, slo(), policy, text=text))
    assert [entry.id for entry in found] == ["own", "checkout"]


def test_without_files_the_configuration_is_all(tmp_path: Path) -> None:
    """No files configured: the objectives are those of the configuration, and no YAML is read."""
    (tmp_path / "qmsreport.toml").write_text('[organisation]\nname = "A"\n')
    assert openslo.objectives(config.load(tmp_path / "qmsreport.toml")) == ()


GAUGE = indicator(thresholdMetric=metric("depth"))


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"budgetingMethod": "Rolling"}, "spec.budgetingMethod: 'Rolling' is none of Occurrences"),
        ({"objectives": []}, "spec.objectives: must be a list"),
        ({"objectives": [{"target": 99.9}]}, r"spec.objectives\[0\].target: 99.9 is not between 0 and 1"),
        (
            {"objectives": [{"targetPercent": "much"}]},
            r"objectives\[0\].targetPercent: 'much' is not a number",
        ),
        ({"objectives": [{}]}, r"objectives\[0\].target: write either 'target' or 'targetPercent'"),
        ({"objectives": [{"target": 0.9, "goal": 1}]}, r"objectives\[0\].goal: unknown field"),
        (
            {"objectives": [{"target": 0.9, "op": "lte"}]},
            r"objectives\[0\].op: only a thresholdMetric is compared",
        ),
        ({"objectives": [{"target": 0.9, "indicatorRef": "i"}]}, "composite objectives are not judged"),
        ({"budgetingMethod": "Timeslices"}, r"objectives\[0\].timeSliceTarget: missing"),
        ({"timeWindow": [{"duration": "36h", "isRolling": True}]}, r"duration: '36h' is not whole days"),
        ({"timeWindow": [{"duration": "soon", "isRolling": True}]}, r"duration: 'soon' is not a duration"),
        (
            {"timeWindow": [{"duration": "1w", "calendar": {}}]},
            "a calendar window of '1w' is not cut by the report",
        ),
        (
            {"timeWindow": [{"duration": "1M", "calendar": {"timeZone": "UTC"}}]},
            "calendar.timeZone: is 'UTC', but the report",
        ),
        ({"timeWindow": []}, "spec.timeWindow: must be a list"),
        ({"indicatorRef": "i"}, "spec.indicator: write either"),
        ({"indicator": None, "indicatorRef": "nowhere"}, "no SLI is named 'nowhere'"),
        ({"indicator": indicator()}, "write either 'thresholdMetric' or 'ratioMetric'"),
        ({"indicator": GAUGE}, r"objectives\[0\].value: a thresholdMetric needs a number"),
        (
            {"indicator": GAUGE, "objectives": [{"target": 0.9, "value": 1}]},
            r"objectives\[0\].op: None is none of lte",
        ),
        (
            {"indicator": indicator(ratioMetric={"good": metric("a")})},
            "needs 'total' and one of 'good' and 'bad'",
        ),
        (
            {"indicator": indicator(ratioMetric={"good": metric("a"), "total": metric("b")})},
            "'counter' is not true and the query has no range",
        ),
        (
            {"indicator": indicator(ratioMetric={"raw": metric("a")})},
            "rawType: None is none of success, failure",
        ),
        (
            {"indicator": indicator(ratioMetric={"god": 1})},
            "ratioMetric.god: unknown field. Did you mean 'good'",
        ),
        (
            {"indicator": indicator(thresholdMetric=metric("a", type="Datadog"))},
            "'Datadog' is not read. Only Prometheus is",
        ),
        ({"indicator": indicator(thresholdMetric=metric(""))}, "metricSource.spec.query: missing"),
        (
            {"indicator": indicator(thresholdMetric=metric("a", metricSourceRef="metric"))},
            r"no \[sources.metric\]. Did you mean 'metrics'",
        ),
        ({"service": "shoe"}, "the service 'shoe', which no .* has. Did you mean 'shop'"),
        ({"service": None}, "spec.service: missing"),
        ({"timeWindows": []}, "spec.timeWindows: unknown field. Did you mean 'timeWindow'"),
    ],
)
def test_what_cannot_be_honoured_is_refused(tmp_path: Path, spec: dict[str, Any], sentence: str) -> None:
    """Whatever the report cannot do as written is one sentence with file, document and field."""
    with pytest.raises(ConfigError, match=sentence) as error:
        read(tmp_path, slo(**spec))
    [problem] = error.value.problems
    assert "checkout" in problem
    assert problem.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "kind: SLO\napiVersion: openslo/v1alpha\n",
            "objectives.yaml: document 1 has apiVersion 'openslo/v1alpha'",
        ),
        ("apiVersion: openslo/v1\nkind: SLOO\n", "kind 'SLOO' is unknown. Did you mean 'SLO'"),
        ("apiVersion: openslo/v1\nkind: SLO\n", "metadata.name: missing"),
        ("- 1\n", "document 1 has no 'kind'"),
        ("a: [1\nb: 2\n", "objectives.yaml: is not YAML in line 2"),
        ("\x00", "objectives.yaml: is not YAML"),
    ],
)
def test_files_that_are_not_openslo_are_named(tmp_path: Path, text: str, sentence: str) -> None:
    """A file that is no OpenSLO v1 is named with the document or line at fault."""
    settings = configured(tmp_path)
    (tmp_path / "objectives.yaml").write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        openslo.objectives(settings)


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    """Problems in several documents, and a name that stands twice, come together."""
    with pytest.raises(ConfigError) as error:
        read(tmp_path, slo("a", budgetingMethod="x"), slo("b", objectives=[]), slo("c"), slo("c"))
    assert len(error.value.problems) == 3
    assert "The objective 'c' is defined twice" in error.value.problems[2]


def test_a_pattern_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    """Objectives that were to be read and are not there are missing loudly."""
    settings = configured(tmp_path)
    (tmp_path / "objectives.yaml").unlink()
    with pytest.raises(ConfigError, match=r"nothing matches .*\*.yaml"):
        openslo.objectives(settings)

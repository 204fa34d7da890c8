"""Alertmanager: where an alert ends, held against the product's own tool."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsreport.configurations import Unreadable, routing
from qmsreport.configurations.routing import Matcher, matchers
from qmsreport.configurations.yaml_tree import load
from tests.configurations import reading as helper
from tests.configurations.reading import SAMPLES, origins, read, sample

RECEIVERS = ("a", "b", "c", "d")
WORDS = ("critical", "high", "low", "payments", "shop", "")
PATTERNS = ("critical|high", "crit.*", ".*", ".+", "", "pay", "[^c].*", "(?i)CRITICAL")
LABELS = ("severity", "service", "team")


def asked(path: Path, labels: Mapping[str, str]) -> list[str]:
    """The receivers that amtool names for an alert."""
    command = ["amtool", "config", "routes", "test", f"--config.file={path}"]
    given = [f"{name}={json.dumps(value)}" for name, value in labels.items()]
    done = subprocess.run([*command, *given], capture_output=True, text=True, check=True)
    return done.stdout.strip().split(",")


def answered(text: str, labels: Mapping[str, str]) -> list[str]:
    """The receivers that we name for an alert."""
    return [route.receiver for route in routing.match(routing.parse(load(text).get("route")), labels)]


HAND_WRITTEN = """
route:
  receiver: a
  routes:
    - matchers: ['severity="critical"']
      receiver: b
      continue: true
    - matchers: ['{severity=~"critical|high", service!="sandbox"}']
      receiver: c
      routes:
        - match: {service: payments}
          receiver: d
          continue: true
        - match_re: {service: "pay.*"}
        - matchers: ['team!~".+"', service=shop]
          receiver: b
    - matchers: ['team = "we, \\"quoted\\" = us"']
      receiver: d
    - match_re: {severity: "lo"}
      receiver: d
receivers: [{name: a}, {name: b}, {name: c}, {name: d}]
"""


@pytest.mark.parametrize(
    "labels",
    [
        {"severity": "critical"},
        {"severity": "critical", "service": "payments"},
        {"severity": "critical", "service": "sandbox"},
        {"severity": "high", "service": "shop"},
        {"severity": "high", "service": "shop", "team": "x"},
        {"severity": "high", "service": "paylater"},
        {"severity": "low"},  # a regular expression is anchored: "lo" is not "low"
        {"severity": "lo"},
        {"team": 'we, "quoted" = us'},
        {"service": "payments"},
    ],
)
def test_a_tree_written_by_hand(labels: dict[str, str], tmp_path: Path) -> None:
    """Old and new matchers, continue, nesting, inheritance, anchoring, quoting and absent labels, as amtool has it."""
    path = tmp_path / "alertmanager.yml"
    path.write_text(HAND_WRITTEN, "utf-8")
    assert answered(HAND_WRITTEN, labels) == asked(path, labels)


def _children(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    quoted = st.tuples(st.sampled_from(LABELS), st.sampled_from(("=", "!=")), st.sampled_from(WORDS))
    matched = st.tuples(st.sampled_from(LABELS), st.sampled_from(("=~", "!~")), st.sampled_from(PATTERNS))
    new = st.lists(
        (quoted | matched).map(lambda it: f"{it[0]}{it[1]}{json.dumps(it[2])}"), min_size=1, max_size=2
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "receiver": st.sampled_from(RECEIVERS),
            "continue": st.booleans(),
            "matchers": new,
            "match": st.dictionaries(st.sampled_from(LABELS), st.sampled_from(WORDS), max_size=1),
            "match_re": st.dictionaries(st.sampled_from(LABELS), st.sampled_from(PATTERNS), max_size=1),
            "routes": st.lists(inner, max_size=3),
        },
    )


TREES = st.lists(st.recursive(_children(st.just({})), _children, max_leaves=6), max_size=4)
ALERTS = st.dictionaries(
    st.sampled_from(LABELS), st.sampled_from([word for word in WORDS if word]), max_size=3
)


@settings(max_examples=60, deadline=None)
@given(TREES, ALERTS)
def test_any_tree_sends_any_alert_where_amtool_sends_it(
    routes: list[dict[str, Any]], labels: dict[str, str]
) -> None:
    """Whatever the tree and the alert, the same receivers in the same order."""
    document = {
        "route": {"receiver": "a", "routes": routes},
        "receivers": [{"name": name} for name in RECEIVERS],
    }
    text = json.dumps(document)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "alertmanager.yml")
        path.write_text(text, "utf-8")
        assert answered(text, labels) == asked(path, labels)


@settings(max_examples=200, deadline=None)
@given(TREES, ALERTS)
def test_every_alert_ends_somewhere(routes: list[dict[str, Any]], labels: dict[str, str]) -> None:
    """There is always a route that takes it, and it is one of the tree."""
    tree = routing.parse(load(json.dumps({"receiver": "a", "routes": routes})))
    ends = routing.match(tree, labels)
    assert ends
    everywhere = list(routing.every(tree))
    assert all(any(end is route for route in everywhere) for end in ends)


def test_the_product_itself_accepts_the_sample() -> None:
    """The sample is a configuration that Alertmanager would load."""
    subprocess.run(["amtool", "check-config", SAMPLES / "alertmanager.yml"], check=True, capture_output=True)


def test_every_severity_and_service_has_its_routes() -> None:
    """One row for each receiver that an alert of a severity reaches, by service; the line is the route's."""
    found = sample("alertmanager", "alertmanager.yml", services=("payments", "sandbox"))
    rows = {(row.severity, row.service, row.receiver): row for row in found.alert_routes}
    assert {row.severity for row in found.alert_routes} == {
        "critical",
        "high",
        "warning",
        "medium",
        "low",
        "info",
    }
    assert {key for key in rows if key[0] == "critical"} == {
        ("critical", "*", "pager"),
        ("critical", "*", "chat"),
        ("critical", "payments", "pager"),
        ("critical", "payments", "payments"),
        ("critical", "sandbox", "pager"),
    }
    paged = rows["critical", "*", "pager"]
    assert (paged.router, paged.channels, paged.send_resolved) == (
        "alertmanager:alertmanager.yml",
        ["pagerduty"],
        True,
    )
    assert (paged.group_by, paged.group_wait_seconds, paged.repeat_interval_seconds) == (
        ["alertname"],
        10.0,
        14400.0,
    )
    assert paged.origin == "alertmanager.yml:12"
    assert rows["high", "*", "chat"].send_resolved is False  # Slack's own default
    muted = rows["critical", "payments", "payments"]
    assert (muted.mute_intervals, muted.group_by) == (["weekend"], ["..."])
    assert muted.channels == ["opsgenie", "webhook"]


def test_a_receiver_without_integrations_reaches_nobody() -> None:
    """Its row has no channel, and its severity counts as not alerted."""
    found = sample("alertmanager", "alertmanager.yml")
    low = [row for row in found.alert_routes if row.severity == "low"]
    assert [(row.receiver, row.channels) for row in low] == [("nobody", [])]
    values = helper.settings(found)
    assert values["", "alerting.severity.low"] == "false"
    assert values["", "alerting.severity.critical"] == "true"


def test_intervals_are_not_inherited() -> None:
    """A child of a muted route is not muted; an active interval is one too, told the other way round."""
    text = """
route:
  receiver: a
  routes:
    - matchers: ['severity="high"']
      mute_time_intervals: [night]
      active_time_intervals: [office]
      routes: [{matchers: ['service="shop"']}]
receivers: [{name: a}]
"""
    tree = routing.parse(load(text).get("route"))
    assert routing.match(tree, {"severity": "high"})[0].muted_in == ("night", "outside office")
    assert routing.match(tree, {"severity": "high", "service": "shop"})[0].muted_in == ()


def test_channels_are_encrypted_as_configured() -> None:
    """E-mail unless told otherwise, hosted services by default, webhooks by their address; unused receivers are left out."""
    found = sample("alertmanager", "alertmanager.yml")
    values = helper.settings(found)
    assert values["receiver:mail/email", "encryption.in_transit"] == "false"
    assert values["receiver:mail/email:2", "encryption.in_transit"] == "true"
    assert values["receiver:mail/email:2", "encryption.in_transit.verified"] == "false"
    assert values["receiver:pager/pagerduty", "encryption.in_transit"] == "true"
    assert origins(found)["receiver:chat/slack", "encryption.in_transit"] == "alertmanager.yml:6"
    assert values["receiver:payments/webhook", "encryption.in_transit"] == "false"
    assert not [part for part, _ in values if "unused" in part]
    assert values["", "alerting.grouping"] == "300"


def test_an_address_that_the_api_hides_is_unknown() -> None:
    """Alertmanager shows `<secret>` for an address: whether it is encrypted is not known then, and said."""
    text = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: <secret>}]}]"
    found = read("alertmanager", text)
    assert ("receiver:a/webhook", "encryption.in_transit") not in helper.settings(found)
    assert "not known" in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b", [("a", "=", "b")]),
        ('a!~"x|y"', [("a", "!~", "x|y")]),
        (' a = "b" , c =~ "d{1,2}" ', [("a", "=", "b"), ("c", "=~", "d{1,2}")]),
        ('{a="b",}', [("a", "=", "b")]),
        ('"a label"="x"', [("a label", "=", "x")]),
        (r'a="say \"yes\"\n"', [("a", "=", 'say "yes"\n')]),
        ("a=", [("a", "=", "")]),
    ],
)
def test_matchers_are_read(text: str, expected: list[tuple[str, str, str]]) -> None:
    """One or several matchers in one text, quoted or not."""
    assert matchers(text) == [Matcher(*parts) for parts in expected]


@pytest.mark.parametrize("text", ["a", "a==b=", "=x", 'a="b', 'a=~"["'])
def test_a_matcher_that_is_none_is_told_with_its_line(text: str) -> None:
    """A matcher that cannot be read is told with its line and without its words."""
    document = f"route:\n  receiver: a\n  matchers: [{json.dumps(text)}]\nreceivers: [{{name: a}}]"
    if text == "a==b=":  # the product takes the rest as the value
        assert matchers(text) == [Matcher("a", "=", "=b=")]
        return
    with pytest.raises(Unreadable) as caught:
        read("alertmanager", document)
    assert caught.value.line == 3

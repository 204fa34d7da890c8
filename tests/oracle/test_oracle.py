"""Every figure equals what a second, plain reading of its definition says."""

from __future__ import annotations

import math
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from qmsreport import openslo, period
from tests import factories
from tests.oracle import changes, deployments, incidents, levels
from tests.oracle.known import Figure, Figures, Key, World
from tests.oracle.organisations import Organisation, organisation
from tests.queries.conftest import Known, queries, reported

METRICS = {query.id for query in queries() if query.group == "metrics"}
TREND = 2


def told(example: Organisation) -> Figures:
    """What the product says."""
    history = [
        Known(
            rows,
            example.as_of,
            name,
            {
                "window_start": example.windows[name][0],
                "window_end": example.windows[name][1],
            },
        )
        for name, rows in example.records.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        rows = reported(
            Path(folder),
            history=history,
            sources=("files", "other"),
            more=example.more,
            zone=example.zone,
            quarter=example.quarter,
            trend=TREND,
            only=METRICS,
        ).metrics
    found = {}
    for row in rows.to_dicts():
        key = Key(*(row[name] for name in Key._fields))
        assert key not in found, key
        found[key] = Figure(*(row[name] for name in Figure._fields))
    return found


def worked_out(example: Organisation) -> Figures:
    """What the oracle says."""
    with tempfile.TemporaryDirectory() as folder:
        # as `reported` does
        other = '\n[sources.other]\nkind = "files"\npath = "other"\n'
        settings_ = factories.configuration(Path(folder), example.more + other, example.zone)
        slos = openslo.objectives(settings_)
    kinds: dict[str, list[Any]] = {}
    source_of = {}
    for source, rows in example.records.items():
        for kind, items in factories.by_kind(rows).items():
            kinds.setdefault(kind, []).extend(items)
            for item in items:
                for name in ("deployment_id", "incident_id"):
                    if kind in ("deployments", "incidents") and hasattr(item, name):
                        source_of[getattr(item, name)] = source
    periods = period.quarter(example.quarter, example.zone).trend(TREND)
    names = ("deployments", "deployment_commits", "commits", "changes", "change_commits")
    names += ("incidents", "incident_events", "sli_windows")
    world = World(
        config=settings_,
        periods=periods,
        as_of=example.as_of,
        covered={},
        source_of=source_of,
        **{name: kinds.get(name, []) for name in names},
    )
    for source, (begins, ends) in example.windows.items():
        world.covered[source] = {
            day
            for bucket in world.buckets("period")
            for day in bucket.days
            if begins < world.starts(day + timedelta(days=1)) <= example.as_of and ends > world.starts(day)
        }
    known = deployments.releases(world)
    linked = deployments.lay_incidents(world, known)
    deployments.find_failures(world, known)
    return {
        **deployments.figures(world, known),
        **changes.figures(world, known),
        **incidents.figures(world, linked),
        **levels.figures(world, slos),
    }


def same(one: float | None, other: float | None) -> bool:
    """Equal but for the last digits."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


def differences(example: Organisation) -> list[str]:
    """Each figure that the two tell differently."""
    said, expected = told(example), worked_out(example)
    return [
        f"{key}: {said.get(key)} is not {expected.get(key)}"
        for key in sorted(said.keys() | expected.keys(), key=str)
        if key not in said
        or key not in expected
        or not all(same(*pair) for pair in zip(said[key], expected[key], strict=True))
    ]


@settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(some.integers(0, 2**32))
def test_every_figure(seed: int) -> None:
    """Of an organisation with all that goes wrong both say the same."""
    assert differences(organisation(seed)) == []

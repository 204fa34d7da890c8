"""How many alerts came with an incident, fired again and were silenced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.records import Alert
from qmsreport.warehouse import Snapshot
from tests.factories import incident, moment
from tests.queries.conftest import reported

Rows = dict[str, dict[str, Any]]


def alert(
    name: str, starts: str, ends: str | None, service: str | None = "checkout", silenced: bool = False
) -> Alert:
    """One firing."""
    return Alert(
        alert_id=f"{name} {starts}",
        name=name,
        service=service,
        starts_at=moment(starts),
        ends_at=moment(ends),
        silenced=silenced,
    )


def section(snapshot: Path) -> Rows:
    """The rows of the section, by name."""
    with Snapshot(snapshot) as opened:
        steps = [query for query in catalog.read() if query.group == "views" or query.id == "alert_noise"]
        return {row["name"]: row for row in evaluate(opened, steps).sections["alert_noise"].to_dicts()}


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """An incident at eight; alerts near it and far from it, one that flaps, one of no service, one of June."""
    items = [
        incident("2026-07-12 08:00"),
        alert("Errors", "2026-07-12 07:30", "2026-07-12 09:30"),
        alert("Errors", "2026-07-12 09:30", "2026-07-12 10:00", silenced=True),
        alert("Errors", "2026-07-12 10:59", "2026-07-12 11:59"),
        alert("Errors", "2026-07-13 10:00", None),
        alert("Slow", "2026-07-12 08:59", "2026-07-12 09:00", service="billing"),
        alert("Disk", "2026-07-12 08:00", "2026-07-12 08:10", service=None),
        alert("Errors", "2026-06-30 23:00", "2026-06-30 23:10"),
    ]
    return section(reported(tmp_path, items, only=set()).snapshot)


def test_alert_noise(rows: Rows) -> None:
    """The first of four came with the incident, two fired again within the hour, half an hour of them was silenced."""
    errors = rows["Errors"]
    assert (errors["alerts"], errors["told_share"], errors["again"]) == (4, 0.25, 2)
    assert (errors["duration"], errors["ended"]) == (3600, 3)
    assert (errors["silenced"], errors["silenced_seconds"]) == (1, 1800)
    assert rows["Slow"]["told_share"] == 0  # the incident is of another service
    assert rows["Disk"]["told_share"] is None  # of which service it is nobody says
    assert [*rows] == ["All alerts", "Errors", "Disk", "Slow"]
    total = rows["All alerts"]
    assert (total["alerts"], total["with_service"], total["told_share"]) == (6, 5, 0.2)


def test_no_alert_is_no_calm(tmp_path: Path) -> None:
    """Without an alert on record there is no row, and the page says that none is on record."""
    assert section(reported(tmp_path, incident(), only=set()).snapshot) == {}

"""The section of settings in the course of the period, as rows and as a reader sees it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.warehouse import Snapshot
from tests.factories import declared, effective
from tests.queries.conftest import Known, needed, readings, reported

LOGS = "retention.logs"


def sections(folder: Path, *history: Known) -> dict[str, list[dict[str, Any]]]:
    """The rows of the chapter's sections."""
    names = ("setting_changes", "setting_layers")
    wanted = [query for query in catalog.read() if query.group == "sections" and query.id in names]
    snapshot = reported(folder, history=history, only=set()).snapshot
    with Snapshot(snapshot) as opened:
        outcome = evaluate(opened, [*needed(None), *wanted])
        return {name: rows.to_dicts() for name, rows in outcome.sections.items()}


def test_changes_and_counts(tmp_path: Path) -> None:
    """One row for each change, oldest first, with what conformed; every row repeats how the settings were read."""
    found = sections(
        tmp_path,
        *readings("2026-07-02", 3, effective(LOGS, "30"), effective("query.timeout", "2", "min")),
        *readings(
            "2026-07-23", 1, effective(LOGS, "15", origin="f:7"), effective("query.timeout", "3", "min")
        ),
        *readings("2026-07-30", 9, effective(LOGS, "30"), effective("query.timeout", "3", "min")),
        *readings("2026-09-30", 1, effective("retention.traces", "7"), subject="other.yaml"),
        *readings("2026-10-05", 1, effective("retention.audit", "400"), subject="late.yaml"),
        Known([declared(LOGS, "30")]),
    )
    rows = found["setting_changes"]
    told = ("changed_on", "key", "written_before", "written", "declared", "conformed")
    assert [tuple(row[name] for name in told) for row in rows] == [
        (date(2026, 7, 23), "query.timeout", "2 min", "3 min", None, None),
        (date(2026, 7, 23), LOGS, "30 days", "15 days", "30 days", "12 of 13"),
        (date(2026, 7, 30), LOGS, "15 days", "30 days", "30 days", "12 of 13"),
    ]
    assert rows[1]["origin"] == "f:7"
    counts = ("settings", "throughout", "in_part", "at_a_point", "unread", "fewest_readings", "most_readings")
    assert [rows[0][name] for name in counts] == [4, 2, 0, 1, 1, 1, 13]
    (layer,) = found["setting_layers"]
    assert (layer["key"], layer["verdict"]) == (LOGS, "not held all the period")


def test_nothing_changed(tmp_path: Path) -> None:
    """Without a change one row holds the counts alone."""
    (row,) = sections(tmp_path, *readings("2026-07-02", 13, effective(LOGS, "30")))["setting_changes"]
    assert (row["key"], row["settings"], row["throughout"]) == (None, 1, 1)


def test_nothing_known(tmp_path: Path) -> None:
    """Without settings the one row says so."""
    (row,) = sections(tmp_path, Known([]))["setting_changes"]
    assert (row["key"], row["settings"], row["fewest_readings"]) == (None, 0, None)

"""Days that a source covers; the check of coverage shows the rest."""

from __future__ import annotations

from datetime import date

from tests.factories import moment
from tests.queries.conftest import Known, Report


def test_days_reached_and_ended(report: Report) -> None:
    """A window from noon to the next noon, read two days later, covers both days, and one read within it only one."""
    window = {"window_start": moment("2026-07-01 12:00"), "window_end": moment("2026-07-02 12:00")}
    found = report(
        history=[
            Known([], moment("2026-07-03"), "files", window),  # type: ignore[arg-type]
            Known([], moment("2026-07-02 12:00"), "other", window),  # type: ignore[arg-type]
        ],
        sources=("files", "other"),
    )
    assert sorted((row["source"], row["local_date"]) for row in found.view("source_days")) == [
        ("files", date(2026, 7, 1)),
        ("files", date(2026, 7, 2)),
        ("other", date(2026, 7, 1)),
    ]

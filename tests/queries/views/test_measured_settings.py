"""What was observed of settings, read on 2026-10-20 at 06:30."""

from __future__ import annotations

import pytest

from tests.factories import measured
from tests.queries.conftest import Report


@pytest.mark.parametrize(
    ("age", "born"),
    [
        ("0", "2026-10-20"),
        ("0.27", "2026-10-20"),
        ("0.28", "2026-10-19"),
        ("30.5", "2026-09-19"),
        ("-1", None),
    ],
)
def test_birth_date(report: Report, age: str, born: str | None) -> None:
    """The day the system began: 6.5 hours are 0.2708 of a day."""
    found = report(measured("system.age", age), measured("retention.logs.oldest", "3"), only=set())
    rows = {row["signal_key"]: row["born"] for row in found.view("measured_settings")}
    assert rows == {"system.age": born, "retention.logs": born}

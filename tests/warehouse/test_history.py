"""Settings through the period: every version that held in it, in the order of its sources."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from qmsreport.period import quarter
from qmsreport.warehouse import Warehouse, frozen
from tests.factories import declared, effective, extract, measured, moment

LOGS = "retention.logs"


class Stack:
    """A warehouse of settings, frozen for 2026-Q3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = Warehouse(folder / "w.duckdb")

    def read(self, at: str, *items: Any, source: str = "files", **given: Any) -> None:
        """One complete reading of one place."""
        made = extract(*items, **{"lists_all": ("settings",), **given})
        with self.warehouse.writing("test"):
            self.warehouse.commit(source, "files", made, _at(at))

    def held(self, as_of: str = "2026-10-20", sources: tuple[str, ...] = ("files",)) -> list[tuple[Any, ...]]:
        """Key, version, value, whether it is gone, and from when until when it held."""
        path = self.folder / "snapshot.duckdb"
        path.unlink(missing_ok=True)
        with frozen(
            self.warehouse.path, path, [quarter("2026-Q3", "UTC")], _at(as_of), sources, {}
        ) as snapshot:
            return snapshot.fetch(
                "select key, version, value, is_gone, strftime(held_from, '%m-%d'), strftime(held_until, '%m-%d') "
                "from setting_versions"
            )


def _at(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A warehouse of this test's own."""
    return Stack(tmp_path)


def test_every_version_that_held_in_the_period(stack: Stack) -> None:
    """What held when the period began is there, what had ended before it or began after it is not."""
    for at, days in (("05-01", "1"), ("06-01", "2"), ("07-10", "3"), ("08-10", "4"), ("10-05", "5")):
        stack.read(f"2026-{at}", effective(LOGS, days))
    assert stack.held() == [
        (LOGS, 2, "2", False, "06-01", "07-10"),
        (LOGS, 3, "3", False, "07-10", "08-10"),
        (LOGS, 4, "4", False, "08-10", "10-05"),
    ]


def test_what_was_not_known_yet(stack: Stack) -> None:
    """As of an earlier moment a later version does not exist: the one before it still holds."""
    stack.read("2026-07-10", effective(LOGS, "30"))
    stack.read("2026-08-10", effective(LOGS, "15"))
    assert stack.held(as_of="2026-08-09") == [(LOGS, 1, "30", False, "07-10", None)]


def test_a_setting_that_was_gone_for_a_while(stack: Stack) -> None:
    """While it is gone it has no value; a setting that was gone all the time has no row."""
    stack.read("2026-06-01", effective(LOGS, "30"), effective("retention.traces", "7"))
    stack.read("2026-06-20", effective(LOGS, "30"))
    stack.read("2026-07-10")
    stack.read("2026-08-10", effective(LOGS, "30"))
    assert stack.held() == [
        (LOGS, 1, "30", False, "06-01", "07-10"),
        (LOGS, 2, None, True, "07-10", "08-10"),
        (LOGS, 3, "30", False, "08-10", None),
    ]


def test_only_what_systems_are_set_to(stack: Stack) -> None:
    """Declarations and measurements are no configuration."""
    stack.read("2026-07-10", declared(LOGS, "30"), measured("retention.logs.oldest", "12"))
    assert stack.held() == []


def test_one_source_tells_the_history(stack: Stack) -> None:
    """Of two sources the first configured one that still shows the setting; one that lost it steps back."""
    stack.read("2026-07-01", effective(LOGS, "30"), source="first")
    stack.read("2026-07-01", effective(LOGS, "60"), source="second")
    both = ("first", "second")
    assert stack.held(sources=both) == [(LOGS, 1, "30", False, "07-01", None)]
    assert stack.held(sources=both[::-1]) == [(LOGS, 1, "60", False, "07-01", None)]
    stack.read("2026-08-01", source="first")
    assert stack.held(sources=both) == [(LOGS, 1, "60", False, "07-01", None)]


def test_a_source_that_came_after_the_period(stack: Stack) -> None:
    """Who shows a setting only since the period is over cannot tell how it was held in it."""
    stack.read("2026-07-01", effective(LOGS, "60"), source="second")
    stack.read("2026-10-05", effective(LOGS, "30"), source="first")
    assert stack.held(sources=("first", "second")) == [(LOGS, 1, "60", False, "07-01", None)]

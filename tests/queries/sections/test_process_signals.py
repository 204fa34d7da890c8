"""Which months are more than routine variation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from qmsreport import catalog
from qmsreport.evaluate import evaluate
from qmsreport.records import Deployment
from qmsreport.warehouse import Snapshot
from tests.factories import deployment
from tests.queries.conftest import reported

MONTHS = [datetime(2026, number, 2) for number in range(1, 10)]  # noqa: DTZ001


def months(service: str, failures: Sequence[int]) -> list[Deployment]:
    """20 deployments in each month up to September 2026, that many of which failed."""
    return [
        deployment(
            month + timedelta(days=number, milliseconds=500),
            service=service,
            repository=f"acme/{service}",
            outcome="failed" if number < failed else "succeeded",
        )
        for month, failed in zip(MONTHS[-len(failures) :], failures, strict=True)
        for number in range(20)
    ]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """One service with a bad month, one with two, one that became worse and stayed so, one that is new."""
    items = [
        *months("checkout", [2] * 7 + [8, 2]),
        *months("search", [0] + [4] * 8),
        *months("ledger", [2] * 7 + [8, 9]),
        *months("young", [2] * 7 + [20]),
    ]
    folder: Path = tmp_path_factory.mktemp("signals")
    with Snapshot(reported(folder, items, only=set()).snapshot) as opened:
        return evaluate(opened, catalog.read()).sections["process_signals"].to_dicts()


def signals(rows: list[dict[str, Any]], service: str) -> dict[date, dict[str, Any]]:
    """The signals of a service's change fail rate."""
    return {
        row["starts_on"]: row
        for row in rows
        if (row["service"], row["measure"]) == (service, "Change fail rate")
    }


def test_a_month_outside_the_limits(rows: list[dict[str, Any]]) -> None:
    """40 % after six months of 10 %, each of 20 deployments: beyond three standard errors; its neighbours are not."""
    ((month, row),) = signals(rows, "checkout").items()
    assert (month, row["signal"], row["months"]) == (date(2026, 8, 1), "above the limits", 6)
    assert (row["value"], row["mean_value"], row["lower_limit"]) == pytest.approx((0.4, 0.1, 0.0))
    assert row["upper_limit"] == pytest.approx(0.1 + 3 * sqrt(0.1 * 0.9 / 20))


def test_a_run_of_eight_months(rows: list[dict[str, Any]]) -> None:
    """20 % is within the limits around a mean of 17 %; eight months of it in a row are a signal, shown at the last."""
    ((month, row),) = signals(rows, "search").items()
    assert (month, row["signal"]) == (date(2026, 9, 1), "eight above the mean")
    assert row["mean_value"] == pytest.approx(20 / 120)
    assert row["value"] < row["upper_limit"]


def test_several_months_of_a_series_are_one_row(rows: list[dict[str, Any]]) -> None:
    """A series stands once, with its latest signal and how many months of the period have one."""
    ((month, row),) = signals(rows, "ledger").items()
    assert (month, row["signal"], row["signal_months"]) == (date(2026, 9, 1), "above the limits", 2)


def test_too_few_months_claim_nothing(rows: list[dict[str, Any]]) -> None:
    """Five months before the period are no basis, however bad the last month is; the series is counted as not judged."""
    assert signals(rows, "young") == {}
    assert rows[0]["all_series"] > rows[0]["judged_series"] > 0


def test_only_successes_are_frequent(rows: list[dict[str, Any]]) -> None:
    """The month of many failures has fewer successful deployments; months of other lengths are no signal."""
    found = [row for row in rows if row["measure"] == "Deployments per week"]
    assert [(row["service"], row["starts_on"], row["signal"]) for row in found] == [
        ("checkout", date(2026, 8, 1), "below the limits"),
        ("ledger", date(2026, 9, 1), "below the limits"),
    ]

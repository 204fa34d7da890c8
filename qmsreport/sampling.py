"""Samples for inspection by people: chosen by a seed alone, so that anybody draws the same ones again.

Rows are ranked by the SHA-256 of the seed, a line break and the row's key; the first n are the sample. The order of
the rows, the machine and the version of any library do not matter, and a smaller sample is the start of a larger one.
By hand: `printf 'SEED\\nKEY' | sha256sum`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from qmsreport.errors import UsageError, suggest

if TYPE_CHECKING:
    import polars as pl

# population to the columns that name a row of it; the others are records about the extraction, not of the operation
KEYS: Mapping[str, tuple[str, ...]] = {
    "production_deployments": ("deployment_id",),
    "change_deployments": ("kind", "unit_id", "deployment_id"),
    "failed_deployments": ("deployment_id",),
    "incidents": ("incident_id",),
}
# what people call them
_CALLED = {
    "deployments": "production_deployments",
    "changes": "change_deployments",
    "failures": "failed_deployments",
}
# what is shown of a row on a page or a screen
SHOWN: Mapping[str, tuple[str, ...]] = {
    "production_deployments": ("deployment_id", "service", "environment", "finished_at", "outcome"),
    "change_deployments": ("unit_id", "deployment_id", "service", "environment", "deployed_at"),
    "failed_deployments": ("deployment_id", "service", "environment", "finished_at", "recovered_at"),
    "incidents": ("incident_id", "severity", "status", "created_at", "resolved_at"),
}
# whose sample the report prints; the others can be drawn from its bundle
PRINTED = ("production_deployments", "change_deployments", "incidents")
_SEPARATOR = " "  # between the columns of a key


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample: `rows` has `sample_no`, `sample_rank` (the hash) and the population's columns."""

    population: str
    seed: str
    of: int
    rows: pl.DataFrame


def draw(population: str, frame: pl.DataFrame, size: int, seed: str) -> Sample:
    """Draw a sample.

    Args:
        population: one of `KEYS`.
        frame: all its rows.
        size: how many to draw; all of them where there are fewer.
        seed: any text; the same one draws the same rows.

    Raises:
        UsageError: for a population that cannot be sampled, or a size below one.
    """
    import polars as pl

    population = known(population)
    if size < 1:
        raise UsageError(f"A sample of {size} is none. Ask for one row at least.")
    columns = KEYS[population]
    ranks = [rank(seed, key) for key in frame.select(columns).iter_rows()]
    alike = {found for found, number in Counter(ranks).items() if number > 1}

    def place(index: int) -> tuple[str, str]:
        # of rows with the same key, which no population should have, the whole row decides
        return ranks[index], repr(list(map(_text, frame.row(index)))) if ranks[index] in alike else ""

    chosen = sorted(range(frame.height), key=place)[:size]
    rows = frame[chosen].select(
        pl.Series("sample_no", range(1, len(chosen) + 1), pl.Int64),
        pl.Series("sample_rank", [ranks[index] for index in chosen], pl.String),
        *frame.columns,
    )
    return Sample(population, seed, frame.height, rows)


def printed(report: Mapping[str, Any], populations: Mapping[str, pl.DataFrame]) -> list[Sample]:
    """The samples that a report prints, by its `sample_size` and `sample_seed`; none where the size is 0."""
    size = report.get("sample_size") or 0
    if size < 1:
        return []
    return [
        draw(name, populations[name], size, str(report["sample_seed"]))
        for name in PRINTED
        if name in populations and set(KEYS[name]) <= set(populations[name].columns)
    ]


def known(population: str) -> str:
    """The population of that name, or that is called so for short, if it can be sampled.

    Raises:
        UsageError: with the nearest one that can.
    """
    population = _CALLED.get(population, population)
    if population not in KEYS:
        raise UsageError(
            f"There is no population '{population}' to sample.{suggest(population, (*KEYS, *_CALLED))}"
        )
    return population


def rank(seed: str, key: Sequence[Any]) -> str:
    """The hash that a row is ranked by."""
    return hashlib.sha256(f"{seed}\n{_SEPARATOR.join(map(_text, key))}".encode()).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)

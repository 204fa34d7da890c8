"""Loading a large organisation's Parquet files, twice, beside DuckDB's bare copy of the same files.

Run: pytest tests/benchmarks/test_loading.py --benchmark-only -s
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks import figures, measured
from tests.benchmarks.conftest import Loading

GOAL = 500_000  # rows per second
GOAL_MIB = 2_048
SAME = 1.05  # two runs of the same differ by this much


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("selection", measured.SELECTIONS)
def test_loading(benchmark: Any, loaded: Loading, selection: str) -> None:
    """A load stores 500,000 rows a second below 2 GiB; the same again changes nothing and is no slower."""
    first = loaded(selection)
    results = []
    benchmark.pedantic(lambda: results.append(measured.run("reload", first.work)), rounds=1)
    [again] = results
    bare = measured.run("copy_files", first.work)
    assert first.found["rows"] == again["rows"] == bare["rows"]
    assert first.found["changes"] == first.found["rows"]
    assert again["changes"] == 0
    rate, rate_again, rate_bare = (found["rows"] / found["seconds"] for found in (first.found, again, bare))
    peak = max(first.found["peak_mib"], again["peak_mib"])
    is_fast = rate >= GOAL and again["seconds"] <= first.found["seconds"] * SAME
    has_goal = selection == next(iter(measured.SELECTIONS))
    benchmark.extra_info |= {"first": first.found, "again": again, "bare": bare}
    figures.note(
        benchmark,
        f"load {selection} ({bare['rows'] / 1e6:.1f} M rows)",
        f"{first.found['seconds']:.1f} s, {rate / 1e3:,.0f} k rows/s; again {again['seconds']:.1f} s, "
        f"{rate_again / 1e3:,.0f} k rows/s; "
        f"processor {first.found['cpu_seconds']:.1f} and {again['cpu_seconds']:.1f} s; {peak:,.0f} MiB",
        f"`create table as` {bare['seconds']:.1f} s, {rate_bare / 1e3:,.0f} k rows/s, {bare['peak_mib']:,.0f} MiB",
        f"≥ {GOAL // 1000} k rows/s, again no slower, ≤ {GOAL_MIB:,} MiB" if has_goal else "",
        met=is_fast and peak <= GOAL_MIB if has_goal else None,
    )
    assert not has_goal or (is_fast and peak <= GOAL_MIB)
    # no goal names these records; twice the goal's room is where a batch would no longer be all that is held
    assert peak <= 2 * GOAL_MIB

"""`generate` without its pages over a large organisation, beside DuckDB's bare copy of the warehouse.

Run: pytest tests/benchmarks/test_generate.py --benchmark-only -s
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.benchmarks import figures, measured
from tests.benchmarks.conftest import Loading

GOAL = 25.0  # seconds
GOAL_MIB = 2_048
# The clock is this machine's; what is found must not grow unnoticed. The processor took 37 s on a quick machine and
# 67 s on a slow one of the same size.
LIMIT = 90.0


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("selection", measured.SELECTIONS)
def test_generate(benchmark: Any, loaded: Loading, selection: str) -> None:
    """Freeze, hashes and every query stay below 2 GiB; the time is held against the goal, the processor's against its limit."""
    work = loaded(selection).work
    results = []
    benchmark.pedantic(lambda: results.append(measured.run("generate", work)), rounds=1)
    [found] = results
    shutil.rmtree(work / "reports")
    bare = measured.run("copy_tables", work)
    has_goal = selection == next(iter(measured.SELECTIONS))
    met = found["seconds"] <= GOAL and found["peak_mib"] <= GOAL_MIB
    parts = found["parts"]
    benchmark.extra_info |= {"generate": found, "bare": bare}
    figures.note(
        benchmark,
        f"generate without pages, {selection}",
        f"{found['seconds']:.1f} s (freeze {parts['freeze']:.1f}, hashes {parts['table_digests']:.1f}, "
        f"queries {parts['evaluate']:.1f}); processor {found['cpu_seconds']:.1f} s; {found['peak_mib']:,.0f} MiB",
        f"`copy from database` {bare['seconds']:.1f} s, {bare['peak_mib']:,.0f} MiB",
        f"≤ {GOAL:.0f} s, ≤ {GOAL_MIB:,} MiB" if has_goal else "",
        met=met if has_goal else None,
    )
    assert found["peak_mib"] <= GOAL_MIB
    assert not has_goal or found["cpu_seconds"] <= LIMIT

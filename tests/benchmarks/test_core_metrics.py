"""The five core metrics over a snapshot, beside five queries written by hand straight over the Parquet files.

The product's give every statistic at every scope and environment, from views that the whole report shares; those
in `by_hand/` give the one statistic that each metric is known by, and know that these data have no flaw.

Run: pytest tests/benchmarks/test_core_metrics.py --benchmark-only -s
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.benchmarks import figures, measured
from tests.benchmarks.conftest import Loading

GOAL = 1.3
ROUNDS = 4  # the machine varies more than the two differ


@pytest.mark.timeout(1800)
def test_core_metrics(benchmark: Any, loaded: Loading) -> None:
    """They give the same rows as those written by hand, within 1.3 times of their time."""
    work = loaded("all records").work
    measured.run("generate", work)
    ours, bare = [], []
    for _ in range(ROUNDS - 1):  # in turns, so that both meet the same machine
        bare.append(measured.run("by_hand", work))
        ours.append(measured.run("core_metrics", work))
    bare.append(measured.run("by_hand", work))
    benchmark.pedantic(lambda: ours.append(measured.run("core_metrics", work)), rounds=1)
    shutil.rmtree(work / "reports")
    assert differences(work) == []
    # the best of each: the others hold what else the machine was doing
    best, best_bare = (min(runs, key=lambda found: found["seconds"]) for runs in (ours, bare))
    ratio = best["seconds"] / best_bare["seconds"]
    benchmark.extra_info |= {"core_metrics": best, "by_hand": best_bare, "ratio": ratio}
    figures.note(
        benchmark,
        "five core metrics over the snapshot",
        f"{best['seconds']:.1f} s for {best['figures']:,} figures, {ratio:.2f} times; processor {best['cpu_seconds']:.1f} s",
        f"written by hand over Parquet {best_bare['seconds']:.1f} s for {best_bare['rows']:,} of them, the same; "
        f"processor {best_bare['cpu_seconds']:.1f} s",
        f"≤ {GOAL} times",
        met=ratio <= GOAL,
    )
    assert ratio <= GOAL


def differences(work: Path) -> list[Any]:
    """Up to ten rows that stand on one side only or say something else, to one part in a thousand million."""
    with duckdb.connect() as connection:
        return connection.execute(f"""
            select * from '{work}/core_metrics.parquet' as ours
            full join '{work}/by_hand.parquet' as bare
                using (metric, grain, starts_on, scope_type, scope)
            where ours.metric is null or bare.metric is null
                or (ours.value is null) <> (bare.value is null)
                or abs(ours.value - bare.value) > 1e-9 * greatest(1, abs(bare.value))
            order by all limit 10
        """).fetchall()

"""150 checks of 2,000 resources each with their verdicts, beside the bare statements.

Run: pytest tests/benchmarks/test_many_checks.py --benchmark-only -s
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from qmsreport.evaluate import evaluate
from qmsreport.warehouse import Snapshot
from tests.benchmarks import figures, many_checks

GOAL = 5.0  # seconds
# It took 4.5 s of processor time, and 6.3 s on a machine busy with other work: a third more than that is a change.
LIMIT = 8.0


@pytest.mark.timeout(600)
def test_many_checks(benchmark: Any, tmp_path: Path) -> None:
    """Views, checks, findings by their contract and the verdicts on them; held against the goal, the processor's to its limit."""
    snapshot = many_checks.make(tmp_path)
    queries = many_checks.queries()
    outcomes, processor = [], []

    def judge() -> None:
        begin = time.process_time()
        with Snapshot(snapshot) as opened:
            outcomes.append(evaluate(opened, queries))
        processor.append(time.process_time() - begin)

    benchmark.pedantic(judge, rounds=2)
    seconds = benchmark.stats.stats.min
    with Snapshot(snapshot) as opened:
        for query in queries:
            if query.group == "views":
                opened.create_table(query.id, query.sql, query.path)
        begin = time.perf_counter()
        for query in queries:
            if query.group == "checks":
                opened.fetch(f"create or replace temp table found as {query.sql}")
        bare = time.perf_counter() - begin
    found = outcomes[-1]
    by_group: dict[str, float] = {}
    for path, spent in found.seconds.items():
        group = path.split("/")[1]
        by_group[group] = by_group.get(group, 0.0) + spent
    slowest = dict(sorted(found.seconds.items(), key=lambda item: -item[1])[:8])
    benchmark.extra_info |= {"seconds": seconds, "bare": bare, "by_group": by_group, "slowest": slowest}
    parts = ", ".join(f"{group} {spent:.1f}" for group, spent in by_group.items())
    figures.note(
        benchmark,
        f"{many_checks.CHECKS} checks of {many_checks.RESOURCES:,} resources",
        f"{seconds:.1f} s for {found.findings.height:,} findings ({parts}); processor {min(processor):.1f} s",
        f"the checks' statements alone {bare:.1f} s",
        f"≤ {GOAL:.0f} s",
        met=seconds <= GOAL,
    )
    assert "error" not in set(found.findings["status"])
    assert found.findings.height >= many_checks.CHECKS * many_checks.RESOURCES
    assert min(processor) <= LIMIT

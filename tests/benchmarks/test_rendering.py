"""The demonstration's pages in both formats from given figures, beside WeasyPrint setting the same pages alone.

Run: pytest tests/benchmarks/test_rendering.py --benchmark-only -s
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from qmsreport import catalog, pipeline
from qmsreport.evaluate import evaluate
from qmsreport.results import Evaluation
from qmsreport.warehouse import Snapshot
from tests.benchmarks import figures
from tests.conftest import Demonstration

GOAL = 15.0  # seconds
PAGES = range(25, 46)


def given(demonstration: Demonstration) -> Evaluation:
    """The figures of the demonstration's report, computed again from its evidence."""
    settings = demonstration.config
    queries = catalog.read()
    with Snapshot(demonstration.bundle / "evidence.duckdb") as snapshot:
        outcome = evaluate(snapshot, queries)
        return pipeline._evaluation(snapshot, queries, outcome, facts)

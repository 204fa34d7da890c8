"""What the benchmarks share: the large organisation, loaded once for each selection of its kinds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import measured, table
from tests.benchmarks.generator import Organisation, organisation

Loading = Callable[[str], "Loaded"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A warehouse with a selection's facts."""

    work: Path  # holds qmsreport.toml and the warehouse
    kinds: tuple[str, ...]
    found: dict[str, Any]  # what the first loading says of itself


@pytest.fixture(scope="session")
def large() -> Organisation:
    """The large organisation as Parquet files."""
    return organisation()


@pytest.fixture(scope="session")
def loaded(large: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Give the warehouse of a selection, loaded into an empty one when it is first asked for."""
    there: dict[str, Loaded] = {}

    def load(selection: str) -> Loaded:
        if selection not in there:
            kinds = measured.SELECTIONS[selection] or tuple(large.rows)
            work = measured.prepare(large, tmp_path_factory.mktemp("loaded"), kinds)
            there[selection] = Loaded(work, kinds, measured.run("load", work))
        return there[selection]

    yield load
    for one in there.values():  # gigabytes, which pytest would keep for three runs
        shutil.rmtree(one.work)


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Keep what the table says of the machine, and not its name."""
    machine_info["node"] = ""
    machine_info["qmsreport"] = table.machine()

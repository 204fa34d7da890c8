"""The writer's connection is kept between quick commits, and let go of for readers."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from qmsreport.errors import WarehouseError
from qmsreport.warehouse.database import run
from qmsreport.warehouse.held import Held

_READER = """
import sys, time
from pathlib import Path
from qmsreport.warehouse.database import opened, run
with opened(Path(sys.argv[1]), read_only=True, wait_seconds=float(sys.argv[2])) as connection:
    print(run(connection, "select count(*) from facts")[0][0])
"""


def _read(file: Path, wait_seconds: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _READER, str(file), str(wait_seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """Of a file with one table of one row."""
    found = Held(tmp_path / "w.duckdb", 1)
    with found.use() as connection:
        run(connection, "create table facts as select 1 as number")
    return found


def test_another_process_reads_soon_after_the_last_use(held: Held, tmp_path: Path) -> None:
    """A reader that waits a few seconds gets in although the writer goes on existing, and sees what was committed."""
    done = _read(tmp_path / "w.duckdb", 10)
    assert done.stdout.strip() == "1", done.stderr
    with held.use() as connection:
        assert run(connection, "select number from facts") == [(1,)]
    held.close()


def test_a_reader_gets_its_turn_between_many_uses(held: Held, tmp_path: Path) -> None:
    """One use after the other for many seconds shuts nobody out: a reader sees some of what they wrote."""
    command = [sys.executable, "-c", _READER, str(tmp_path / "w.duckdb"), "30"]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    written = 1
    until = time.monotonic() + 30
    while reader.poll() is None and time.monotonic() < until:
        with held.use() as connection:
            run(connection, "insert into facts values (2)")
        written += 1
    held.close()
    said, _ = reader.communicate(timeout=30)
    assert 1 < int(said) <= written


def test_quick_uses_share_a_connection(held: Held) -> None:
    """Two uses in a row see the same temporary table; after a pause it is gone with the connection."""
    with held.use() as connection:
        run(connection, "create temp table passing as select 1 as number")
    with held.use() as connection:
        assert run(connection, "select number from passing") == [(1,)]
    time.sleep(1)
    with held.use() as connection:
        assert run(connection, "select count(*) from duckdb_tables() where temporary") == [(0,)]
    held.close()


def test_an_error_rolls_back_and_leaves_it_closed(held: Held, tmp_path: Path) -> None:
    """What a failed use had begun is not stored, its error is a sentence, and the next use works."""
    with pytest.raises(WarehouseError, match=r"Cannot use .*w\.duckdb"), held.use() as connection:
        connection.begin()
        run(connection, "insert into facts values (2)")
        run(connection, "insert into nowhere values (2)")
    assert _read(tmp_path / "w.duckdb", 0.1).stdout.strip() == "1"
    with held.use() as connection:
        assert run(connection, "select count(*) from facts") == [(1,)]
    held.close()
    assert _read(tmp_path / "w.duckdb", 0.1).stdout.strip() == "1"

"""One writer at a time; everybody else waits a bounded time and is told who holds it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from qmsreport.errors import Locked
from qmsreport.warehouse import Warehouse

_HOLD = """
import sys, time
from pathlib import Path
from qmsreport.warehouse.lock import writing
with writing(Path(sys.argv[1]), "qmsreport extract", 5):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""
_OPEN = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.close()
"""


@pytest.fixture
def holder(desk):
    """Start a process that holds the lock, or the file itself, for some seconds."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, seconds: float) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(desk.path), str(seconds)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_writer_is_told_who_is_first(desk, holder):
    """While another process writes, the sentence names what it does, its process and for how long."""
    process = holder(_HOLD, 60)
    desk.warehouse = Warehouse(desk.path, lock_timeout_seconds=0.2)
    with pytest.raises(Locked) as caught:
        desk.list_services({"shop": "A"})
    sentence = str(caught.value)
    assert f"'qmsreport extract' (process {process.pid} on " in sentence
    assert "for 0 min" in sentence
    assert "Wait until it has ended" in sentence
    assert not desk.path.exists()


def test_a_second_writer_waits_its_turn(desk, holder):
    """A writer that waits long enough gets its turn."""
    holder(_HOLD, 0.5)
    assert desk.list_services({"shop": "A"}).new == 1


def test_a_killed_writer_holds_nothing(desk, holder):
    """The lock of a killed process is free at once, whatever its note still says."""
    process = holder(_HOLD, 60)
    process.kill()
    process.wait()
    assert desk.path.with_name("w.duckdb.owner").exists()
    desk.warehouse = Warehouse(desk.path, lock_timeout_seconds=0.5)
    assert desk.list_services({"shop": "A"}).new == 1
    assert not desk.path.with_name("w.duckdb.owner").exists()


def test_a_reader_waits_for_a_commit(desk, holder):
    """A reader waits while another process has the file open for writing, then reads."""
    desk.list_services({"shop": "A"}, cursor="c")
    holder(_OPEN, 0.7)
    begun = time.monotonic()
    assert desk.warehouse.progress("src").cursor("a") == "c"
    assert time.monotonic() - begun > 0.2


def test_a_reader_does_not_wait_for_ever(desk, holder):
    """A reader whose time is over says that the file is in use, and what to do."""
    desk.list_services({"shop": "A"})
    holder(_OPEN, 60)
    with pytest.raises(Locked, match=r"w\.duckdb is in use by another process, for more than 0 s\. Wait"):
        Warehouse(desk.path, lock_timeout_seconds=0.3).progress("src")


def test_readers_may_read_while_a_run_holds_the_lock(desk, holder):
    """Between its commits a run leaves the file to readers."""
    desk.list_services({"shop": "A"}, cursor="c")
    holder(_HOLD, 60)
    assert Warehouse(desk.path, lock_timeout_seconds=0.5).progress("src").cursor("a") == "c"

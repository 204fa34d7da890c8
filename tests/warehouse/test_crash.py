"""A process killed at any instant leaves a warehouse that the next run completes to the same content."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from qmsreport import records

KILLS = 25
_RUN = """
import random, sys, datetime as dt
from pathlib import Path
import polars as pl
from qmsreport.extracts import Batch, Extract, Reject
from qmsreport.warehouse import Warehouse

def batches(number):
    draw = random.Random(number)
    rows = 150_000 if number % 12 == 5 else 3_000   # the large ones are written to the file before the commit
    for _ in range(2):
        first = draw.randrange(100_000)
        i = pl.int_range(first, first + rows, eager=True)
        yield Batch("deployment_commits", pl.DataFrame({
            "deployment_id": "d" + (i // 7).cast(pl.String), "commit_sha": i.hash(1).cast(pl.String)}))
    names = sorted(draw.sample(range(40), 25))
    yield Batch("services", pl.DataFrame({
        "service": [f"s{n}" for n in names], "team": [draw.choice("ABC") for _ in names]},
        schema_overrides={}).with_columns(
        *(pl.lit(None, pl.String).alias(c) for c in ("tier", "owner", "criticality")),
        *(pl.lit(None, pl.List(pl.String)).alias(c) for c in ("repositories", "environments"))))

path, many = Path(sys.argv[1]), int(sys.argv[2])
warehouse = Warehouse(path, 10)
now = dt.datetime(2026, 1, 1)
with warehouse.writing("test"):
    done = int(warehouse.progress("src").cursor("all") or -1)
    print(done, flush=True)
    for number in range(done + 1, many):
        extract = Extract(
            subject="all", asked=str(number), started_at=now, finished_at=now, batches=batches(number),
            cursor=str(number), lists_all=("services",), window_end=now + dt.timedelta(hours=number),
            warnings=(f"number {number}",))
        warehouse.commit("src", "test", extract, now + dt.timedelta(hours=number))
        print(number, flush=True)
print("finished", flush=True)
"""


def _content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        for table in (*records.KINDS, "rejects"):
            sql = f"select * exclude (extract_id, recorded_at) from {table} order by all"
            found[table] = connection.execute(sql).fetchall()
        found["extracts"] = connection.execute("from extracts order by extract_id").fetchall()
    return found


def _start(path: Path, many: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(path), str(many)], stdout=subprocess.PIPE, text=True
    )


def test_killed_again_and_again_gives_the_same_content(tmp_path):
    """Killed at 25 random moments and started again, a run ends with the content of an undisturbed one."""
    draw = random.Random(20260701)
    killed = tmp_path / "killed.duckdb"
    reached: list[int] = []
    for _ in range(KILLS):
        process = _start(killed, 1000)  # more than one life can finish
        assert process.stdout is not None
        reached.append(int(process.stdout.readline()))  # also: the file opened, after the last kill
        took = 0.1
        for _ in range(draw.randrange(4)):
            begun = time.monotonic()
            assert int(process.stdout.readline()) > reached[-1]
            took = time.monotonic() - begun
        time.sleep(draw.uniform(0, took))  # somewhere inside the next commit, however busy the machine is
        process.kill()
        assert "finished" not in process.communicate()[0]
    assert reached == sorted(reached), "what was committed is never lost"
    assert reached[-1] > KILLS // 2, "it also gets on"

    many = reached[-1] + 10
    assert "finished" in _start(killed, many).communicate()[0]
    undisturbed = tmp_path / "undisturbed.duckdb"
    assert "finished" in _start(undisturbed, many).communicate()[0]
    assert _content(killed) == _content(undisturbed)

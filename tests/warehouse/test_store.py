"""The warehouse keeps every version, loses nothing, and stores an extract whole or not at all."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsreport.errors import Malformed, UsageError, WarehouseError
from qmsreport.extracts import Reject
from qmsreport.period import quarter
from qmsreport.warehouse import Warehouse, frozen, versions
from tests.warehouse.conftest import services

FEBRUARY, MARCH, SEPTEMBER = (datetime(2026, month, 1) for month in (2, 3, 9))  # noqa: DTZ001  # naive UTC


def test_every_change_is_a_new_version(desk):
    """A record that changes from A to B and back to A has three versions."""
    for team in ("A", "B", "A"):
        desk.list_services({"shop": team})
    assert desk.history("shop") == [(1, "A", False), (2, "B", False), (3, "A", False)]


def test_null_and_value_are_different_contents(desk):
    """A value that becomes unknown, or known, is a change."""
    for team in ("A", None, None, "A"):
        desk.list_services({"shop": team})
    assert desk.history("shop") == [(1, "A", False), (2, None, False), (3, "A", False)]


def test_the_same_again_changes_nothing(desk):
    """Committing the same extract again adds a ledger row and no fact."""
    first = desk.list_services({"shop": "A", "till": "B"})
    before = desk.rows("from services order by all")
    second = desk.list_services({"shop": "A", "till": "B"})
    assert (first.new, first.changed, second.new, second.changed, second.vanished) == (2, 0, 0, 0, 0)
    assert desk.rows("from services order by all") == before
    assert desk.rows("select count(*) from extracts") == [(2,)]


def test_vanished_records_get_a_tombstone_and_may_come_back(desk):
    """What a complete listing no longer has is vanished once, and alive again when it returns."""
    desk.list_services({"shop": "A", "till": "B"})
    assert desk.list_services({"shop": "A"}).vanished == 1
    assert desk.list_services({"shop": "A"}).vanished == 0
    desk.list_services({"shop": "A", "till": "B"})
    assert desk.history("till") == [(1, "B", False), (2, "B", True), (3, "B", False)]
    assert desk.history("shop") == [(1, "A", False)]


def test_an_empty_listing_vanishes_all_of_its_subject(desk):
    """A complete listing without a row says that everything of this subject is gone, and only of this."""
    desk.list_services({"shop": "A"}, subject="one")
    desk.list_services({"till": "B"}, subject="two")
    assert desk.commit(subject="one", lists_all=("services",)).vanished == 1
    assert desk.history("till") == [(1, "B", False)]


def test_a_listing_of_a_window_vanishes_only_what_starts_in_it(desk, window_batch):
    """Of all windows of a subject, those that start in the extract's own window and are missing from it are gone."""
    desk.commit([window_batch(0, 10)])
    desk.commit([window_batch(10, 10)], subject="b")
    (start,) = desk.rows("select min(window_start) from sli_windows")[0]
    minute = timedelta(minutes=1)
    counts = desk.commit(
        [window_batch(3, 1)],
        lists_windows=("sli_windows",),
        window_start=start + 2 * minute,
        window_end=start + 5 * minute,
    )
    assert (counts.new, counts.vanished) == (0, 2)
    gone = desk.rows("select window_start from sli_windows where vanished order by 1")
    assert [moment for (moment,) in gone] == [start + 2 * minute, start + 4 * minute]


def test_what_is_no_listing_lets_nothing_vanish(desk):
    """An extract that does not claim to list everything leaves missing records alone."""
    desk.list_services({"shop": "A"})
    desk.commit()
    assert desk.history("shop") == [(1, "A", False)]


@pytest.mark.parametrize(
    "more",
    [
        {"error": "The server went away."},
        {"truncated": True},
        {"rejects": [Reject(origin="s.csv", line=3, reason="The key is empty.")]},
    ],
    ids=["failed", "truncated", "set aside"],
)
def test_an_incomplete_listing_lets_nothing_vanish(desk, more):
    """When an extract failed, was cut off or set rows aside, a missing record is not known to be gone."""
    desk.list_services({"shop": "A", "till": "B"})
    counts = desk.commit(lists_all=("services",), **more)
    assert counts.vanished == 0
    assert desk.rows("select count(*) from services where vanished") == [(0,)]


def test_sources_do_not_touch_each_other(desk):
    """Two sources with the same key keep their own versions and their own tombstones."""
    desk.list_services({"shop": "A"}, source="one")
    desk.list_services({"shop": "B"}, source="two")
    desk.commit(source="two", lists_all=("services",))
    assert desk.history("shop", "one") == [(1, "A", False)]
    assert desk.history("shop", "two") == [(1, "B", False), (2, "B", True)]


def test_repeated_keys_in_one_batch_are_one_record(desk, team_batch):
    """Of two rows with one key in a batch the later is stored, as one version."""
    rows = team_batch({"shop": "A"}).rows.vstack(team_batch({"shop": "B"}).rows)
    counts = desk.commit([type(team_batch({}))("services", rows)])
    assert desk.history("shop") == [(1, "B", False)]
    assert counts.new == 1


def test_a_key_in_two_batches_is_two_versions(desk, team_batch):
    """The second batch of an extract sees what the first one stored."""
    counts = desk.commit([team_batch({"shop": "A"}), team_batch({"shop": "B"}), team_batch({"shop": "B"})])
    assert desk.history("shop") == [(1, "A", False), (2, "B", False)]
    assert (counts.new, counts.changed, counts.received) == (1, 1, 3)


def test_a_broken_extract_leaves_nothing(desk, team_batch):
    """When reading breaks off half-way, neither facts nor rejects nor a ledger row stay."""
    desk.list_services({"shop": "A"})

    def batches():
        yield team_batch({"shop": "B", "till": "B"})
        raise Malformed("The answer ended early. Run this again.")

    with pytest.raises(Malformed):
        desk.commit(batches(), rejects=[Reject(origin="x", reason="bad")], lists_all=("services",))
    assert desk.history("shop") == [(1, "A", False)]
    assert desk.rows("select count(*) from extracts") == [(1,)]
    assert desk.rows("select count(*) from rejects") == [(0,)]
    assert desk.list_services({"shop": "C"}).changed == 1


def test_failed_extracts_stand_in_the_ledger(desk):
    """A window that failed is a ledger row with its sentence, and covers nothing."""
    desk.commit(error="Cannot reach it. Wait.", window_end=FEBRUARY, cursor="x", raw_sha256="y")
    assert desk.rows("select outcome, error, rows_received from extracts") == [
        ("failed", "Cannot reach it. Wait.", 0)
    ]
    progress = desk.warehouse.progress("src")
    assert (progress.covered_until("a"), progress.cursor("a"), progress.raw_sha256("a")) == (None, None, None)


def test_progress_is_what_the_newest_good_extract_said(desk):
    """Progress gives the end of the newest window, the newest cursor and hash, for each source and subject."""
    desk.commit(window_end=MARCH, cursor="one", raw_sha256="h1")
    desk.commit(window_end=FEBRUARY, cursor="two", raw_sha256="h2")
    desk.commit(window_end=SEPTEMBER, cursor="three", raw_sha256="h3", error="no")
    desk.commit(source="other", cursor="four")
    progress = desk.warehouse.progress("src")
    assert progress.covered_until("a") == MARCH
    assert (progress.cursor("a"), progress.raw_sha256("a"), progress.cursor("b")) == ("two", "h2", None)


def test_rejects_are_stored_with_their_place(desk):
    """Every row set aside is stored, counted, and makes the extract partial."""
    rejects = [Reject(origin="s.csv", line=7, column="team", reason="Bad.", excerpt="x")]
    rejects += [Reject(origin="s.csv", reason="Worse.")]
    assert desk.commit(rejects=rejects).rejected == 2
    found = desk.rows(
        "select extract_id, origin, line, column_name, reason, excerpt from rejects order by line"
    )
    assert found == [(1, "s.csv", 7, "team", "Bad.", "x"), (1, "s.csv", None, None, "Worse.", None)]
    assert desk.rows("select outcome, rows_rejected from extracts") == [("partial", 2)]


def test_facts_say_where_they_come_from(desk):
    """Each fact carries its source, extract, time of recording and the hash of what it was read from."""
    desk.list_services({"shop": "A"}, raw_sha256="abc")
    found = desk.rows("select source, extract_id, recorded_at, raw_sha256 from services")
    assert found == [("src", 1, desk.now, "abc")]


def test_as_of_shows_what_was_known_then(desk):
    """Reading as of a moment gives each record as it stood then, vanished or not."""
    moments = []
    for content in ({"shop": "A"}, {"shop": "B", "till": "T"}, {"till": "T"}, {"shop": "C", "till": "T"}):
        desk.list_services(content)
        moments.append(desk.now)
    known = []
    for moment in [moments[0] - timedelta(seconds=1), *moments]:
        sql = f"select service, team, vanished from ({versions.current('services', as_of=True)}) order by service"
        with duckdb.connect(str(desk.path), read_only=True) as connection:
            known.append(connection.execute(sql, {"as_of": moment}).fetchall())
    assert known == [
        [],
        [("shop", "A", False)],
        [("shop", "B", False), ("till", "T", False)],
        [("shop", "B", True), ("till", "T", False)],
        [("shop", "C", False), ("till", "T", False)],
    ]


def test_a_clock_set_back_does_not_reorder_versions(desk):
    """With a clock that went back, later versions are still recorded no earlier than those before them."""
    desk.list_services({"shop": "A"})
    desk.now -= timedelta(days=3)
    desk.list_services({"shop": "B"})
    times = desk.rows("select recorded_at from services order by version")
    assert times == sorted(times)
    assert desk.rows("select max(recorded_at) from extracts") == [max(times)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), max_size=5))
def test_history_is_what_was_listed(new_desk, listings):
    """For any sequence of complete listings each record's versions are exactly its changes."""
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder) / "w.duckdb")
        expected: dict[str, list[tuple[int, str | None, bool]]] = {name: [] for name in "abc"}
        desk.commit()
        for listing in listings:
            desk.list_services(listing)
            for name, versions_ in expected.items():
                last = versions_[-1] if versions_ else None
                if name in listing and (last is None or last[2] or last[1] != listing[name]):
                    versions_.append((len(versions_) + 1, listing[name], False))
                elif name not in listing and last and not last[2]:
                    versions_.append((len(versions_) + 1, last[1], True))
        assert {name: desk.history(name) for name in "abc"} == expected


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["one", "two"]),
            st.sampled_from(["all", "some", "failed", "cut off"]),
            st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", None])),
            st.integers(-2, 2),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_a_report_as_of_any_moment_shows_what_was_known_then(new_desk, runs):
    """Whatever two sources listed, let vanish and corrected, a snapshot holds just what was known at its moment."""
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder) / "w.duckdb")
        held: dict[str, dict[str, str | None]] = {"one": {}, "two": {}}
        known: dict[datetime, dict[str, tuple[str, str | None]]] = {}
        recorded = desk.now
        for source, kind, content, hours in runs:
            desk.now += timedelta(hours=hours)
            more = {"error": "It broke."} if kind == "failed" else {"truncated": kind == "cut off"}
            batches = [] if kind == "failed" else [services(content)]
            desk.commit(batches, source=source, lists_all=() if kind == "some" else ("services",), **more)
            recorded = max(recorded, desk.now)
            if kind == "all":
                held[source] = {}
            if kind != "failed":
                held[source] = held[source] | content
            # of two sources that know a service the first one configured counts
            tell = [(name, team, source) for source in ("two", "one") for name, team in held[source].items()]
            known[recorded] = {name: (source, team) for name, team, source in tell}
        for number, (moment, expected) in enumerate(known.items()):
            file = Path(folder) / str(number) / "snapshot.duckdb"
            file.parent.mkdir()
            period = quarter("2026-Q1", "UTC")
            with frozen(desk.path, file, [period], moment, ["one", "two"], {}) as snapshot:
                rows = snapshot.fetch("select service, source, team from services")
            assert {name: (source, team) for name, source, team in rows} == expected


def test_a_large_listing_loses_nothing(desk, window_batch):
    """Two million windows in two batches, committed twice, are all there once, and none has vanished."""
    for _ in range(2):
        desk.commit((window_batch(first, 1_000_000) for first in (0, 1_000_000)), lists_all=("sli_windows",))
    # aggregates that read the rows: a bare count(*) is answered from metadata, also where rows are lost
    found = desk.rows(
        "select count(*) filter (slo_id > ''), count(distinct (slo_id, window_start)), sum(valid), max(version) from sli_windows"
    )
    assert found == [(2_000_000, 2_000_000, 99_000_000.0, 1)]
    ledger = desk.rows(
        "select rows_received, rows_new, rows_changed, rows_vanished from extracts order by extract_id"
    )
    assert ledger == [(2_000_000, 2_000_000, 0, 0), (2_000_000, 0, 0, 0)]


def test_a_large_transaction_sees_its_own_rows(desk, window_batch):
    """Overlapping large batches of one extract store the rows they share once."""
    counts = desk.commit(
        (window_batch(first, 400_000) for first in (0, 200_000, 400_000)), lists_all=("sli_windows",)
    )
    assert (counts.new, counts.changed, counts.received) == (800_000, 0, 1_200_000)
    assert desk.rows("select count(*) filter (slo_id > ''), max(version) from sli_windows") == [(800_000, 1)]
    counts = desk.commit([window_batch(0, 300_000)], lists_all=("sli_windows",))
    assert (counts.new, counts.changed, counts.vanished) == (0, 0, 500_000)


def test_a_missing_folder_is_one_sentence(tmp_path):
    """A warehouse in a folder that is not there says so, and what to do."""
    with (
        pytest.raises(WarehouseError, match=r"there is no folder .* Make it"),
        Warehouse(tmp_path / "no" / "w.duckdb").writing("test"),
    ):
        pass


def test_reading_before_anything_was_extracted_says_so(tmp_path):
    """Progress of a warehouse that does not exist says to extract first."""
    with pytest.raises(WarehouseError, match="Run 'qmsreport extract' first"):
        Warehouse(tmp_path / "w.duckdb").progress("src")


@pytest.mark.parametrize("damage", ["text", "flipped", "cut", "another database"])
def test_a_damaged_file_is_one_sentence(desk, damage):
    """A file that is no warehouse any more is refused with its path and what to do, and left as it is."""
    desk.list_services({"shop": "A"})
    whole = desk.path.read_bytes()
    broken = {
        "text": b"not a database" * 1000,
        "flipped": b"\0" * 4096 + whole[4096:],
        "cut": whole[: len(whole) // 3],
        "another database": b"SQLite format 3\0" + bytes(10_000),
    }
    desk.path.write_bytes(broken[damage])
    told = r"Cannot use .*w\.duckdb: .*\. [A-Z].*(backup|check the path)"
    with pytest.raises(WarehouseError, match=told) as caught:
        desk.list_services({"shop": "B"})
    assert "download" not in str(caught.value)  # DuckDB would fetch what reads such a file
    assert desk.path.read_bytes() == broken[damage]


def test_a_file_of_something_else_is_told(desk):
    """A DuckDB file that holds other tables is no warehouse: the sentence says to check the path."""
    with duckdb.connect(str(desk.path)) as connection:
        connection.execute("create table extracts (number integer)")
    with pytest.raises(WarehouseError, match="It is no warehouse of qmsreport: check the path"):
        desk.warehouse.progress("src")


def test_damage_that_a_report_meets_is_the_warehouses(desk, window_batch, tmp_path):
    """A damaged block that only the copying meets is told of the warehouse, not of the copy that it stops."""
    desk.commit([window_batch(0, 50_000)])
    whole = bytearray(desk.path.read_bytes())
    for at in range(300_000, len(whole) - 300_000, 1000):
        whole[at] ^= 1
    desk.path.write_bytes(whole)
    with (
        pytest.raises(
            WarehouseError, match=r"Cannot use .*w\.duckdb: .*\. It is damaged: restore it from its"
        ) as caught,
        frozen(desk.path, tmp_path / "snapshot.duckdb", [quarter("2026-Q1", "UTC")], SEPTEMBER, ["src"], {}),
    ):
        pass
    assert "snapshot" not in str(caught.value)


_BEGUN = """
import resource, signal, sys
from pathlib import Path
from qmsreport.errors import WarehouseError
from qmsreport.warehouse import Warehouse
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with Warehouse(Path(sys.argv[1])).writing("test"):
        print("begun")
except WarehouseError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
@pytest.mark.parametrize("room", [0, 4096, 8192, 12_288])
def test_a_file_that_could_not_be_begun_is_begun_anew(desk, room):
    """When the first run has no room for a new file, or is stopped before it is whole, the next begins another."""
    done = subprocess.run(
        [sys.executable, "-c", _BEGUN, str(desk.path), str(room)], capture_output=True, text=True, timeout=60
    )
    assert "Free space on that disk and run this again" in done.stdout
    desk.list_services({"shop": "A"})
    assert desk.history("shop") == [(1, "A", False)]
    assert not list(desk.path.parent.glob("*.new*"))


def test_a_link_to_where_the_file_will_be_stays_a_link(desk, tmp_path):
    """A new warehouse is made where a link of its name points to."""
    (tmp_path / "disk").mkdir()
    desk.path.symlink_to(tmp_path / "disk" / "facts.duckdb")
    desk.list_services({"shop": "A"})
    assert desk.path.is_symlink()
    assert (tmp_path / "disk" / "facts.duckdb").is_file()


_AS_NOBODY = """
import os, sys
from pathlib import Path
from qmsreport.warehouse import Warehouse, database
from qmsreport.errors import WarehouseError
import duckdb, filelock
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    with Warehouse(Path(sys.argv[1]), 1).writing("test"):
        print("written")
except WarehouseError as error:
    print(error)
"""


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_read_only_place_is_one_sentence(what):
    """Where this user may not write, the sentence names the place and says to check the permission."""
    with tempfile.TemporaryDirectory(prefix="block-") as name:
        folder = Path(name)
        file = folder / "w.duckdb"
        with Warehouse(file).writing("test"):
            pass
        (folder / "w.duckdb.lock").chmod(0o666)
        folder.chmod(0o777 if what == "file" else 0o555)
        file.chmod(0o444)
        if what == "folder":
            (folder / "w.duckdb.lock").chmod(0o444)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(file)], capture_output=True, text=True, timeout=60
        )
        folder.chmod(0o777)
    assert done.stderr == ""
    assert done.stdout.startswith("Cannot ")
    assert str(file) in done.stdout
    assert "Check that this user may write" in done.stdout


_FULL_DISK = """
import resource, sys, datetime as dt
from pathlib import Path
import polars as pl
from qmsreport.errors import WarehouseError
from qmsreport.extracts import Batch, Extract
from qmsreport.warehouse import Warehouse
w = Warehouse(Path(sys.argv[1]))
now = dt.datetime(2026, 1, 1)
rows = pl.select(deployment_id=pl.int_range(0, 400_000).hash().cast(pl.String), commit_sha=pl.int_range(0, 400_000).hash(7).cast(pl.String))
small = Batch("deployment_commits", rows.head(10))
def extract(*batches): return Extract(subject="a", asked="a", started_at=now, finished_at=now, batches=batches)
with w.writing("test"):
    w.commit("src", "files", extract(small), now)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
    try:
        w.commit("src", "files", extract(small, Batch("deployment_commits", rows)), now)
        print("stored")
    except WarehouseError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    w.commit("src", "files", extract(Batch("deployment_commits", rows)), now)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
def test_a_full_disk_loses_nothing(desk):
    """When the disk is full the commit fails with one sentence, what was stored stays, and it works later."""
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(desk.path)], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert "Free space on that disk" in done.stdout
    assert desk.rows("select extract_id, rows_received, rows_new from extracts order by 1") == [
        (1, 10, 10),
        (2, 400_000, 399_990),
    ]
    assert desk.rows("select count(*) filter (commit_sha > '') from deployment_commits") == [(400_000,)]


def test_a_path_with_lock_in_it_is_no_lock(tmp_path):
    """An error about a file whose path holds the word lock is told at once, not waited for."""
    folder = tmp_path / "locker"
    folder.mkdir()
    file = folder / "lock.duckdb"
    file.write_bytes(os.urandom(20_000))
    with pytest.raises(WarehouseError, match="check the path") as caught:
        Warehouse(file, lock_timeout_seconds=30).progress("src")
    assert type(caught.value) is WarehouseError


def test_an_older_warehouse_gets_the_columns_and_tables_that_have_come_since(desk, tmp_path):
    """Reading an older warehouse says to extract; a writer adds what is missing and keeps what is stored."""
    desk.list_services({"shop": "A"})
    with duckdb.connect(str(desk.path)) as connection:
        connection.execute("alter table services drop column tier")
        connection.execute("drop table alert_routes")
    period = quarter("2026-Q1", "UTC")
    file = tmp_path / "snapshot.duckdb"
    with (
        pytest.raises(UsageError, match="Run 'qmsreport extract' once"),
        frozen(desk.path, file, [period], SEPTEMBER, ["src"], {}),
    ):
        pass
    desk.list_services({"shop": "A", "till": "B"})
    assert desk.rows("select service, team, tier from services order by 1") == [
        ("shop", "A", None),
        ("till", "B", None),
    ]
    assert desk.rows("select count(*) from alert_routes") == [(0,)]

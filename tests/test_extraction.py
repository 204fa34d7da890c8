"""An extraction stores each window whole or not at all, and one that breaks off fails alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from qmsreport import config, extraction
from qmsreport.extracts import Batch, Extract
from tests.sources.git_clone import Clone

NOW = datetime(2026, 10, 1)  # noqa: DTZ001  # naive UTC, as inside
SERVICES = "service,team\nshop,A\n"
_APPEND = """
import os, sys, time
file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
for number in range(100_000):
    os.write(file, b"s%d,T\\n" % number)
    if not number:
        print("begun", flush=True)
    time.sleep(0.0002)
"""


class Place:
    """A folder with a configuration, and the warehouse that extractions fill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources").mkdir()
        self.configure("[sources.files]\n")

    def configure(self, text: str) -> None:
        (self.folder / "qmsreport.toml").write_text(f'[organisation]\nname = "Acme"\n{text}')

    def extract(self, clock: Callable[[], datetime] = lambda: NOW, **more: Any) -> extraction.Extraction:
        return extraction.extract(config.load(self.folder / "qmsreport.toml"), clock=clock, **more)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """One whose only source is its folder of files."""
    return Place(tmp_path)


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """Another process appends rows to the file all the while."""
    command = [sys.executable, "-c", _APPEND, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"begun\n"
        try:
            yield
        finally:
            writer.kill()


def test_a_file_that_changes_while_it_is_read_fails_alone(place):
    """A file that grows while it is read is one failed row of the ledger, nothing of it stored; the others load."""
    changing = place.folder / "sources" / "services.csv"
    changing.write_text(SERVICES)
    (place.folder / "sources" / "commits.csv").write_text("repository,commit_sha\nacme/shop,c1\n")
    with growing(changing):
        done = place.extract()
    (sentence,) = done.failures
    assert sentence == (
        f"files: The file {changing} was changed while it was read. "
        "Run this again when it is finished; nothing of it was stored."
    )
    assert place.rows("select commit_sha from commits") == [("c1",)]
    assert place.rows("select count(*) from services") == [(0,)]
    sql = (
        "select subject, outcome, error, rows_received, raw_sha256, cursor from extracts order by extract_id"
    )
    loaded, failed = place.rows(sql)
    assert loaded[:2] == ("sources/commits.csv", "complete")
    error = sentence.removeprefix("files: ")
    assert failed == ("sources/services.csv", "failed", error, 0, None, None)
    # it is no longer written to, so the next run reads it
    assert place.extract().failures == []
    assert place.rows("select count(*) > 1 from services") == [(True,)]


def test_a_file_that_vanishes_while_it_is_read_keeps_its_window_in_the_ledger(place):
    """A file deleted between looking and loading fails with the window it was seen to have; later files load."""
    gone = place.folder / "sources" / "commits.csv"
    gone.write_text("repository,commit_sha,committed_at\nacme/shop,c1,2026-09-01T12:00:00Z\n")
    (place.folder / "sources" / "services.csv").write_text(SERVICES)

    asked = iter(range(1, 1000))

    def clock() -> datetime:
        """The source asks for the time before it looks at a file and after; the first file goes then."""
        if (place.folder / "warehouse.duckdb").exists() and next(asked) == 2:
            gone.unlink()
        return NOW

    done = place.extract(clock)
    (sentence,) = done.failures
    assert "was changed while it was read" in sentence
    day = datetime(2026, 9, 1, 12)  # noqa: DTZ001  # naive UTC, as inside
    sql = "select subject, outcome, window_start, window_end from extracts order by extract_id"
    assert place.rows(sql) == [
        ("sources/commits.csv", "failed", day, day),
        ("sources/services.csv", "complete", None, None),
    ]
    assert place.rows("select count(*) from commits") == [(0,)]
    assert place.rows("select service from services") == [("shop",)]


def test_a_git_process_that_dies_fails_its_clone_alone(place, monkeypatch):
    """A clone whose objects are gone when its commits are listed fails; the other clone is read to its end."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    roots = {}
    for name in ("broken", "whole"):
        clone = Clone.new(place.folder / name)
        roots[name] = clone.commit("first")
        clone.commit("second")
        clone.git("tag", "v1")
        clone.commit("third")
        clone.git("tag", "v2")
    source = '[sources.git]\nrepositories = ["broken", "whole"]\n'
    place.configure(source)
    assert place.extract().failures == []
    before = place.rows("select count(*) from commits") + place.rows("select count(*) from changes")
    # other rules: everything is listed anew, while the warehouse stores it
    place.configure(source + 'changes = "commits"\n')
    root = roots["broken"]
    (place.folder / "broken" / ".git" / "objects" / root[:2] / root[2:]).unlink()
    done = place.extract()
    assert len(done.failures) == 2
    assert all(f"Cannot read the repository {place.folder / 'broken'}:" in each for each in done.failures)
    sql = "select subject, outcome, count(*) from extracts group by all having count(*) <> 0 order by all"
    assert place.rows(sql) == [
        ("commits:broken", "complete", 1),
        ("commits:broken", "failed", 1),
        ("commits:whole", "complete", 2),
        ("deployments:broken", "complete", 1),
        ("deployments:broken", "failed", 1),
        ("deployments:whole", "complete", 2),
    ]
    assert before == [(6,), (0,)]
    assert place.rows("select count(*) from changes where change_id like 'whole@%'") == [(3,)]
    assert place.rows("select count(*) from changes where change_id like 'broken@%'") == [(0,)]


class _Source:
    """A source with two subjects, the first of which breaks off half-way."""

    name, kind = "ours", "files"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def extract(self, since: datetime, until: datetime, progress: object) -> Iterator[Extract]:
        def breaks() -> Iterator[Batch]:
            raise self.error
            yield

        for subject, batches in (("a", breaks()), ("b", iter(()))):
            yield Extract(subject=subject, asked=subject, started_at=NOW, finished_at=NOW, batches=batches)


def test_what_the_system_says_while_batches_are_read_is_the_failure_of_that_subject(place, monkeypatch):
    """An error of the operating system out of a subject's batches is a sentence in its ledger row, no crash."""
    from qmsreport import sources

    monkeypatch.setattr(sources, "build", lambda *_: [_Source(OSError(5, "Input/output error"))])
    done = place.extract()
    (sentence,) = done.failures
    assert sentence.startswith("ours: Cannot read a of ours to its end: Input/output error. Look ")
    assert place.rows("select subject, outcome from extracts order by extract_id") == [
        ("a", "failed"),
        ("b", "complete"),
    ]


def test_another_error_while_batches_are_read_is_not_hidden(place, monkeypatch):
    """A defect of ours comes up as such, and nothing is written about it as if it were the source's."""
    from qmsreport import sources

    monkeypatch.setattr(sources, "build", lambda *_: [_Source(ZeroDivisionError("ours"))])
    with pytest.raises(ZeroDivisionError):
        place.extract()
    assert place.rows("select count(*) from extracts") == [(0,)]


def test_a_clock_that_was_set_back_is_told(place):
    """An extraction under a clock behind the newest record stores all, in order, and says so once there and here."""
    (place.folder / "sources" / "services.csv").write_text(SERVICES)
    assert place.extract().warnings == []
    assert place.extract(lambda: NOW - timedelta(seconds=5)).warnings == []
    (place.folder / "sources" / "services.csv").write_text(SERVICES + "till,B\n")
    (place.folder / "sources" / "incidents.csv").write_text("incident_id\n1\n")
    (said,) = place.extract(lambda: NOW - timedelta(days=2)).warnings
    assert said == (
        "The clock of this machine says 2026-09-29T00:00:00Z, but the newest record was made at 2026-10-01T00:00:00Z. "
        "Set the clock right; until that time has come, what is stored counts as known only then."
    )
    assert place.rows("select recorded_at, warnings from extracts where warnings <> []") == [(NOW, [said])]
    assert place.rows("select service from services where recorded_at = '2026-10-01' order by 1") == [
        ("shop",),
        ("till",),
    ]

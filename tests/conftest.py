"""What every test may use: a small organisation in a folder, and the demonstration, extracted once for all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pytest
from filelock import FileLock

from qmsreport import config, demo, period, pipeline
from qmsreport.cli.demo import read_weekly
from qmsreport.config import Config
from tests import factories

TODAY = date(2026, 11, 21)
_IN_MEMORY = Path("/dev/shm")  # pytest makes a folder of its own in it
_ROOM = 6 << 30  # bytes; a whole run leaves less than two


def pytest_configure() -> None:
    """Thousands of small databases are written and thrown away: in memory, where there is plenty of it."""
    if (
        "TMPDIR" not in os.environ
        and _IN_MEMORY.is_dir()
        and os.access(_IN_MEMORY, os.W_OK)
        and not os.statvfs(_IN_MEMORY).f_flag & os.ST_NOEXEC
        and shutil.disk_usage(_IN_MEMORY).free > _ROOM
    ):
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # it is asked for again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the caller's settings."""
    for name in [name for name in os.environ if name.startswith(("QMSREPORT_", "_QMSREPORT"))]:
        if name != "QMSREPORT_TEST_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    """A folder with a small `qmsreport.toml` and a source of files that holds one good deployment."""
    factories.configuration(tmp_path)
    (tmp_path / "sources" / "deployments.csv").write_text(
        "deployment_id,service,environment,started_at,finished_at,outcome\n"
        "d1,checkout,production,2026-07-10T12:00:00Z,2026-07-10T12:05:00Z,succeeded\n"
    )
    return tmp_path


@dataclass(frozen=True)
class Demonstration:
    """The demonstration organisation, extracted and reported on. Shared: look, do not change; `copy` to change."""

    folder: Path
    today: date = TODAY

    @property
    def config(self) -> Config:
        """Its configuration."""
        return config.load(self.folder / config.FILE)

    @property
    def bundle(self) -> Path:
        """The report of the last complete quarter."""
        return self.folder / "reports" / "2026-Q3" / "r1"

    def copy(self, folder: Path) -> Demonstration:
        """Its own copy for a test that changes it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Demonstration(folder, self.today)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The demonstration, made once for all the processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "demonstration"
    with FileLock(shared / "demonstration.lock", timeout=280):
        if not folder.exists():
            making = shared / "demonstration.making"
            shutil.rmtree(making, ignore_errors=True)
            _make(making)
            making.rename(folder)
    yield Demonstration(folder)


def _make(folder: Path) -> None:
    folder.mkdir()
    now = datetime.combine(TODAY, time())
    demo.write(folder, TODAY)
    settings = config.load(folder / config.FILE)
    read_weekly(settings, TODAY)
    pipeline.extract(settings, clock=lambda: now)
    pipeline.generate(settings, period.quarter("2026-Q3", settings.time_zone))

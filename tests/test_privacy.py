"""People get one name each: another key, or none, is refused before anything is asked or stored."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from qmsreport import config, privacy
from tests.cli.conftest import Ran, one_line

CHANGES = (
    "change_id,repository,author,approvers,merged_at\nacme/shop#1,acme/shop,Ann,bob,2026-07-01T12:00:00Z\n"
)
ON, OFF = "pseudonymise = true", "pseudonymise = false"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one change, by Ann, approved by Bob."""
    monkeypatch.delenv("QMSREPORT_KEY", raising=False)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "changes.csv").write_text(CHANGES)
    (tmp_path / "sources" / "services.csv").write_text("service,team\nshop,A\n")
    configure(tmp_path, ON)
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], place: Path) -> Callable[..., Ran]:
    """`call("extract")` there."""
    from qmsreport.cli.failures import run

    def do(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(["--config", str(place), *arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return do


def configure(place: Path, privately: str) -> None:
    """Write the configuration."""
    text = f'[organisation]\nname = "Acme"\n[privacy]\n{privately}\n[sources.files]\n'
    (place / "qmsreport.toml").write_text(text)


def rows(place: Path, sql: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with closing(duckdb.connect(str(place / "warehouse.duckdb"), read_only=True)) as connection:
        return connection.execute(sql).fetchall()


def another_key(place: Path) -> None:
    """Somebody makes a new key."""
    (place / "qmsreport.key").write_text("another key, of some length\n")


def no_key(place: Path) -> None:
    """The key is lost."""
    (place / "qmsreport.key").unlink()


def names_as_they_are(place: Path) -> None:
    """Pseudonyms are switched off."""
    configure(place, OFF)


@pytest.mark.parametrize(
    ("begun", "change", "why", "undo"),
    [
        (ON, another_key, r"made with a key, and .*qmsreport\.key has another,", "Restore that key from its backup,"),
        (ON, no_key, r"made with a key, and there is none in .*qmsreport\.key,", "Restore that key from its backup,"),
        (ON, names_as_they_are, "under pseudonyms, and 'pseudonymise' is false,", "Set it to true again,"),
        (OFF, lambda place: configure(place, ON), "as they are, and 'pseudonymise' is true,", "Set it to false again,"),
    ],
)  # fmt: skip
def test_storing_people_under_other_names_is_refused(
    place: Path, call: Callable[..., Ran], begun: str, change: Callable[[Path], None], why: str, undo: str
) -> None:
    """With people stored, another key, no key, or pseudonyms switched, is one sentence, exit code 2, and nothing new."""
    configure(place, begun)
    assert call("extract").code == 0
    before = rows(place, "from extracts order by all"), rows(place, "from changes order by all")
    change(place)
    keys = {path.read_text() for path in place.glob("*.key")}
    (place / "sources" / "changes.csv").write_text(CHANGES.replace("bob", "ann"))
    for command in ("extract", "doctor"):
        ran = call(command)
        assert ran.code == 2
        sentence = one_line(ran.err)
        assert sentence.startswith(
            f"qmsreport: Cannot add to the warehouse {place / 'warehouse.duckdb'}: it holds "
        )
        assert re.search(why, sentence)
        assert undo in sentence
    assert before == (rows(place, "from extracts order by all"), rows(place, "from changes order by all"))
    assert keys == {path.read_text() for path in place.glob("*.key")}  # no new key was made


def test_a_key_in_the_environment_is_told_from_the_one_in_the_file(
    place: Path, call: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable with another key is refused by its name, never its value; with the same key nothing changes."""
    assert call("extract").code == 0
    monkeypatch.setenv("QMSREPORT_KEY", "quite another secret of ours")
    ran = call("extract")
    assert ran.code == 2
    assert "the variable QMSREPORT_KEY has another" in ran.err
    assert "quite another secret" not in ran.err
    monkeypatch.setenv("QMSREPORT_KEY", (place / "qmsreport.key").read_text().strip())
    assert call("extract").code == 0


def test_where_nobody_is_stored_the_key_may_change(place: Path, call: Callable[..., Ran]) -> None:
    """A warehouse that names no person takes any key."""
    (place / "sources" / "changes.csv").unlink()
    assert call("extract").code == 0
    another_key(place)
    assert call("extract").code == 0


def test_each_extract_says_how_its_people_are_stored(place: Path, call: Callable[..., Ran]) -> None:
    """The ledger holds the key's fingerprint: the same for the same key, no part of the key, nobody's pseudonym."""
    call("extract")
    key = (place / "qmsreport.key").read_text().strip()
    ((manner,),) = rows(place, "select distinct people from extracts")
    settings = config.load(place / "qmsreport.toml")
    assert manner == privacy.manner(settings)
    kind, fingerprint = manner.rsplit(" ", 1)
    assert kind == "pseudonyms under the key"
    assert fingerprint not in key
    assert fingerprint not in str(rows(place, "from changes"))
    assert call("extract").code == 0


def test_a_warehouse_of_before_fingerprints_gets_one(place: Path, call: Callable[..., Ran]) -> None:
    """A warehouse whose ledger has no such column takes the present key, and holds on to it from then on."""
    call("extract")
    with closing(duckdb.connect(str(place / "warehouse.duckdb"))) as connection:
        connection.execute("alter table extracts drop column people")
    assert call("doctor").code == 0
    (place / "sources" / "changes.csv").write_text(CHANGES.replace("bob", "cid"))
    assert call("extract").code == 0
    another_key(place)
    assert call("extract").code == 2


STOPPED = """
import os, resource, signal, sys
from pathlib import Path
from qmsreport.privacy import create_key

if sys.argv[2] == "killed":
    os.fsync = lambda _: os._exit(9)
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
create_key(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("end", ["killed", "disk full"])
def test_no_part_of_a_key_is_left(place: Path, call: Callable[..., Ran], end: str) -> None:
    """When a run is stopped while it writes the first key, there is none, and the next run makes one and goes on."""
    done = subprocess.run([sys.executable, "-c", STOPPED, str(place / "qmsreport.key"), end])
    assert done.returncode
    assert not (place / "qmsreport.key").exists()
    assert call("extract").code == 0
    assert len((place / "qmsreport.key").read_text().strip()) == 64
    assert (place / "qmsreport.key").stat().st_mode & 0o777 == 0o600


def test_a_key_may_be_any_bytes(place: Path, call: Callable[..., Ran]) -> None:
    """A key that somebody drew as random bytes is as good as one of text."""
    (place / "qmsreport.key").write_bytes(bytes(range(200, 232)))
    assert call("extract").code == 0
    assert call("extract").code == 0

"""`qmsreport extract` and `doctor`: what is said, what is left behind, and what the exit code means."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from qmsreport.records import KINDS, columns
from qmsreport.warehouse import Warehouse
from tests.cli.conftest import PROGRAM, Ran, one_line
from tests.conftest import Demonstration

BAD_ROW = "d2,checkout,production,2026-07-10T12:00:00Z,yesterday,succeeded\n"


def test_brings_facts_in(organisation: Path, call: Callable[..., Ran]) -> None:
    """An extraction stores the rows, says how many per source, and exits 0."""
    ran = call("--config", organisation, "extract")
    assert ran.code == 0
    head, row = ran.out.splitlines()
    assert head.split() == ["source", "rows", "read", "new", "changed", "gone", "set", "aside"]
    assert row.split() == ["files", "1", "1", "0", "0", "0"]


def test_a_second_run_changes_nothing(organisation: Path, call: Callable[..., Ran]) -> None:
    """Extracting the same again stores nothing new."""
    call("extract", "--config", organisation)
    ran = call("extract", "--config", organisation)
    assert ran.code == 0
    assert ran.out.splitlines()[1].split()[2:] == ["0", "0", "0", "0"]


def test_rows_set_aside(organisation: Path, call: Callable[..., Ran]) -> None:
    """A bad row is set aside with its place and reason in a file beside the warehouse; the exit code is 1."""
    source = organisation / "sources" / "deployments.csv"
    good = source.read_text()
    source.write_text(good + BAD_ROW)
    ran = call("extract", "--config", organisation)
    assert ran.code == 1
    rejects = organisation / "rejects" / "files.csv"
    assert str(rejects) in ran.out
    head, row = rejects.read_text().splitlines()
    assert head == "origin,line,column_name,reason,excerpt,recorded_at"
    assert row.startswith("sources/deployments.csv,3,finished_at,")
    # mended: nothing is aside any more, and nothing says so
    source.write_text(good)
    assert call("extract", "--config", organisation).code == 0
    assert not rejects.exists()


def test_a_source_that_fails(organisation: Path, call: Callable[..., Ran]) -> None:
    """A source that cannot be read is one sentence and exit code 3; the other sources are read all the same."""
    with (organisation / "qmsreport.toml").open("a") as file:
        file.write('\n[sources.gone]\nkind = "files"\npath = "nowhere"\n')
    ran = call("extract", "--config", organisation)
    assert ran.code == 3
    assert "gone: Cannot list the folder" in ran.err
    assert re.search(r"^files +1 +1 ", ran.out, re.MULTILINE)


def test_one_source_only(organisation: Path, call: Callable[..., Ran]) -> None:
    """--source asks only the named ones; an unknown name gets a suggestion."""
    with (organisation / "qmsreport.toml").open("a") as file:
        file.write('\n[sources.gone]\nkind = "files"\npath = "nowhere"\n')
    assert call("extract", "--config", organisation, "--source", "files").code == 0
    ran = call("extract", "--config", organisation, "--source", "file")
    assert ran.code == 2
    assert "Did you mean 'files'?" in one_line(ran.err)


def test_plain_lines_when_no_terminal_watches(organisation: Path, spawn: Callable[..., Ran]) -> None:
    """Without a terminal the progress is plain lines with a time, without colours or control characters."""
    ran = spawn("-v", "extract", cwd=organisation)
    assert ran.code == 0
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ files sources/deployments\.csv: 1 rows, 1 new, 0 changed\n", ran.err
    )


def test_bars_when_a_terminal_watches(organisation: Path) -> None:
    """With a terminal there are progress bars, which are gone when it is done."""
    import pty

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "extract"],
        cwd=organisation,
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm"},
    )
    out, _ = process.communicate(timeout=100)
    os.close(follower)
    seen = b""
    try:
        while part := os.read(leader, 65536):
            seen += part
    except OSError:  # the end, as Linux tells it
        pass
    os.close(leader)
    assert process.returncode == 0
    assert b"files" in seen
    assert b"\x1b[" in seen
    assert b"\x1b" not in out


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_day_that_is_none(option: str, organisation: Path, call: Callable[..., Ran]) -> None:
    """A day that cannot be read is named, with how to write one."""
    ran = call("extract", "--config", organisation, option, "07/01/2026")
    assert ran.code == 2
    assert "2026-07-01" in one_line(ran.err)


def test_no_configuration(tmp_path: Path, spawn: Callable[..., Ran]) -> None:
    """Without a configuration the sentence says where it was looked for and what to run; exit code 2."""
    ran = spawn("extract", cwd=tmp_path)
    assert ran.code == 2
    line = one_line(ran.err)
    assert "qmsreport.toml" in line
    assert "QMSREPORT_CONFIG" in line
    assert "qmsreport init" in line


def test_the_configuration_can_be_named(
    organisation: Path, spawn: Callable[..., Ran], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """--config before or after the command, or QMSREPORT_CONFIG, name the file; paths in it are relative to it."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    file = organisation / "qmsreport.toml"
    assert spawn("--config", file, "extract", cwd=elsewhere).code == 0
    assert spawn("extract", "--config", file, cwd=elsewhere).code == 0
    assert spawn("extract", cwd=elsewhere, QMSREPORT_CONFIG=str(file)).code == 0
    assert (organisation / "warehouse.duckdb").exists()
    assert not list(elsewhere.iterdir())


def test_all_problems_at_once(organisation: Path, call: Callable[..., Ran]) -> None:
    """Everything wrong with a configuration is told in one go, each with its place and the nearest word."""
    file = organisation / "qmsreport.toml"
    text = file.read_text().replace('time_zone = "Europe/Berlin"', "time_zon = 3").replace("team =", "taem =")
    file.write_text(
        text + '\n[reprot]\n[[slo]]\nid = "x"\n[[slo]]\nid = "y"\nobjective = 99.9\nsource = "prom"\n'
        "[report]\nsample_size = -3\ntrend_periods = 0\n[delivery]\ncausal_window_hours = nan\n"
        '[slo_policy]\nminimum_coverage = 95\n[extraction]\nsince = "soon"\n'
    )
    ran = call("extract", "--config", organisation)
    assert ran.code == 2
    for words in (
        "11 problem(s)", "'time_zone'", "'team'", "'report'", "objective: missing", "y objective: 99.9", "[sources.prom]",
        "sample_size: -3", "trend_periods: 0", "causal_window_hours: nan", "minimum_coverage: must", "[extraction] since: Cannot",
    ):  # fmt: skip
        assert words in ran.err, words


@pytest.mark.parametrize("name", ["3", '"Example"'])
def test_an_unknown_zone_is_told_beside_other_problems(
    name: str, organisation: Path, call: Callable[..., Ran]
) -> None:
    """A zone that does not exist is named, whatever else is wrong with its table."""
    file = organisation / "qmsreport.toml"
    file.write_text(f'[organisation]\nname = {name}\ntime_zone = "Europe/Belin"\n[sources.files]\n')
    assert (
        "[organisation] time_zone: Unknown time zone 'Europe/Belin'" in call("extract", "--config", file).err
    )


def test_a_configuration_that_begins_with_a_mark(organisation: Path, call: Callable[..., Ran]) -> None:
    """A byte order mark, as some editors write it, is no mistake; another encoding is named as what it is."""
    file = organisation / "qmsreport.toml"
    text = file.read_text("utf-8")
    file.write_text("\ufeff" + text.replace("\n", "\r\n"), "utf-8")
    assert call("doctor", "--config", file).code == 0
    file.write_text(text + "# Müller\n", "latin-1")
    ran = call("doctor", "--config", file)
    assert ran.code == 2
    assert "is not UTF-8. Save the file as UTF-8." in one_line(ran.err)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--until", "2999-01-01"], "still to come"),
        (["--since", "2999-01-01"], "nothing to read between"),
        (
            ["--since", "2026-09-01", "--until", "2026-07-01"],
            "nothing to read between 2026-08-31T22:00:00Z and",
        ),
        (["--since", "0001-01-01T00:00:00+05:00"], "not from 1970 to 2999"),
    ],
)
def test_a_time_to_read_that_cannot_be(
    words: list[str], says: str, organisation: Path, call: Callable[..., Ran]
) -> None:
    """A window that ends in the future would count as read, and one that ends before it begins as done: both are refused."""
    ran = call("extract", "--config", organisation, *words)
    assert ran.code == 2
    assert says in one_line(ran.err)
    assert not (organisation / "warehouse.duckdb").exists()


def test_a_key_that_cannot_be_read(organisation: Path, call: Callable[..., Ran]) -> None:
    """`doctor` says that the key of the pseudonyms cannot be read, before an extraction would stumble over it."""
    file = organisation / "qmsreport.toml"
    file.write_text(file.read_text("utf-8").replace("pseudonymise = false", "pseudonymise = true"), "utf-8")
    (organisation / "qmsreport.key").mkdir()
    ran = call("doctor", "--config", organisation)
    assert ran.code == 2
    assert "let this user read" in one_line(ran.err)


def test_a_source_whose_name_is_no_files_name(organisation: Path, call: Callable[..., Ran]) -> None:
    """A slash in a source's name is told before anything is asked: its rejects go into a file of that name."""
    file = organisation / "qmsreport.toml"
    file.write_text(file.read_text() + '\n[sources."a/../b"]\nkind = "files"\n')
    ran = call("extract", "--config", organisation)
    assert ran.code == 2
    assert "[sources.a/../b]: a name goes into a file's name. Leave out the slash." in ran.err
    assert not (organisation / "rejects").exists()


def test_a_locked_warehouse(organisation: Path, call: Callable[..., Ran]) -> None:
    """A second run waits for the first, and then says who holds it; exit code 3."""
    with (organisation / "qmsreport.toml").open("a") as file:
        file.write("\n[warehouse]\nlock_timeout_seconds = 0.2\n")
    with Warehouse(organisation / "warehouse.duckdb").writing("qmsreport extract"):
        ran = call("extract", "--config", organisation)
    assert ran.code == 3
    line = one_line(ran.err)
    assert f"process {os.getpid()}" in line
    assert "Wait" in line
    assert call("extract", "--config", organisation).code == 0


def test_a_folder_that_cannot_be_written(organisation: Path) -> None:
    """A read-only folder is one sentence that says what to do; exit code 3 and no traceback."""
    # root may write everywhere, unless that one right is taken away
    unprivileged = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    organisation.chmod(0o555)
    try:
        done = subprocess.run(
            [*unprivileged, *PROGRAM, "extract"], capture_output=True, text=True, timeout=60, cwd=organisation
        )
    finally:
        organisation.chmod(0o755)
    assert done.returncode == 3
    assert "Check that this user may write" in one_line(done.stderr)


def contents(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every fact of a warehouse, without when and by which extract it was recorded."""
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for kind in KINDS:
            names = ", ".join(column.name for column in columns(kind))
            found[kind] = connection.execute(
                f"select {names}, version, vanished from {kind} order by all"
            ).fetchall()
    return found


def unread(folder: Path, organisation: Path) -> Path:
    """A new folder with an organisation's files and no warehouse."""
    folder.mkdir()
    for name in ("qmsreport.key", "sources", "configuration", "policy", "registers"):
        (folder / name).symlink_to(organisation / name)
    # a file of its own, since paths are relative to it
    (folder / "qmsreport.toml").write_text((organisation / "qmsreport.toml").read_text())
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, demonstration: Demonstration
) -> dict[str, list[tuple[object, ...]]]:
    """What one run brings that nothing stops."""
    folder = unread(tmp_path_factory.mktemp("undisturbed") / "whole", demonstration.folder)
    done = subprocess.run([*PROGRAM, "extract"], capture_output=True, check=False, timeout=120, cwd=folder)
    assert done.returncode == 1  # the demonstration has a bad row
    return contents(folder / "warehouse.duckdb")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("after", [1, 5])
def test_stopped_in_the_middle(
    number: signal.Signals,
    code: int,
    after: int,
    tmp_path: Path,
    demonstration: Demonstration,
    undisturbed: dict[str, list[tuple[object, ...]]],
    spawn: Callable[..., Ran],
) -> None:
    """Ctrl-C during an extraction is one line, and the next run brings the same content as one undisturbed run."""
    stopped = unread(tmp_path / "stopped", demonstration.folder)
    process = subprocess.Popen(
        [*PROGRAM, "-v", "extract"], cwd=stopped, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    lines = [process.stderr.readline() for _ in range(after)]  # so many windows are stored
    time.sleep(0.02)
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == code, rest
    assert "Traceback" not in rest
    assert rest.splitlines()[-1].startswith("qmsreport: Stopped.")
    assert all(line.startswith("2") for line in lines)
    again = spawn("extract", cwd=stopped)
    assert again.code == 1  # the demonstration has a bad row
    found = contents(stopped / "warehouse.duckdb")
    assert not [kind for kind in KINDS if found[kind] != undisturbed[kind]]


def test_a_full_disk(organisation: Path) -> None:
    """When the disk is full it says so with exit code 3, keeps what was stored, and goes on once there is room."""
    rows = "".join(
        f"d{number},checkout,production,2026-07-10T12:00:00Z,2026-07-10T12:05:00Z,succeeded\n"
        for number in range(10, 60_000)
    )
    with (organisation / "sources" / "deployments.csv").open("a") as file:
        file.write(rows)
    # a limit on the size of a file is the full disk that needs no root
    limited = ["bash", "-c", 'ulimit -f 2048; exec "$@"', "bash", *PROGRAM]
    done = subprocess.run(
        [*limited, "extract"], cwd=organisation, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    again = subprocess.run(
        [*PROGRAM, "extract"], cwd=organisation, capture_output=True, text=True, timeout=100
    )
    assert again.returncode == 0, again.stderr
    assert len(contents(organisation / "warehouse.duckdb")["deployments"]) == 59_991


def test_doctor_says_that_all_is_well(organisation: Path, call: Callable[..., Ran]) -> None:
    """`doctor` gives a row for each source; exit code 0 when nothing is wrong."""
    ran = call("doctor", "--config", organisation)
    assert ran.code == 0
    head, row = ran.out.splitlines()
    assert head.split()[:5] == ["source", "kind", "state", "reachable", "permitted"]
    assert row.split()[:5] == ["files", "files", "well", "yes", "yes"]
    assert not ran.err


def test_doctor_finds_the_broken_source(organisation: Path, call: Callable[..., Ran]) -> None:
    """A source that cannot be read is marked, with a sentence that says what to do; exit code 3."""
    with (organisation / "qmsreport.toml").open("a") as file:
        file.write('\n[sources.metrics]\nkind = "prometheus"\nurl = "http://127.0.0.1:9"\nretries = 0\n')
    ran = call("doctor", "--config", organisation)
    assert ran.code == 3
    states = {line.split()[0]: line.split()[2:4] for line in ran.out.splitlines()[1:]}
    assert states == {"files": ["well", "yes"], "metrics": ["look", "no"]}
    assert "metrics: Cannot reach" in one_line(ran.err)
    assert call("doctor", "--config", organisation, "--source", "files").code == 0

"""What went wrong becomes one sentence and an exit code, and never shows a secret."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qmsreport import errors, pipeline
from tests.cli.conftest import PROGRAM, Ran, one_line

SECRET = "ghp_abcdefghijklmnop1234567890"


@pytest.fixture
def failing(
    organisation: Path, call: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """`failing(error, "-v")`: an extraction in which this error comes up."""

    def do(error: BaseException, *words: str) -> Ran:
        def fail(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(pipeline, "extract", fail)
        return call(*words, "extract", "--config", organisation)

    return do


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("One thing."), 2),
        (errors.ConfigError("One thing."), 2),
        (errors.Unavailable("One thing."), 3),
        (errors.Rejected("One thing."), 3),
        (errors.Malformed("One thing."), 3),
        (errors.WarehouseError("One thing."), 3),
        (errors.Locked("One thing."), 3),
        (errors.QueryError("One thing."), 4),
        (errors.RenderError("One thing."), 5),
    ],
)
def test_each_class_has_its_exit_code(error: Exception, code: int, failing: Callable[..., Ran]) -> None:
    """Every error of ours is its own sentence on standard error, and its class's exit code."""
    ran = failing(error)
    assert ran.code == code
    assert one_line(ran.err) == "qmsreport: One thing."
    assert not ran.out


def test_every_error_class_is_in_the_table() -> None:
    """The exit codes that the tests hold are those of all the classes there are."""
    known = {
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.QmsReportError)
    }
    assert {cls.exit_code for cls in known} == {2, 3, 4, 5}


def test_an_unforeseen_error(
    failing: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error nobody foresaw is one sentence with where its traceback is; exit code 70."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ran = failing(RuntimeError("the flux is broken"))
    assert ran.code == 70
    line = one_line(ran.err)
    assert "RuntimeError: the flux is broken" in line
    (written,) = tmp_path.glob("qmsreport-*.txt")
    assert str(written) in line
    assert "Traceback" in written.read_text()


def test_verbose_shows_where(failing: Callable[..., Ran]) -> None:
    """With -v the traceback is shown, of foreseen errors too."""
    assert "Traceback" in failing(RuntimeError("the flux is broken"), "-v").err
    ran = failing(errors.Unavailable("Cannot reach it."), "-v")
    assert ran.code == 3
    assert "Traceback" in ran.err


@pytest.mark.parametrize("words", [[], ["-v"]])
@pytest.mark.parametrize("error", [RuntimeError, errors.Unavailable])
@pytest.mark.parametrize(
    "told",
    [
        f"token={SECRET}",
        f"https://me:{SECRET}@host/api",
        f"Authorization: Bearer {SECRET}",
        f"found {SECRET} there",
    ],
)
def test_no_secret_is_shown(
    told: str,
    error: type[Exception],
    words: list[str],
    failing: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A secret inside an exception appears neither on the terminal nor in the traceback that is kept."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ran = failing(error(told), *words)
    kept = "".join(path.read_text() for path in tmp_path.glob("qmsreport-*.txt"))
    assert SECRET not in ran.out + ran.err + kept
    assert "***" in ran.err


def test_a_full_disk_and_a_missing_right_say_what_to_do(failing: Callable[..., Ran]) -> None:
    """An error of the system itself names the file and what to do; exit code 3."""
    full = failing(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    assert full.code == 3
    assert one_line(full.err).startswith("qmsreport: Cannot use /data/x: No space left on device. Free space")
    assert (
        "Check that this user" in failing(PermissionError(errno.EACCES, "Permission denied", "/data/x")).err
    )


def test_a_full_disk_under_the_output() -> None:
    """What standard output goes to can be full too: one sentence and exit code 3, of the quick first screen as well."""
    for words in (["metrics"], ["--help"], ["--version"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
            )
        assert (done.returncode, one_line(done.stderr)[:28]) == (3, "qmsreport: Cannot use the ou")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed: str, organisation: Path) -> None:
    """A job that was started with its streams closed does its work, and says nothing where nobody listens."""
    command = ["bash", "-c", f'exec "$@" {closed}', "bash", *PROGRAM]
    assert subprocess.run([*command, "extract"], cwd=organisation, timeout=60).returncode == 0
    with (organisation / "warehouse.duckdb").open("rb") as file:
        assert b"DUCK" in file.read(16)
    assert subprocess.run([*command, "extrat"], cwd=organisation, timeout=60).returncode == 2


def test_a_terminal_that_lacks_a_character(organisation: Path, spawn: Callable[..., Ran]) -> None:
    """Where the locale has no dash or umlaut a question mark stands for it, and the command goes on."""
    ran = spawn("doctor", cwd=organisation, PYTHONIOENCODING="latin-1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1].split()[5] == "?"


def test_ctrl_c(failing: Callable[..., Ran]) -> None:
    """Ctrl-C is one line and exit code 130."""
    ran = failing(KeyboardInterrupt())
    assert ran.code == 130
    assert one_line(ran.err).startswith("qmsreport: Stopped.")


def test_ctrl_c_while_python_makes_a_class(tmp_path: Path) -> None:
    """An interrupt that meets an exec(), as an import does, ends with exit code 130 too, not by the signal."""
    (tmp_path / "stopped.py").write_text(
        """
import os, signal
from qmsreport.cli import failures
failures._invoke = lambda *_: exec("os.kill(os.getpid(), signal.SIGINT); signal.pause()", globals())
raise SystemExit(failures.run([]))
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "stopped"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 130, done.stderr
    assert one_line(done.stderr).startswith("qmsreport: Stopped.")


def test_ctrl_c_while_starting() -> None:
    """An interrupt that meets the loading of the command line itself is one line and exit code 130 too."""
    code = """
import builtins, sys
from qmsreport.cli import main
before = builtins.__import__
def stopped(name, *rest):
    if name == "click":
        raise KeyboardInterrupt
    return before(name, *rest)
builtins.__import__ = stopped
sys.argv = ["qmsreport", "extract"]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 130, done.stderr
    assert one_line(done.stderr).startswith("qmsreport: Stopped before")


def test_ctrl_c_that_python_drops(tmp_path: Path) -> None:
    """An interrupt that meets a destructor is not lost, and nothing is said of where it was: one line and code 130."""
    (tmp_path / "dropped.py").write_text(
        """
import os, signal, time
from qmsreport.cli import failures
class Gone:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
def invoke(*_):
    Gone()
    time.sleep(30)
failures._invoke = invoke
raise SystemExit(failures.run([]))
"""
    )
    done = subprocess.run(
        [sys.executable, "-m", "dropped"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        timeout=25,
    )
    assert done.returncode == 130, done.stderr
    assert one_line(done.stderr).startswith("qmsreport: Stopped.")


def test_a_stop_that_a_library_swallows(organisation: Path) -> None:
    """An interrupt that ends in a library's own code stops the extraction after the window that is being stored."""
    code = """
import signal, sys
from qmsreport.cli.failures import run
from qmsreport.warehouse import Warehouse
before = Warehouse.commit
def commit(*given):
    try:
        signal.raise_signal(signal.SIGTERM)
    except KeyboardInterrupt:
        pass
    return before(*given)
Warehouse.commit = commit
raise SystemExit(run(["-v", "extract"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=organisation,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 143, done.stderr
    stored, said = done.stderr.splitlines()
    assert "1 rows, 1 new" in stored
    assert said.startswith("qmsreport: Stopped.")


def test_a_failure_offline_loads_no_network_library() -> None:
    """What is said of a failure is freed of secrets without the library that reaches the network."""
    code = """
import sys
from qmsreport.cli.failures import run
from qmsreport.redaction import redact
assert run(["--config", "/nowhere", "generate"]) == 2
assert redact("token=ghp_abcdefghijklmnop1234567890 https://ann:secret@host/") == "token=*** https://ann:***@host/"
sys.exit(bool({"requests", "urllib3"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr

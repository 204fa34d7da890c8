"""Running the command line: in this process for speed, or as a real one where the process is what matters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "qmsreport"]


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`call("generate", "--quarter")`: one command in this process, as the entry point would run it."""
    from qmsreport.cli.failures import run

    def do(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return do


@pytest.fixture
def spawn() -> Callable[..., Ran]:
    """`spawn("extract", cwd=folder)`: one command as a process of its own."""

    def do(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Ran:
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=200,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return do


def one_line(text: str) -> str:
    """The only line of an error; a traceback or a second sentence elsewhere fails the test."""
    (line,) = text.strip().splitlines()
    assert line.startswith("qmsreport: ")
    return line

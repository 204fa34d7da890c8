"""The first screen, the version, and what happens to a word that nobody knows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qmsreport import __version__
from qmsreport.cli import screen
from qmsreport.cli.app import app
from tests.cli.conftest import PROGRAM, Ran, one_line


def test_help_lists_every_command(spawn: Callable[..., Ran]) -> None:
    """`qmsreport --help` lists every command and its options, and exits 0."""
    ran = spawn("--help")
    assert ran.code == 0
    assert not ran.err
    for name, summary in screen.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(summary)}$", ran.out, re.MULTILINE)
    for word in ("--config", "--verbose", "--version", "--help", "Examples:"):
        assert word in ran.out


def test_the_quick_screen_is_the_one_click_gives() -> None:
    """The screen that is printed without click is what the group itself would print."""
    ran = CliRunner().invoke(app, ["--help"])
    assert ran.exit_code == 0
    assert ran.output == screen.text() + "\n"


def test_version(spawn: Callable[..., Ran]) -> None:
    """`qmsreport --version` prints the version."""
    assert spawn("--version") == Ran(0, f"qmsreport {__version__}\n", "")


def test_version_after_another_option(call: Callable[..., Ran]) -> None:
    """The version is the same when click prints it."""
    assert call("-v", "--version") == Ran(0, f"qmsreport {__version__}\n", "")


def test_no_command(call: Callable[..., Ran]) -> None:
    """Without a command the first screen goes to standard error, with exit code 2: a script that forgot it notices."""
    assert call() == Ran(2, "", screen.text() + "\n")


def test_a_group_without_its_command(call: Callable[..., Ran]) -> None:
    """`qmsreport key` alone shows the help of that group, with exit code 2."""
    ran = call("key")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == call("key", "--help").out


def test_one_word_too_many_is_a_sentence(call: Callable[..., Ran]) -> None:
    """What click says ends with a full stop before we go on."""
    assert one_line(call("metrics", "incidents", "x").err).endswith("(x). See 'qmsreport metrics --help'.")


@pytest.mark.parametrize(
    ("words", "after"),
    [
        (["generate", "--as-of", ""], "after '--as-of' "),
        (["generate", "--fail-on="], "after '--fail-on' "),
        (["generate", "--month", "", "--format", "json"], "after '--month' "),
        (["--config", "", "doctor"], "after '--config' "),
        (["verify", ""], "after 'verify' "),
        ([""], ""),
    ],
)
def test_an_empty_word_is_refused(words: list[str], after: str, call: Callable[..., Ran]) -> None:
    """An unset variable of a script is never taken for the default: that would be another report, or no gate."""
    ran = call(*words)
    assert ran.code == 2
    assert f"an empty word {after}on the command line" in one_line(ran.err)


@pytest.mark.parametrize("name", screen.COMMANDS)
def test_every_command_has_its_own_help(name: str, call: Callable[..., Ran]) -> None:
    """`qmsreport COMMAND --help` explains it, with examples, without needing a configuration."""
    ran = call(name, "--help")
    assert ran.code == 0
    assert "Examples:" in ran.out
    assert not ran.err


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (["generat"], "generate"),
        (["extrakt"], "extract"),
        (["generate", "--quater", "2026-Q3"], "--quarter"),
        (["extract", "--sourc", "x"], "--source"),
        (["--confg", "x", "extract"], "--config"),
        (["metrics", "change_leed_time"], "change_lead_time"),
        (["checks", "slo_mett"], "slo_met"),
        (["sources", "githup"], "github"),
        (["records", "deployment"], "deployments"),
        (["completion", "fisch"], "fish"),
    ],
)
def test_a_mistyped_word_gets_a_suggestion(
    words: list[str], suggestion: str, call: Callable[..., Ran]
) -> None:
    """A mistyped command, option or name is one sentence with the nearest known one, and exit code 2."""
    ran = call(*words)
    assert ran.code == 2
    assert not ran.out
    assert f"'{suggestion}'" in one_line(ran.err)


def test_a_word_like_nothing_known_gets_the_list(call: Callable[..., Ran]) -> None:
    """A word near nothing gets the list of what there is."""
    assert all(name in one_line(call("xyzzy").err) for name in screen.COMMANDS)


def _fastest(command: list[str], times: int = 12) -> float:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        found.append(time.perf_counter() - start)
    return min(found)


def test_starts_quickly() -> None:
    """`qmsreport --help` takes at most five times as long as Python takes to do nothing."""
    nothing = _fastest([sys.executable, "-c", "pass"])
    assert _fastest([*PROGRAM, "--help"]) <= 5 * nothing


@pytest.mark.parametrize("words", [["--help"], ["metrics"], ["generate", "--help"]])
def test_a_closed_pipe_is_quiet(words: list[str]) -> None:
    """A reader that goes away (`qmsreport metrics | head -1`) causes no message."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*PROGRAM, *words], stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert done.stderr == b""
    assert done.returncode in (0, 141)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, call: Callable[..., Ran]) -> None:
    """The completion script of each shell is printed, and names our variable."""
    ran = call("completion", shell)
    assert ran.code == 0
    assert "_QMSREPORT_COMPLETE" in ran.out


def test_completion_knows_the_shell(call: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name the script is the one for $SHELL."""
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert call("completion") == call("completion", "fish")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("qmsreport gen", "generate"),
        ("qmsreport generate --as", "--as-of"),
        ("qmsreport metrics change_f", "change_fail_rate"),
        ("qmsreport sources prom", "prometheus"),
        ("qmsreport records depl", "deployments"),
        ("qmsreport extract --source fi", "files"),
    ],
)
def test_completion_completes(
    typed: str, offered: str, organisation: Path, spawn: Callable[..., Ran]
) -> None:
    """Commands, options, metrics, kinds and the configured sources complete in a shell."""
    words = {
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
        "_QMSREPORT_COMPLETE": "bash_complete",
    }
    ran = spawn(cwd=organisation, **words)
    assert ran.code == 0
    assert f"plain,{offered}" in ran.out.splitlines()


def test_commands_are_loaded_one_by_one() -> None:
    """The group knows its commands' names without loading any of them."""
    assert app.list_commands(click.Context(app)) == list(screen.COMMANDS)
    assert app.get_command(click.Context(app), "nothing") is None

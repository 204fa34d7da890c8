"""What the package as a whole promises."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

from qmsreport import sources
from qmsreport.cli import screen
from qmsreport.cli.app import app

ROOT = Path(__file__).parents[2]
HEAVY = (
    "click", "duckdb", "polars", "pandas", "pyarrow", "numpy", "weasyprint", "altair", "jinja2", "requests", "github",
    "prometheus_api_client", "rich", "cryptography", "xlsxwriter", "pyhanko", "tomllib", "dataclasses",
)  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return tuple(
        path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()
    )


def command(name: str) -> click.Command:
    """A command of the command line."""
    found = app.get_command(click.Context(app), name)
    assert found
    return found


@pytest.mark.parametrize("name", screen.COMMANDS)
def test_every_command_has_help(name: str) -> None:
    """Every command says what it does, describes each option, and gives examples."""
    found = command(name)
    assert found.help
    for parameter in found.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, f"{name} {parameter.opts[0]}"
    assert found.epilog
    assert f"qmsreport {name}" in found.epilog


@pytest.mark.parametrize("name", screen.COMMANDS)
def test_the_first_screen_tells_what_the_command_says_of_itself(name: str) -> None:
    """The first screen is written without loading the commands, and still says the same."""
    help_text = command(name).help or ""
    assert help_text.split("\n\n")[0].replace("\n", " ").strip() == screen.COMMANDS[name]


@pytest.mark.parametrize("name", screen.COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    """A reader of the README finds every command."""
    assert f"qmsreport {name}" in (ROOT / "README.md").read_text("utf-8")


def test_the_readme_names_only_commands_that_exist() -> None:
    """Every `qmsreport <word>` in the README's examples is a command."""
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"(?:^\$ |`|&& |bin/)qmsreport ([a-z]+)", readme, re.MULTILINE))
    assert named
    assert named <= set(screen.COMMANDS)


def _loaded_after(code: str) -> set[str]:
    script = f"import sys\nsys.argv = ['qmsreport', '--help']\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/")
    return set(done.stderr.split())


def test_the_first_screen_loads_no_library() -> None:
    """`qmsreport --help` loads nothing that takes time, not even click."""
    code = "from qmsreport.cli import main\ntry:\n    main()\nexcept SystemExit as done:\n    assert not done.code"
    assert not _loaded_after(code) & set(HEAVY)


def test_the_command_line_loads_no_heavy_library() -> None:
    """Loading every command's module loads none of the libraries that do the work."""
    names = ", ".join(f"qmsreport.cli.{name}" for name in screen.COMMANDS)
    heavy = set(HEAVY) - {"click", "tomllib", "dataclasses"}
    assert not _loaded_after(f"import qmsreport.cli.app, {names}") & heavy


def test_no_module_is_long() -> None:
    """No module of the package has more than 400 lines."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if path.is_relative_to(ROOT / "qmsreport")
        and path.suffix == ".py"
        and (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_sources_do_not_know_each_other() -> None:
    """No source imports another one, not even through a helper of its own."""
    import grimp

    graph = grimp.build_graph("qmsreport")
    kinds = [f"qmsreport.sources.{kind}" for kind in sources.kinds()]
    assert len(kinds) >= 4
    for one, other in itertools.permutations(kinds, 2):
        assert not graph.chain_exists(importer=one, imported=other), f"{one} imports {other}"


def test_every_test_says_what_it_holds() -> None:
    """Every test opens with one sentence that states the behaviour."""
    import ast

    silent = []
    for path in files():
        if path.suffix != ".py" or not path.name.startswith("test_"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.FunctionDef)
                and node.name.startswith("test_")
                and not ast.get_docstring(node)
            ):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not silent


def test_the_repository_speaks_of_the_product_alone() -> None:
    """No file names a machine's own folders or a package index; a path in an example is an invented one."""
    # put together here, so that this file does not hold what it looks for
    foreign = [f"/{name}/" for name in ("work", "root", "home", "Users", "opt", "tmp")]
    foreign += ["index" + "-url", "pypi" + ".org/simple"]
    pattern = re.compile("|".join(rf"(?<![\w.~-]){re.escape(word)}" for word in foreign))
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:  # a font, a picture
            continue
        if path.name == "Makefile":
            text = text.replace("--no-emit-" + "index" + "-url", "")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert not found


def test_only_what_belongs_stands_at_the_top() -> None:
    """The top level of the repository holds the product's folders and what convention puts beside them."""
    allowed = {
        "pyproject.toml", "qmsreport", "queries", "report_templates", "tests", "docs", "README.md", "CHANGELOG.md",
        "LICENSE", "Makefile", "requirements.txt", "requirements-dev.txt",
    }  # fmt: skip
    top = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in top if not name.startswith(".")} <= allowed

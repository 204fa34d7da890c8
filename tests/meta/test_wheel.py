"""The wheel as users get it: built, installed into a clean environment, run from another folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from qmsreport import __version__, evidence
from tests.conftest import Demonstration
from tests.small_bundle import hashes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    builder = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", builder, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_holds_the_definitions_and_templates(wheel: Path) -> None:
    """The wheel carries every query, template and typeface inside the package, and neither tests nor caches."""
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    for folder in ("queries", "report_templates"):
        files = {
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        }
        assert files
        assert {f"qmsreport/{path.relative_to(ROOT).as_posix()}" for path in files} <= names
    for wanted in ("warehouse/facts.sql", "cli/init.toml", "demo/organisation.toml", "py.typed"):
        assert f"qmsreport/{wanted}" in names
    top = {name.split("/")[0] for name in names}
    assert top == {"qmsreport", f"qmsreport-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds what the wheel asks for and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "environment")], check=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    pip += ["--python", str(folder / "environment" / "bin" / "python")]
    locked = ROOT / "requirements.txt"
    # what is imported is compiled then; all of it would take longer than all else here
    subprocess.run(
        [*pip, "install", "--no-compile", "--require-hashes", "-r", locked], check=True, cwd=folder
    )
    subprocess.run([*pip, "install", "--no-deps", wheel], check=True, cwd=folder)
    checked = subprocess.run([*pip, "check"], cwd=folder, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    return folder / "environment"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_demo_leaves_a_working_organisation_in_a_clean_environment(
    demonstration: Demonstration, environment: Path, tmp_path: Path
) -> None:
    """Installed as users do and run elsewhere, `demo` gives the same bytes, and one can go on from there."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "QMSREPORT"))}

    def run(*arguments: str, cwd: Path = tmp_path) -> str:
        program = [environment / "bin" / "qmsreport", *arguments]
        done = subprocess.run(program, cwd=cwd, env=clean, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = run("demo", "--out", "shop", "--today", f"{demonstration.today}")
    shown = re.findall(r"^  (?:PDF|HTML) +(.+)$", said, re.MULTILINE)
    assert len(shown) == 2
    assert all((tmp_path / path).is_file() for path in shown)

    ours, theirs = (folder / "reports/2026-Q3/r1" for folder in (tmp_path / "shop", demonstration.folder))
    one, two = hashes(ours), hashes(theirs)
    # a DuckDB file's bytes are its own affair; its content is in the evidence digest
    assert {name for name in one if one[name] != two.get(name)} <= {"evidence.duckdb", "manifest.json"}
    assert one.keys() == two.keys()
    digests = {evidence.read_manifest(bundle)["evidence_digest"] for bundle in (ours, theirs)}
    assert len(digests) == 1

    run("verify", str(ours))
    run("generate", "--quarter", "2026-Q1", "--format", "html", cwd=tmp_path / "shop")
    assert (tmp_path / "shop" / "reports" / "2026-Q1" / "r1" / "report.html").is_file()

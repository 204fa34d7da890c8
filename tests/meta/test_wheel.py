"""The wheel as users get it: built, installed into a clean environment, run from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from qmsreport import __version__

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


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_works_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    """Without any development dependency and from another folder, `qmsreport demo` writes a report that verifies."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python, program = environment / "bin" / "python", environment / "bin" / "qmsreport"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    locked = ROOT / "requirements.txt"
    subprocess.run([*install, "--require-hashes", "-r", locked], check=True, cwd=tmp_path)
    subprocess.run([*install, "--no-deps", wheel], check=True, cwd=tmp_path)
    checked = subprocess.run([python, "-m", "pip", "check"], cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "QMSREPORT"))}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments], cwd=elsewhere, env=clean, capture_output=True, text=True, timeout=300
        )

    made = run("demo", "--out", "shop")
    assert made.returncode == 0, made.stderr
    (bundle,) = (elsewhere / "shop" / "reports").glob("*/r1")
    assert {"report.pdf", "report.html", "manifest.json"} <= {path.name for path in bundle.iterdir()}
    assert run("verify", str(bundle)).returncode == 0

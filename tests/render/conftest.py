"""One synthetic report, rendered once for all the tests that look at it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from qmsreport.render import render
from qmsreport.results import Evaluation

HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"render_{name}", HERE / f"{name}.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def synthetic() -> ModuleType:
    """The module that makes up evaluations."""
    return _load("synthetic")


@pytest.fixture(scope="session")
def browser() -> ModuleType:
    """The module that drives headless Chromium."""
    return _load("browser")


@pytest.fixture(scope="session")
def evaluation(synthetic: ModuleType) -> Evaluation:
    """A whole evaluation with everything that goes wrong in life."""
    found: Evaluation = synthetic.evaluation()
    return found


@pytest.fixture(scope="session")
def empty_evaluation(synthetic: ModuleType) -> Evaluation:
    """The same report of an organisation about which nothing is known."""
    full: Evaluation = synthetic.evaluation()
    sections = {name: type(section)(section.query, []) for name, section in full.sections.items()}
    return Evaluation(full.report, sections, full.metrics.clear(), full.findings.clear(), full.queries)


@pytest.fixture(scope="session")
def bundle(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report in every format."""
    folder = tmp_path_factory.mktemp("bundle")
    render(evaluation, ("pdf", "html", "csv", "json"), folder)
    return folder


@pytest.fixture(scope="session")
def empty_bundle(empty_evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the empty report in every format."""
    folder = tmp_path_factory.mktemp("empty")
    render(empty_evaluation, ("pdf", "html", "csv", "json"), folder)
    return folder

"""What every kind of source promises, held against each of them without anything being added here."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from pathlib import Path
from typing import Any

import pytest

from qmsreport import sources
from qmsreport.config import Config, SourceEntry
from qmsreport.errors import ConfigError, SourceError
from qmsreport.extracts import Diagnosis, Extract, Source
from qmsreport.records import KINDS, schema
from qmsreport.services import ServiceMap
from tests.factories import configuration, moment

SECRET = "s3cr3t-value-of-a-test"
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


class Nothing:
    """The progress of a source that was never asked."""

    def covered_until(self, subject: str) -> None:
        return None

    cursor = raw_sha256 = covered_until


@pytest.fixture(params=sources.kinds())
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of source there is."""
    return str(request.param)


def _options(kind: str, folder: Path) -> dict[str, Any]:
    """Options for a source that cannot be reached: required ones by their type, secrets by their suffix."""
    values: dict[str, Any] = {}
    for item in dataclasses.fields(sources.module(kind).Options):
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if item.name.endswith("token_env"):
            values[item.name] = "TEST_SECRET"
        elif item.name == "url":
            values[item.name] = NOWHERE
        elif item.name == "endpoints":
            values[item.name] = [NOWHERE.removeprefix("http://")]
        elif item.name == "path":
            values[item.name] = str(folder / "nowhere")
        elif item.name == "repositories":
            values[item.name] = [str(folder / "nowhere")] if kind == "git" else ["acme/shop"]
        elif item.name in ("retries", "timeout_seconds"):
            values[item.name] = {"retries": 0, "timeout_seconds": 2.0}[item.name]
        elif required:
            values[item.name] = ""
    return values


def _configured(folder: Path, kind: str, **options: Any) -> Config:
    settings = configuration(folder)
    entry = SourceEntry(name="tested", kind=kind, options={**_options(kind, folder), **options})
    return dataclasses.replace(settings, sources=(entry,))


@pytest.fixture
def unreachable(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source of that kind whose system is not there, with a secret in its environment."""
    monkeypatch.setenv("TEST_SECRET", SECRET)
    (built,) = sources.build(_configured(tmp_path, kind))
    return built


def test_describes_itself(kind: str) -> None:
    """A kind's module says in its first line what it reads: `qmsreport sources` prints it."""
    first = (inspect.getdoc(sources.module(kind)) or "").split("\n")[0]
    assert first.endswith(".")
    assert 20 < len(first) < 120


def test_has_options_and_create(kind: str) -> None:
    """A kind has a frozen, typed dataclass of options, and a function that makes a source of them."""
    module = sources.module(kind)
    assert dataclasses.is_dataclass(module.Options)
    assert module.Options.__dataclass_params__.frozen
    assert module.Options.__doc__
    typing.get_type_hints(module.Options)
    assert list(inspect.signature(module.create).parameters) == ["name", "options", "context"]


def test_unknown_option_suggests_the_nearest(kind: str, tmp_path: Path) -> None:
    """A mistyped option is an error that names the nearest one."""
    known = [item.name for item in dataclasses.fields(sources.module(kind).Options)]
    word = max(known, key=len)
    mistyped = word[:-1] + ("x" if word[-1] != "x" else "y")
    with pytest.raises(ConfigError, match=f"Did you mean '{word}'"):
        sources.build(_configured(tmp_path, kind, **{mistyped: "1"}))


def test_a_secret_in_the_configuration_is_refused(kind: str, tmp_path: Path) -> None:
    """A secret written into the configuration is refused, and the message does not repeat it."""
    with pytest.raises(ConfigError) as caught:
        sources.build(_configured(tmp_path, kind, password=SECRET))
    assert "unknown key" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_an_option_of_the_wrong_type_is_named(kind: str, tmp_path: Path) -> None:
    """Every option of a wrong type is named at once."""
    options = dataclasses.fields(sources.module(kind).Options)
    typed = [item.name for item in options if item.type in ("str", "int", "float", "bool")]
    assert typed
    with pytest.raises(ConfigError) as caught:
        sources.build(_configured(tmp_path, kind, **{name: [1] for name in typed}))
    for name in typed:
        assert name in str(caught.value)


def test_keeps_its_names(unreachable: Source, kind: str) -> None:
    """A source knows its name in the configuration and its kind."""
    assert unreachable.name == "tested"
    assert unreachable.kind == kind


def test_shows_no_secret(unreachable: Source, kind: str, tmp_path: Path) -> None:
    """Neither a source nor its options ever show a secret, however they are printed."""
    shown = [
        repr(unreachable),
        str(unreachable),
        repr(sources.module(kind).Options(**_options(kind, tmp_path))),
    ]
    assert all(SECRET not in text for text in shown)


def test_diagnosis_reports_instead_of_raising(unreachable: Source) -> None:
    """`diagnose` of a system that is not there reports a problem that says what to do, without a secret."""
    found = unreachable.diagnose()
    assert isinstance(found, Diagnosis)
    assert not found.reachable or found.permitted is False or found.problems
    assert found.problems
    for sentence in found.problems:
        assert sentence.endswith((".", "?", ")")), sentence
        assert SECRET not in sentence


def test_extraction_of_what_is_not_there_says_so(unreachable: Source) -> None:
    """Extracting from a system that is not there fails with a sentence; it never looks like "nothing happened"."""
    told: list[str] = []
    since, until = moment("2026-07-01"), moment("2026-07-08")
    assert since
    assert until
    try:
        items = list(unreachable.extract(since, until, Nothing()))
        told += [item.error or " ".join(item.warnings) for item in items]
        assert all(isinstance(item, Extract) for item in items)
        for item in items:
            for batch in item.batches:
                assert batch.kind in KINDS
                assert dict(batch.rows.schema) == schema(batch.kind)
    except SourceError as error:
        told.append(str(error))
    assert any(told)
    assert all(SECRET not in sentence for sentence in told)


def test_making_a_source_asks_nothing(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Building a source opens no connection: that belongs to extracting and diagnosing."""
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setenv("TEST_SECRET", SECRET)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    settings = _configured(tmp_path, kind)
    module = sources.module(kind)
    context = sources.Context(settings, ServiceMap(settings.services))
    module.create("tested", module.Options(**_options(kind, tmp_path)), context)

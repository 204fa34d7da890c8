"""`qmsreport init`."""

from __future__ import annotations

import dataclasses
import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from qmsreport import config, sources
from qmsreport.cli.init import machine_zone, text
from qmsreport.sources import _register_check
from qmsreport.sources._register_check import together
from qmsreport.sources._register_forms import FORMS
from tests.cli.conftest import Ran, one_line

WRITTEN = text("Example GmbH", "Europe/Berlin")
# every line that is TOML behind its "# "
UNCOMMENTED = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", WRITTEN)
TABLES = {
    "organisation": config.Organisation, "report": config.Report, "warehouse": config.Warehouse,
    "extraction": config.Extraction, "delivery": config.Delivery, "privacy": config.Privacy,
    "response_targets": config.ResponseTargets, "slo_policy": config.SloPolicy, "service": config.ServiceEntry,
    "slo": config.SloEntry, "maintenance": config.Maintenance, "compliance": config.Compliance,
}  # fmt: skip


def test_writes_a_configuration_that_loads(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """What is written loads as it stands, with the name and the zone that were given."""
    ran = call("init", tmp_path / "new", "--name", 'Example "Shop" GmbH', "--time-zone", "Europe/Berlin")
    assert ran.code == 0
    found = config.load(tmp_path / "new" / "qmsreport.toml")
    assert found.organisation.name == 'Example "Shop" GmbH'
    assert found.time_zone == "Europe/Berlin"
    assert not found.sources


def test_every_commented_line_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every comment taken away it still loads, and each source in it can be made."""
    monkeypatch.setenv("GITHUB_TOKEN", "not-a-token")
    monkeypatch.setenv("PROMETHEUS_TOKEN", "not-a-token")
    path = tmp_path / "qmsreport.toml"
    path.write_text(UNCOMMENTED.replace('files = ["slo/*.yaml"]', "files = []"))  # there are none here
    found = config.load(path)
    assert {entry.kind for entry in found.sources} == {
        "prometheus",
        "github",
        "git",
        "files",
        "policy",
        "registers",
        "config_files",
        "tls",
    }
    assert len(sources.build(found)) == len(found.sources)


@pytest.mark.parametrize("table", TABLES)
def test_holds_everything_that_can_be_set(table: str) -> None:
    """Every key of every table stands in it, so that nobody has to look for what there is."""
    found = tomllib.loads(UNCOMMENTED)[table]
    rows = found if isinstance(found, list) else [found]
    present = {key for row in rows for key in row}
    assert {item.name for item in dataclasses.fields(TABLES[table])} == present


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"organisation", "service", "slo", "maintenance"}))
def test_shows_the_true_defaults(table: str) -> None:
    """A value shown for a key is its default, unless it is an example of a text to fill in."""
    cls = TABLES[table]
    examples = {"document_number", "since", "files", "frameworks", "not_applicable"}
    for key, value in tomllib.loads(UNCOMMENTED)[table].items():
        if key not in examples:
            assert getattr(cls(), key) == value, key


def test_creates_the_key_for_its_owner_only(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """The key of the pseudonyms is written beside it, and only its owner may read it."""
    call("init", tmp_path)
    key = tmp_path / "qmsreport.key"
    assert len(key.read_text().strip()) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_writes_a_register_to_begin_with(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """It holds nothing as it stands; with its comments taken away it is a register with every kind of entry and key."""
    call("init", tmp_path)
    written = (tmp_path / "registers" / "registers.toml").read_text("utf-8")
    assert tomllib.loads(written) == {}
    register = _register_check.read(
        re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", written),
        "UTC",
        ("slo_met", "encryption_at_rest", "change_approved"),
    )
    together({"registers.toml": register})
    assert (register.problems, register.warnings) == ([], [])
    for form, shape in FORMS.items():
        (entry,) = [entry for entry in register.entries if entry.form == form]
        assert entry.values.keys() == {key.field for key in shape.keys.values()}, form


def test_leaves_registers_alone(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """Where there is a folder of registers nothing is put into it, not even with --force."""
    (tmp_path / "registers").mkdir()
    assert call("init", tmp_path, "--force").code == 0
    assert not list((tmp_path / "registers").iterdir())


def test_refuses_to_write_over_a_configuration(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """A configuration that is there stays, with exit code 2 and the way out."""
    (tmp_path / "qmsreport.toml").write_text("mine")
    ran = call("init", tmp_path)
    assert ran.code == 2
    assert "--force" in one_line(ran.err)
    assert (tmp_path / "qmsreport.toml").read_text() == "mine"


def test_force_keeps_the_key(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """With --force the configuration is written anew, but the key stays: a new one would give everybody a new name."""
    call("init", tmp_path)
    key = (tmp_path / "qmsreport.key").read_text()
    (tmp_path / "qmsreport.toml").write_text("mine")
    assert call("init", tmp_path, "--force").code == 0
    assert (tmp_path / "qmsreport.toml").read_text() != "mine"
    assert (tmp_path / "qmsreport.key").read_text() == key


def test_an_unknown_zone_is_refused(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """A zone that does not exist is an error before anything is written."""
    ran = call("init", tmp_path, "--time-zone", "Europe/Belin")
    assert ran.code == 2
    assert "Unknown time zone 'Europe/Belin'" in one_line(ran.err)
    assert "Did you mean 'Europe/Berlin'?" in ran.err
    assert not list(tmp_path.iterdir())


def test_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a zone it is the machine's, as $TZ says."""
    monkeypatch.setenv("TZ", ":Europe/Vienna")
    assert machine_zone() == "Europe/Vienna"

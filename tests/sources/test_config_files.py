"""The source of configuration files: one subject per file, history by readings, nothing secret stored."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qmsreport import config, sources
from qmsreport.errors import ConfigError, Rejected
from qmsreport.extracts import Source
from qmsreport.warehouse import Warehouse
from qmsreport.warehouse.database import opened, run
from tests.factories import configuration

SAMPLES = Path(__file__).parents[1] / "configurations" / "samples"
NOW = datetime.fromisoformat("2026-11-21T03:00:00")
LOKI = "limits_config: {{retention_period: {days}d}}\ncompactor: {{retention_enabled: true}}\n"


class Desk:
    """A folder of configurations, and the warehouse that a source reads it into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "etc"
        self.folder.mkdir()
        self._root = folder
        self.warehouse = Warehouse(folder / "warehouse.duckdb")
        self._runs = 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def source(self, options: str = "") -> Source:
        given = options or "path = 'etc'"
        table = f'\n[sources.stack]\nkind = "config_files"\n{given}\n'
        settings = configuration(self._root, table)
        (built,) = sources.build(settings, ["stack"], clock=lambda: NOW)
        return built

    def read(self, options: str = "") -> dict[str, Any]:
        """Extract once; the extracts by subject."""
        self._runs += 1
        now = NOW + timedelta(days=self._runs)
        found = {}
        with self.warehouse.writing("test"):
            progress = self.warehouse.progress("stack")
            for extract in self.source(options).extract(NOW, NOW, progress):
                self.warehouse.commit("stack", "config_files", extract, now)
                found[extract.subject] = extract
        return found

    def rows(self, sql: str) -> list[Any]:
        with opened(self.warehouse.path, read_only=True, wait_seconds=1) as connection:
            return run(connection, sql)

    def history(self, subject: str, key: str) -> list[tuple[int, str, bool]]:
        sql = f"select version, value, vanished from settings where subject = '{subject}' and key = '{key}' order by 1"
        return self.rows(sql)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty folder and an empty warehouse."""
    yield Desk(tmp_path)


def test_reading_the_same_again_adds_only_a_ledger_row(desk: Desk) -> None:
    """Each reading of unchanged files stands in the ledger and changes no fact."""
    shutil.copytree(SAMPLES, desk.folder, dirs_exist_ok=True)
    first = desk.read()
    assert not [extract.error for extract in first.values() if extract.error]
    tables = ("settings", "alert_rules", "alert_routes", "dashboards")
    before = [desk.rows(f"from {table} order by all") for table in tables]
    assert all(before)
    desk.read()
    assert [desk.rows(f"from {table} order by all") for table in tables] == before
    assert desk.rows("select count(*) from extracts where subject = 'etc/loki.yaml'") == [(0,)]
    assert desk.rows(
        "select count(*), count(distinct raw_sha256) from extracts where subject = 'etc/deploy/loki.yaml'"
    ) == [(2, 1)]


def test_no_secret_reaches_the_warehouse(desk: Desk) -> None:
    """The bytes of the warehouse hold none of the secrets that stand everywhere in the files."""
    shutil.copytree(SAMPLES, desk.folder, dirs_exist_ok=True)
    desk.write("loki/config.yaml", "password: s3cr3t: [\n")
    desk.read()
    with opened(desk.warehouse.path, read_only=False, wait_seconds=1) as connection:
        run(connection, "checkpoint")
        tables = [name for (name,) in run(connection, "select table_name from duckdb_tables()")]
        everything = repr([run(connection, f"from {name}") for name in tables])
    assert "s3cr3t" not in everything.lower()
    assert b"s3cr3t" not in desk.warehouse.path.read_bytes().lower()


def test_a_change_is_a_version_and_so_is_the_way_back(desk: Desk) -> None:
    """What a file said over time can be told from the versions."""
    for days in (30, 7, 30):
        desk.write("loki.yaml", LOKI.format(days=days))
        desk.read()
    assert desk.history("loki:loki.yaml", "retention.logs") == [
        (1, "30", False),
        (2, "7", False),
        (3, "30", False),
    ]


def test_a_setting_that_leaves_its_file_gets_a_tombstone(desk: Desk) -> None:
    """A stream whose own retention is taken out of the file has none any more."""
    stream = LOKI.format(days=30).replace(
        "}", ", retention_stream: [{selector: '{a=\"b\"}', period: 1d}]}", 1
    )
    desk.write("loki.yaml", stream)
    desk.read()
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.read()
    assert desk.history('loki:loki.yaml#stream:{a="b"}', "retention.logs")[-1] == (2, "1", True)


def test_a_file_that_is_gone_takes_its_settings_with_it_once(desk: Desk) -> None:
    """Everything that it said gets a tombstone; a file that comes back says it again."""
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.write("grafana.ini", "[server]\n")
    desk.read()
    (desk.folder / "loki.yaml").unlink()
    assert "is gone" in desk.read()["etc/loki.yaml"].asked
    assert "etc/loki.yaml" not in desk.read()
    assert desk.history("loki:loki.yaml", "retention.logs") == [(1, "30", False), (2, "30", True)]
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.read()
    assert desk.history("loki:loki.yaml", "retention.logs")[-1] == (3, "30", False)
    assert desk.history("grafana:grafana.ini", "access.anonymous") == [(1, "false", False)]


def test_a_malformed_file_is_one_sentence_and_the_others_go_on(desk: Desk) -> None:
    """The sentence names file and line; what was known of the file stays; the next file is read."""
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.write("tempo.yaml", "server: {}\n")
    desk.read()
    desk.write("loki.yaml", "limits_config:\n  a: 1\n b: [\n")
    found = desk.read()
    assert found["etc/loki.yaml"].error.startswith("Cannot read etc/loki.yaml, line 3: It is not YAML: ")
    assert found["etc/tempo.yaml"].error is None
    assert desk.history("loki:loki.yaml", "retention.logs") == [(1, "30", False)]
    assert desk.rows("select outcome from extracts where subject = 'etc/loki.yaml' order by extract_id") == [
        ("complete",),
        ("failed",),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"", "empty"), (b"a: 1\n" * 5_000_000, "larger than 20 MiB")],
)
def test_what_cannot_be_read_as_text(desk: Desk, content: bytes, words: str) -> None:
    """Another encoding, nothing, or far too much fails with its sentence."""
    (desk.folder / "loki.yaml").write_bytes(content)
    assert words in desk.read()["etc/loki.yaml"].error


def test_what_is_below_a_closed_folder_is_not_taken_for_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that cannot be listed any more hides its files; they are kept as last known."""
    desk.write("a/loki.yaml", LOKI.format(days=30))
    desk.read()
    listing = Path.iterdir

    def refused(folder: Path) -> Iterator[Path]:  # no mode closes a folder to root, who runs the tests, too
        if folder == desk.folder / "a":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        return listing(folder)

    with monkeypatch.context() as closed:
        closed.setattr(Path, "iterdir", refused)
        found = desk.read()
    assert "etc/a/loki.yaml" not in found
    assert found["etc"].truncated
    desk.read()
    assert desk.history("loki:a/loki.yaml", "retention.logs") == [(1, "30", False)]


def test_a_folder_that_is_gone_stops_the_source(desk: Desk) -> None:
    """A folder that cannot be listed at all takes nothing for gone."""
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.read()
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    with pytest.raises(Rejected, match=r"Cannot list the folder .*etc of \[sources.stack\]"):
        desk.read()
    assert desk.history("loki:loki.yaml", "retention.logs") == [(1, "30", False)]


def test_products_are_told_by_glob_where_names_do_not(desk: Desk) -> None:
    """A configured glob wins over the usual names; another product for a file leaves nothing of the first behind."""
    desk.write("logs/main.yaml", LOKI.format(days=30))
    options = "path = 'etc'\nproducts = {loki = 'logs/*.yaml'}"
    assert desk.read(options)["etc/logs/main.yaml"].product == "loki"
    desk.write("logs/main.yaml", "route: {receiver: a}\nreceivers: [{name: a}]\n")
    desk.read("path = 'etc'\nproducts = {alertmanager = 'logs/*.yaml'}")
    assert desk.history("loki:logs/main.yaml", "retention.logs")[-1] == (2, "30", True)
    desk.write("logs/main.yaml", LOKI.format(days=30))
    desk.read(options)
    assert desk.rows("select bool_and(vanished) from alert_routes where version = 2") == [(True,)]


def test_include_and_exclude(desk: Desk) -> None:
    """`include` narrows and adds, `exclude` leaves out; a file whose product nothing tells is an error that says so."""
    for name in ("a/loki.yaml", "b/loki.yaml", "b/other.yaml", ".git/loki.yaml"):
        desk.write(name, LOKI.format(days=30))
    assert set(desk.read()) == {"etc", "etc/a/loki.yaml", "etc/b/loki.yaml"}
    found = desk.read("path = 'etc'\ninclude = ['b/*.yaml', 'c/*']")
    assert set(found) == {
        "etc",
        "etc/a/loki.yaml",
        "etc/b/loki.yaml",
        "etc/b/other.yaml",
    }  # a/ is gone from the scope
    assert "Name it in 'products'" in found["etc/b/other.yaml"].error
    assert found["etc"].warnings == ("The pattern 'c/*' matches no file.",)
    assert set(desk.read("path = 'etc'\nexclude = ['b/**']")) >= {"etc/a/loki.yaml", "etc"}


def test_several_folders(desk: Desk) -> None:
    """Files of one name in two folders are two subjects."""
    for folder in ("one", "two"):
        desk.write(f"{folder}/loki.yaml", LOKI.format(days=30))
    desk.read("paths = ['etc/one', 'etc/two']")
    subjects = desk.rows("select distinct subject from settings where key = 'retention.logs' order by 1")
    assert subjects == [("loki:etc/one/loki.yaml",), ("loki:etc/two/loki.yaml",)]


def test_routes_are_followed_for_the_configured_severities_and_services(desk: Desk) -> None:
    """The severities of the options, and every service of the configuration by its label."""
    desk.write(
        "alertmanager.yml",
        "route: {receiver: a, routes: [{receiver: b, match: {team: checkout}}]}\nreceivers: [{name: a}, {name: b}]\n",
    )
    desk.read("path = 'etc'\nseverities = ['page']\nservice_label = 'team'")
    rows = desk.rows("select severity, service, receiver, origin from alert_routes order by service")
    assert rows == [
        ("page", "*", "a", "etc/alertmanager.yml:1"),
        ("page", "checkout", "b", "etc/alertmanager.yml:1"),
    ]


def test_every_wrong_option_is_told_at_once(desk: Desk) -> None:
    """An unknown product, a glob that is none, a category that is none, no severity."""
    options = "products = {lokki = 'a', tempo = 3}\ncategories = {infra = 'sytem'}\nseverities = []"
    with pytest.raises(ConfigError) as caught:
        desk.source(options)
    for words in (
        "Did you mean 'loki'?",
        "products tempo: must be a glob",
        "'sytem' is none of system",
        "severities: is empty",
    ):
        assert words in str(caught.value)


def test_doctor_tells_what_is_there_and_what_is_wrong(desk: Desk) -> None:
    """How many files of which product, and each that cannot be read."""
    desk.write("loki.yaml", LOKI.format(days=30))
    desk.write("tempo.yaml", "- no mapping\n")
    found = desk.source().diagnose()
    assert found.product == "2 files (loki 1, tempo 1)"
    (problem,) = found.problems
    assert problem.startswith("Cannot read etc/tempo.yaml: ")


def test_the_options_in_the_written_configuration_work(tmp_path: Path) -> None:
    """The example that `init` writes is one that loads."""
    from qmsreport.cli import init

    text = Path(init.__file__).with_name("init.toml").read_text("utf-8")
    start = text.index("# [sources.configuration]")
    example = "\n".join(line.removeprefix("# ") for line in text[start:].split("\n\n")[0].splitlines())
    (built,) = sources.build(configuration(tmp_path, f"\n{example}\n"), ["configuration"])
    assert built.kind == "config_files"
    assert config.load(tmp_path / config.FILE)

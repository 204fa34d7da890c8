"""What `verify` finds in a bundle that somebody altered, also where every hash in the manifest was put in order again."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from qmsreport import evidence, pipeline, verification
from tests import small_bundle
from tests.conftest import Demonstration


@pytest.fixture(scope="module")
def shop(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle to alter; each test puts back what it changed."""
    return demonstration.copy(tmp_path_factory.mktemp("altered") / "shop").bundle


def forged(bundle: Path, *statements: str, again: bool = False) -> list[str]:
    """What is found after these statements were run in the evidence, and the manifest was made to fit its bytes."""
    file, manifest = bundle / "evidence.duckdb", bundle / evidence.MANIFEST
    before = file.read_bytes(), manifest.read_bytes()
    try:
        with duckdb.connect(str(file)) as connection:
            for statement in statements:
                connection.execute(statement)
        small_bundle.rehash(bundle)
        found = verification.verify(bundle).problems
        if again:
            target = bundle.parent / "again"
            target.mkdir(exist_ok=True)
            found += pipeline.reproduce(bundle, target, ["csv"])
        return found
    finally:
        file.write_bytes(before[0])
        manifest.write_bytes(before[1])


@pytest.mark.parametrize(
    "kind", ["blob", "decimal(18, 3)", "time", "struct(a integer)", "enum ('a')", "interval", "json", "float"]
)
def test_a_column_of_a_foreign_type_is_a_changed_fact(shop: Path, kind: str) -> None:
    """A type that no report stores is told by its table's name; verifying does not end there."""
    changes = (f"alter table incidents add column more {kind}", "delete from services")
    assert forged(shop, *changes) == [
        "changed fact: table incidents: its content is not the recorded one.",
        "changed fact: table services: its content is not the recorded one.",
    ]


@pytest.mark.parametrize("name", ["a b", "a'b", 'a"b', "a\nb"])
def test_names_that_need_quotes(shop: Path, name: str) -> None:
    """A table or a column with any name is read like every other one."""
    quoted = name.replace('"', '""')
    assert forged(shop, f'create table "{quoted}" (x integer)') == [
        f"changed fact: table {name}: added afterwards."
    ]
    assert forged(shop, f'alter table incidents rename column title to "{quoted}"') == [
        "changed fact: table incidents: its content is not the recorded one."
    ]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["create macro epoch_us(x) as 1"], ["macro epoch_us: added afterwards."]),
        (["create view more as select 1 as a"], ["view more: added afterwards."]),
        (["create type more as enum ('a')"], ["type more: added afterwards."]),
        (["create sequence more"], ["sequence more: added afterwards."]),
        (["drop view failed_deployments"], ["view failed_deployments: missing."]),
        (
            ["create schema o", "create table o.incidents as from main.incidents"],
            ["schema o: added afterwards.", "table o.incidents: added afterwards."],
        ),
        (
            ["create or replace view slo_periods as select * from slo_objectives"],
            ["view slo_periods: it is not the one of queries/views/slo_periods.sql."],
        ),
    ],
)
def test_what_changes_the_meaning_of_the_same_tables(
    shop: Path, statements: list[str], found: list[str]
) -> None:
    """A macro in the place of a function, or another view, is named, although no row of any table is another one."""
    assert forged(shop, *statements) == [f"changed fact: {one}" for one in found]


def test_swapped_names_of_a_view_are_seen(shop: Path) -> None:
    """A view with the same select under other names of its columns is another view."""
    with duckdb.connect(str(shop / "evidence.duckdb"), read_only=True) as connection:
        names = [name for name, *_ in connection.execute("describe slo_periods").fetchall()]
        ((sql,),) = connection.execute("select sql from duckdb_views() where view_name = 'slo_periods'").fetchall()  # fmt: skip
    turned = ", ".join(f'"{name}"' for name in reversed(names))
    other = sql.replace("CREATE VIEW slo_periods AS", f"create or replace view slo_periods ({turned}) as")
    assert forged(shop, other) == [
        "changed fact: view slo_periods: it is not the one of queries/views/slo_periods.sql."
    ]


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("update metrics set value = 0 where metric = 'deployment_frequency'", "metrics"),
        ("update judgements set status = 'pass'", "judgements"),
        ("alter table findings rename column reason to cause", "findings"),
        ("drop table control_results", "control_results"),
    ],
)
def test_results_beside_the_facts_are_computed_again(shop: Path, statement: str, table: str) -> None:
    """--again finds results in the evidence that do not follow from its facts: the next report would build on them."""
    assert forged(shop, statement, again=True) == [
        f"evidence.duckdb: its table {table} comes out differently now."
    ]


def test_evidence_that_was_taken_away(shop: Path) -> None:
    """A bundle without its snapshot is not in order, whatever its manifest lists."""
    file, manifest = shop / "evidence.duckdb", shop / evidence.MANIFEST
    before = file.read_bytes(), manifest.read_bytes()
    file.unlink()
    small_bundle.rehash(shop)
    found = verification.verify(shop).problems
    file.write_bytes(before[0])
    manifest.write_bytes(before[1])
    assert found == ["changed fact: evidence.duckdb is missing, and every table with it."]


def test_a_cover_that_contradicts_the_evidence(shop: Path) -> None:
    """The manifest's period and moment, which the cover prints, are held against the evidence."""
    manifest = shop / evidence.MANIFEST
    before = manifest.read_bytes()
    small_bundle.rewrite(shop, as_of="2026-10-01T00:00:00")
    found = verification.verify(shop).problems
    manifest.write_bytes(before)
    (problem,) = found
    assert problem.startswith("cover: as_of is 2026-10-01T00:00:00 in the manifest, and 2026-11-")


@pytest.mark.parametrize("what", ["link", "link to a folder", "dangling link", "pipe"])
def test_what_is_no_file_was_added(tmp_path: Path, what: str) -> None:
    """Anything beside the recorded files is named, also what has no bytes of its own."""
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1")
    more = bundle / "more"
    if what == "pipe":
        os.mkfifo(more)
    else:
        more.symlink_to({"link": bundle / "report.html", "link to a folder": tmp_path}.get(what, "nowhere"))
    assert verification.verify(bundle).problems == [
        "changed file: more: not in the manifest; it was added afterwards."
    ]


def test_a_link_in_the_place_of_a_file(tmp_path: Path) -> None:
    """A file that stands elsewhere now is not part of the bundle, though it has the same bytes today."""
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1")
    (bundle / "report.html").rename(tmp_path / "elsewhere")
    (bundle / "report.html").symlink_to(tmp_path / "elsewhere")
    (problem,) = verification.verify(bundle).problems
    assert problem.startswith("changed file: report.html: changed: a link or a device")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sha256":', b'"shb256":'),
        (b'"bytes":', b'"bytet":'),
        (b'"evidence":', b'"evidencf":'),
        (b'"revision":1', b'"revision":NaN'),
        (b'"revision":1', b'"revision":1e999'),
        (b'"revision":1', b'"revision":99999999999999999999'),
        (b'"revision":1', b'"revision":"\\ud800"'),
        (b'"revision":1', b'"revision":' + b"[" * 100_000),
        (b'"files":{', b'"files":[{'),
        (b"{", b""),
    ],
)
def test_a_manifest_that_is_none_any_more(tmp_path: Path, old: bytes, new: bytes) -> None:
    """However a manifest is spoilt, one sentence names it; nothing is raised."""
    bundle = small_bundle.write(tmp_path / "reports" / "2026-Q3" / "r1")
    content = (bundle / evidence.MANIFEST).read_bytes()
    assert old in content
    (bundle / evidence.MANIFEST).write_bytes(content.replace(old, new, 1))
    (problem,) = verification.verify(bundle).problems
    assert problem.startswith("changed file: manifest.json: ")
    assert problem.endswith("Restore the bundle from its archive.")

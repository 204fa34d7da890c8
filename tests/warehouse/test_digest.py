"""The hashes of a snapshot's tables."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from qmsreport.warehouse import Snapshot, digest, snapshot, table_digests

ROWS = """
    select i as number, i / 7.0 as share, 'text ' || i || ' é' as words, i % 3 = 0 as flag,
        timestamp '2026-03-29 00:59:59.123456' + to_microseconds(i) as moment, date '2026-01-01' + i::integer as day,
        case when i % 4 > 0 then ['a', null, 'text ' || i] when i % 8 = 0 then []::varchar[] end as list
    from range(1000) t(i)
"""


def written(folder: Path, sql: str, *more: str) -> dict[str, str]:
    """The hashes of a snapshot with one table `t`."""
    path = folder / "snapshot.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table t as {sql}")
        for statement in more:
            connection.execute(statement)
    with Snapshot(path) as opened:
        return table_digests(opened)


def test_the_same_rows_hash_alike_in_another_file(tmp_path: Path) -> None:
    """Content decides, not the file's bytes: a table written by other means has the same hash."""
    plain = written(tmp_path, ROWS)
    pieces = written(tmp_path, f"{ROWS} where i < 10", f"insert into t {ROWS} where i between 10 and 989",
                     f"insert into t {ROWS} where i >= 990", "checkpoint")  # fmt: skip
    assert plain == pieces


def test_batches_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the rows are handed over, the hash is the same."""
    whole = written(tmp_path, ROWS.replace("1000", "9000"))
    monkeypatch.setattr(snapshot, "_BATCH_ROWS", 2048)
    assert written(tmp_path, ROWS.replace("1000", "9000")) == whole


@pytest.mark.parametrize("column", ["number", "share", "words", "flag", "moment", "day", "list"])
def test_any_value_matters(tmp_path: Path, column: str) -> None:
    """A value that is another one, or is no longer known, gives another hash."""
    whole = written(tmp_path, ROWS)
    other = {"flag": "not flag", "words": "'texT 500 é'", "list": "['a', null, 'text 50', '0']"}.get(
        column, f"{column} + 1" if column != "moment" else "moment + to_microseconds(1)"
    )
    assert written(tmp_path, ROWS, f"update t set {column} = {other} where number = 500") != whole
    assert written(tmp_path, ROWS, f"update t set {column} = null where number = 500") != whole


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select 'ab' as a, 'c' as b", "select 'a' as a, 'bc' as b"),
        ("select unnest(['ab', 'c']) as a", "select unnest(['a', 'bc']) as a"),
        ("select [['a'], ['b', 'c']] as a", "select [['a', 'b'], ['c']] as a"),
        ("select unnest([['a'], ['b', 'c']]) as a", "select unnest([['a', 'b'], ['c']]) as a"),
        ("select '' as a", "select cast(null as varchar) as a"),
        ("select cast([] as varchar[]) as a", "select cast(null as varchar[]) as a"),
        ("select [null]::varchar[] as a", "select ['']::varchar[] as a"),
        ("select 0 as a", "select cast(null as integer) as a"),
        ("select 0 as a", "select cast(0 as bigint) as a"),
        ("select 1 as a, 2 as b", "select 1 as b, 2 as a"),
        ("select unnest([1, 2]) as a", "select unnest([2, 1]) as a"),
        ("select unnest([1, 2]) as a", "select unnest([1, 2, 2]) as a"),
        ("select 1 as a where false", "select 'a' as a where false"),
    ],
)
def test_what_only_looks_alike_differs(tmp_path: Path, one: str, other: str) -> None:
    """Where one value ends and the next begins, what is empty and what is unknown, types, names and order all count."""
    assert written(tmp_path, one) != written(tmp_path, other)


def test_anyone_can_compute_it(tmp_path: Path) -> None:
    """The hash follows from its description alone, without this package."""

    def sha(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    found = written(tmp_path, "select 'é' as b, 258 as a union all select null, null union all select 'x', 1")
    a = f"a INTEGER known {sha(bytes([1, 0, 1]))} value {sha(bytes([2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]))}"
    lengths = sha(bytes([2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]))
    b = f"b VARCHAR known {sha(bytes([1, 0, 1]))} length {lengths} value {sha('éx'.encode())}"
    assert found == {"t": sha(f"3 rows\n{a}\n{b}".encode())}


def test_a_type_without_agreed_bytes_is_refused(tmp_path: Path) -> None:
    """A column that nobody said how to hash stops the run; it is not skipped."""
    with pytest.raises(TypeError, match="no agreed bytes"):
        written(tmp_path, "select interval 1 day as a")


def test_a_name_cannot_pass_for_a_column(tmp_path: Path) -> None:
    """A column that is called like the line of another one and its own does not stand for the two."""
    two = "select 1 as a, 2 as b"
    known, value = (hashlib.sha256(content).hexdigest() for content in (bytes([1]), bytes([1, 0, 0, 0])))
    one = f'select 2 as "a INTEGER known {known} value {value}\nb"'
    assert written(tmp_path, two) != written(tmp_path, one)


def test_a_foreign_type_counts_by_its_name(tmp_path: Path) -> None:
    """What somebody else wrote can be hashed in any case, and is never taken for a type of ours."""
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("create table t as select interval 1 day as a")
    with Snapshot(tmp_path / "other.duckdb") as opened:
        foreign = table_digests(opened, foreign=True)
    assert foreign["t"] not in {written(tmp_path, f"select cast(null as {kind}) as a")["t"] for kind in ("bigint", "varchar")}  # fmt: skip


def test_named_tables_are_left_out(tmp_path: Path) -> None:
    """What is computed from the snapshot is not evidence."""
    written(tmp_path, "select 1 as a", "create table metrics as select 1 as a")
    with Snapshot(tmp_path / "snapshot.duckdb") as opened:
        names: Any = digest.table_digests(opened, leave_out=["metrics"])
    assert list(names) == ["t"]

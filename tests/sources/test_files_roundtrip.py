"""What the files source reads is what was written, in every format, once and in any order."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsreport import records
from qmsreport.records import KINDS, columns, key_of, schema
from tests.sources.files_folder import Folder

PLUS_TWO = timezone(timedelta(hours=2))
EARLIEST, LATEST = datetime(1971, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001  # naive UTC, as inside
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "time": st.datetimes(min_value=EARLIEST, max_value=LATEST),
    "texts": st.lists(TEXT, max_size=3),
    "object": st.dictionaries(
        WORD, TEXT | st.integers(-(2**53), 2**53) | st.lists(st.none() | st.booleans()), max_size=3
    ),
}


@st.composite
def record_lists(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A kind, and records of it with keys of their own."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    fields = {
        column.name: st.sampled_from(column.choices)
        if column.choices and column.key
        else st.none() | st.sampled_from(column.choices)
        if column.choices
        else VALUES[column.type]
        if column.key
        else st.none() | VALUES[column.type]
        for column in columns(kind)
    }
    rows = draw(
        st.lists(
            st.fixed_dictionaries(fields),
            max_size=5,
            unique_by=lambda row: tuple(row[name] for name in key_of(kind)),
        )
    )
    return kind, [KINDS[kind](**row) for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(PLUS_TWO).isoformat()
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def write(folder: Folder, kind: str, rows: list[Any], suffix: str) -> str:
    """Write records as a file of that format; its name."""
    names = [column.name for column in columns(kind)]
    name = f"{kind}.{suffix}"
    if suffix == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows([_cell(getattr(row, name)) for name in names] for row in rows)
        folder.put(name, text.getvalue())
    elif suffix == "jsonl":
        values = [{name: getattr(row, name) for name in names} for row in rows]
        lines = [
            json.dumps({key: _cell(v) if isinstance(v, datetime) else v for key, v in value.items()})
            for value in values
        ]
        folder.put(name, "\n".join(lines) or '{"no": 1}')
    else:
        zoned = pl.selectors.datetime().dt.replace_time_zone("UTC")
        folder.put(name, records.frame(kind, rows).with_columns(zoned))
    return name


@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=record_lists(), suffix=st.sampled_from(["csv", "jsonl", "parquet"]))
def test_every_kind_survives_the_way_through_a_file(drawn, suffix):
    """Records of any kind, written as CSV, JSON Lines or Parquet, are read back as they were."""
    kind, rows = drawn
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place))
        name = write(folder, kind, rows, suffix)
        extract, found = folder.read(name)
    if rows or suffix != "jsonl":
        assert (extract.error, list(extract.rejects)) == (None, [])
    assert found.schema == schema(kind)
    assert found.equals(records.frame(kind, rows))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=record_lists(), random=st.randoms(use_true_random=False))
def test_twice_is_once_and_order_does_not_matter(drawn, random):
    """Loading a file twice, or with its rows in another order, leaves the same facts as loading it once."""
    kind, rows = drawn
    facts = f"select * exclude (extract_id, recorded_at, raw_sha256) from {kind} order by all"
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place))
        write(folder, kind, rows, "csv")
        folder.load()
        once = folder.rows(facts)
        folder.load()
        random.shuffle(rows)
        write(folder, kind, rows, "csv")
        folder.load()
        assert folder.rows(facts) == once
        assert len(once) == len(rows)

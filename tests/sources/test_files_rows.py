"""What stands in a row of a file: strict conversion, bad rows with their place, and files that are no good."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from qmsreport.extracts import Batch
from qmsreport.records import columns, key_of, schema
from tests.sources.files_folder import NOW, Folder, Nothing

PLUS_TWO = timezone(timedelta(hours=2))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one."""
    return Folder(tmp_path)


def utc(*parts: int) -> datetime:
    """A naive time, as inside."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T00:00:00Z", utc(2026, 7, 1)),
        ("2026-07-01t00:00:00z", utc(2026, 7, 1)),
        ("2026-07-01 00:00:00+00:00", utc(2026, 7, 1)),
        ("2026-07-01T02:00:00+02:00", utc(2026, 7, 1)),
        ("2026-07-01T02:00:00+0200", utc(2026, 7, 1)),
        ("2026-06-30T14:30:00-09:30", utc(2026, 7, 1)),
        ("2026-07-01T02:00+02", utc(2026, 7, 1)),
        ("2026-07-01T00:00:00.5Z", utc(2026, 7, 1, 0, 0, 0, 500_000)),
        ("2026-07-01T00:00:00,123456789Z", utc(2026, 7, 1, 0, 0, 0, 123_456)),
        ("2024-02-29T00:00:00Z", utc(2024, 2, 29)),
    ],
)
def test_times_with_a_zone_become_utc(folder, text, moment):
    """Every way of ISO 8601 to write an instant is read as naive UTC, in CSV and JSON alike."""
    folder.put("incidents.csv", f'incident_id,detected_at\n1,"{text}"\n')
    folder.put("incidents/b.jsonl", json.dumps({"incident_id": "1", "detected_at": text}))
    for name in ("incidents.csv", "incidents/b.jsonl"):
        extract, rows = folder.read(name)
        assert list(extract.rejects) == []
        assert rows["detected_at"].to_list() == [moment]


BAD = [
    ("deployments", "started_at", "2026-07-01T00:00:00", "Is a time without a zone. End it with Z"),
    ("deployments", "started_at", "2026-07-01", "Is a time without a zone."),
    ("deployments", "started_at", "2026-02-30T00:00:00Z", "Is not a time that exists, with a zone"),
    ("deployments", "started_at", "2026-07-01T24:00:00Z", "Is not a time that exists"),
    ("deployments", "started_at", "2026-07-01T00:00:60Z", "Is not a time that exists"),
    ("deployments", "started_at", "2026-07-01T00:00:00+2", "Is not a time"),
    ("deployments", "started_at", "yesterday", "Is not a time"),
    ("deployments", "started_at", "1751328000", "Is not a time"),
    ("deployments", "started_at", "0000-01-01T00:00:00Z", "Is not a time that exists"),
    ("deployments", "started_at", "0001-01-01T00:00:00+02:00", "Is not a time that exists"),
    ("deployments", "started_at", "9999-12-31T23:00:00-02:00", "Is not a time that exists"),
    ("deployments", "attempt", "1.5", "Is not a whole number."),
    ("deployments", "attempt", "one", "Is not a whole number."),
    ("deployments", "attempt", "99999999999999999999", "Is not a whole number."),
    ("deployments", "is_rollback", "yes", "Is not true, false, 1 or 0."),
    (
        "deployments",
        "outcome",
        "suceeded",
        "Is none of succeeded, failed, cancelled, running. Did you mean 'succeeded'?",
    ),
    ("deployments", "outcome", "Failed", "Did you mean 'failed'?"),
    ("deployments", "outcome", "zzz", "Is none of succeeded, failed, cancelled, running."),
    ("sli_windows", "good", "nan", "Is not a finite number"),
    ("sli_windows", "good", "inf", "Is not a finite number"),
    ("sli_windows", "good", "1,5", "Is not a finite number"),
    ("services", "repositories", '["a"', "Is not a list of texts"),
    ("services", "repositories", "[1]", "Is not a list of texts"),
    ("services", "repositories", "a;;b", "Is not a list of texts"),
    ("services", "repositories", '["a",""]', "Is not a list of texts"),
    ("alerts", "labels", "[1]", 'Is not a JSON object, like {"a":1}.'),
    ("alerts", "labels", "{a}", "Is not a JSON object"),
]


@pytest.mark.parametrize(("kind", "column", "value", "reason"), BAD)
def test_a_bad_value_sets_its_row_aside(folder, kind, column, value, reason):
    """A value that is not what its column holds sets that row aside with line, column, reason and excerpt."""
    keys = key_of(kind)
    cells = {
        column_.name: "2026-07-01T00:00:00Z" if column_.type == "time" else "k"
        for column_ in columns(kind)
        if column_.key
    }
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*keys, column])
    writer.writerow([*cells.values(), ""])
    writer.writerow([cells[key] + ("x" if cells[key] == "k" else "") for key in keys] + [value])
    folder.put(f"{kind}.csv", text.getvalue())
    extract, rows = folder.read(f"{kind}.csv")
    (reject,) = extract.rejects
    assert (reject.origin, reject.line, reject.column) == (f"sources/{kind}.csv", 3, column)
    assert reject.excerpt == value
    assert reason in reject.reason
    assert rows[column].to_list() == [None]
    assert extract.error is None


def test_good_values_of_every_type(folder):
    """Booleans, numbers, lists and objects are read in each of the ways they may be written; empty is null."""
    folder.put(
        "services.csv",
        'service,repositories,environments,team\na,"[""x"",""y;z""]",x; y,\nb,[],one,""\n',
    )
    _, rows = folder.read("services.csv")
    assert rows["repositories"].to_list() == [["x", "y;z"], []]
    assert rows["environments"].to_list() == [["x", "y"], ["one"]]
    assert rows["team"].to_list() == rows["tier"].to_list() == [None, None]
    folder.put(
        "deployments.csv", "deployment_id,attempt,is_rollback,is_unplanned\n1,-3,true,0\n2,+4,FALSE,1\n3,,,\n"
    )
    _, rows = folder.read("deployments.csv")
    assert rows.select("attempt", "is_rollback", "is_unplanned").rows() == [
        (-3, True, False),
        (4, False, True),
        (None, None, None),
    ]
    folder.put("alerts.csv", 'alert_id,labels\n1,"{""b"": 1, ""a"": {""d"": [1.5], ""c"": null}}"\n')
    folder.put(
        "alerts/b.jsonl",
        '{"alert_id":"2","labels":{"b":1,"a":"ä"}}\n{"alert_id":"3","labels":"{\\"z\\": 0}"}',
    )
    assert folder.read("alerts.csv")[1]["labels"].to_list() == ['{"a":{"c":null,"d":[1.5]},"b":1}']
    assert folder.read("alerts/b.jsonl")[1]["labels"].to_list() == ['{"a":"ä","b":1}', '{"z":0}']


def test_a_row_with_several_faults_is_one_reject(folder):
    """A row is set aside once, with every fault named."""
    folder.put("deployments.csv", "deployment_id,attempt,outcome\n1,x,y\n")
    (reject,) = folder.read("deployments.csv")[0].rejects
    assert reject.column == "outcome"
    assert reject.reason.startswith("Is none of succeeded, failed, cancelled, running.")
    assert reject.reason.endswith("Column attempt: Is not a whole number.")


def test_no_person_in_an_excerpt(folder):
    """A bad value in a column that names people, or in a row that cannot be taken apart, is not quoted."""
    folder.put("changes.csv", 'change_id,approvers\n1,"[""jane.doe"""\n2,jane.doe,more\n')
    folder.put(
        "changes/b.jsonl", '{"change_id":"3","author":["jane.doe"]}\n{"change_id":"4","author":"jane.doe"\n'
    )
    for name, lines in (("changes.csv", [2, 3]), ("changes/b.jsonl", [1, 2])):
        rejects = list(folder.read(name)[0].rejects)
        assert [reject.line for reject in rejects] == lines
        assert "jane" not in repr(rejects)


def test_long_values_are_quoted_in_part(folder):
    """An excerpt shows the start of a value, no more."""
    folder.put("deployments.csv", f"deployment_id,attempt\n1,{'9' * 500}\n")
    (reject,) = folder.read("deployments.csv")[0].rejects
    assert reject.excerpt == "9" * 79 + "…"


def test_lines_are_physical_lines(folder):
    """With a byte order mark, CRLF, blank lines and quoted line ends, a reject's line is the file's."""
    text = '\ufeffservice,team\r\n"multi\r\nline\nname",A\r\n\r\n,B\r\n"x",C\r\ny,"Q""q\r\n"\r\n,E\r\n'
    folder.put("services.csv", text)
    extract, rows = folder.read("services.csv")
    assert [reject.line for reject in extract.rejects] == [6, 10]
    physical = text.split("\n")
    assert [physical[line - 1] for line in (6, 10)] == [",B\r", ",E\r"]
    assert rows["service"].to_list() == ["multi\r\nline\nname", "x", "y"]
    assert rows["team"].to_list()[-1] == 'Q"q\r\n'


def test_json_lines_tell_their_faults(folder):
    """A line that is no object, has a wrong type or no key is set aside; blank lines are none."""
    lines = [
        '\ufeff{"deployment_id":"1","attempt":2,"is_rollback":true}',
        "",
        '{"deployment_id":"2","attempt":"2"}',
        '{"deployment_id":"3","is_rollback":1}',
        '{"attempt":1}',
        "[]",
        '{"deployment_id":"4"',
        '{"deployment_id":5}',
        '{"deployment_id":"6"}\r',
        '{"deployment_id":"7","attempt":9223372036854775808}',
        '{"deployment_id":"8","attempt":-9223372036854775808}',
    ]
    folder.put("deployments.jsonl", "\n".join(lines))
    extract, rows = folder.read("deployments.jsonl")
    assert [(reject.line, reject.column) for reject in extract.rejects] == [
        (3, "attempt"),
        (4, "is_rollback"),
        (5, "deployment_id"),
        (6, None),
        (7, None),
        (8, "deployment_id"),
        (10, "attempt"),
    ]
    assert rows["deployment_id"].to_list() == ["1", "6", "8"]


def test_parquet_tells_row_and_column(folder):
    """In Parquet a bad row is told by its number; whole floats are integers, other zones become UTC."""
    folder.put(
        "deployments.parquet",
        pl.DataFrame(
            {
                "deployment_id": ["1", "2", None, "4", ""],
                "attempt": [1.0, 1.5, None, None, None],
                "outcome": pl.Series(["failed", "failed", "failed", "lost", None], dtype=pl.Categorical),
                "started_at": [datetime(2026, 7, 1, 2, tzinfo=PLUS_TWO)] * 5,
                "approvers_unused": [None] * 5,
            }
        ).drop("approvers_unused"),
    )
    extract, rows = folder.read("deployments.parquet")
    assert [(reject.line, reject.column) for reject in extract.rejects] == [
        (2, "attempt"),
        (3, "deployment_id"),
        (4, "outcome"),
        (5, "deployment_id"),
    ]
    assert rows.select("deployment_id", "attempt", "started_at").rows() == [("1", 1, utc(2026, 7, 1))]


@pytest.mark.parametrize("unit", ["ms", "us"])
def test_instants_outside_the_calendar_are_set_aside(folder, unit):
    """An instant before the year 1 or after 9999 is a bad row with the number that stands there; the last second is good."""
    ticks = {"ms": 1_000, "us": 1_000_000}[unit]
    numbers = [253_402_300_799 * ticks, 253_402_300_800 * ticks, -62_135_596_801 * ticks, 9 * 10**18]
    moments = pl.Series(numbers).cast(pl.Datetime(unit, "Europe/Berlin"))
    folder.put(
        "incidents.parquet", pl.DataFrame({"incident_id": ["1", "2", "3", "4"], "detected_at": moments})
    )
    extract, rows = folder.read("incidents.parquet")
    assert [(reject.line, reject.excerpt) for reject in extract.rejects] == [
        (number + 1, str(numbers[number])) for number in (1, 2, 3)
    ]
    assert rows["detected_at"].to_list() == [utc(9999, 12, 31, 23, 59, 59)]


def test_a_list_with_a_gap_is_set_aside(folder):
    """An absent or empty text in a list names nobody: it is no approval, and its row is set aside without names."""
    gaps = [["jane", None], ["jane", ""], [None], [], None, ["jane"]]
    folder.put("changes.parquet", pl.DataFrame({"change_id": list("abcdef"), "approvers": gaps}))
    folder.put(
        "changes/b.jsonl", '{"change_id":"g","approvers":[""]}\n{"change_id":"h","approvers":["jane"]}'
    )
    folder.put("changes/c.parquet", pl.DataFrame({"change_id": ["i", "j"], "approvers": [[None], []]}))
    for name, lines, good in (
        ("changes.parquet", [1, 2, 3], {"d": [], "e": None, "f": ["jane"]}),
        ("changes/b.jsonl", [1], {"h": ["jane"]}),
        ("changes/c.parquet", [1], {"j": []}),
    ):
        extract, rows = folder.read(name)
        assert [(reject.line, reject.column, reject.excerpt) for reject in extract.rejects] == [
            (line, "approvers", None) for line in lines
        ]
        assert all(reject.reason.startswith("Is not a list of texts") for reject in extract.rejects)
        assert dict(rows.select("change_id", "approvers").rows()) == good


def test_equal_rows_are_one_and_different_ones_are_told(folder):
    """Of rows with one key the first counts: a repetition is counted, another content is a reject."""
    body = 'service,repositories,team\na,x;y,A\nb,,B\na,x;y,A\nb,x,B\na,"[""x"",""y""]",A\n'
    folder.put("services.csv", body)
    extract, rows = folder.read("services.csv")
    (reject,) = extract.rejects
    assert (reject.line, reject.column, reject.excerpt) == (5, "service", "service=b")
    assert reject.reason == "The key stands already on line 3, with other content. Keep one of them."
    assert rows.rows()[1][0] == "b"
    assert rows.height == 2
    assert extract.warnings == ("2 rows repeat an earlier row word for word; each was stored once.",)


def _parquet(**content: Any) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(content).write_parquet(stream)
    return stream.getvalue()


def _broken_page() -> bytes:
    whole = bytearray(_parquet(service=[f"s{n * 7919}" for n in range(5000)]))
    half = len(whole) // 2
    whole[half : half + 2000] = b"\xff" * 2000
    return bytes(whole)


UNFIT = {
    "unknown column": ("services.csv", b"service,taem\na,b\n", "there is no column 'taem' in services. Did you mean 'team'?"),
    "no key column": ("services.csv", b"team\nA\n", "the key column 'service' is missing."),
    "column twice": ("services.csv", b"service,team,team\n", "the column 'team' stands twice."),
    "column without name": ("services.csv", b"service,team,\na,b,\n", "a column has no name."),
    "empty": ("services.csv", b"", "Its first line is empty, where the columns must be named."),
    "empty json": ("services.jsonl", b"", "It holds no row."),
    "blank json": ("services.jsonl", b"\n\n", "It holds no row."),
    "semicolons": ("services.csv", b"service;team\na;b\n", "Its columns are not separated by commas."),
    "latin-1": ("services.csv", b"service,team\na,b\nc,M\xfcller\n", "It is not UTF-8 on line 3. Save it as UTF-8."),
    "utf-16": ("services.csv", "service,team\n".encode("utf-16"), "It is not UTF-8 on line 1."),
    "cut in a character": ("services.csv", "service\nü".encode()[:-1], "It is not UTF-8 on line 2."),
    "gzip": ("services.csv", gzip.compress(b"service\na\n" * 99), "It is compressed. Unpack it"),
    "open quote": ("services.csv", b'service,team\na,"b\nc,d\n', "Its quoting breaks off near line 3"),
    "very long value": ("incident_events.csv", b'event_id,content\n1,"' + b"x\n" * 99_999, "has more than 131,072 characters. Close the quote if one was left open"),
    "after a quote": ("services.csv", b'service,team\na,"b"c\n', "Its quoting breaks off near line 2"),
    "unknown key": ("services.jsonl", b'{"service":"a"}\n{"servise":"b"}\n', "On line 2 there is no column 'servise' in services. Did you mean 'service'?"),
    "no parquet": ("services.parquet", b"PAR1 nonsense", "It is no whole Parquet file"),
    "empty parquet": ("services.parquet", b"", "It is no whole Parquet file"),
    "cut parquet": ("services.parquet", _parquet(service=["a"] * 1000)[:-9], "It is no whole Parquet file"),
    "broken page": ("services.parquet", _broken_page(), "It is no whole Parquet file"),
    "unknown parquet column": ("services.parquet", _parquet(service=["a"], ownr=["b"]), "there is no column 'ownr' in services. Did you mean 'owner'?"),
    "naive times": ("incidents.parquet", _parquet(incident_id=["1"], detected_at=[utc(2026, 7, 1)]), "The times in 'detected_at' have no zone. Write them as instants in UTC."),
    "number as text": ("deployments.parquet", _parquet(deployment_id=["1"], attempt=["1"]), "The column 'attempt' holds String, not a whole number."),
    "text as number": ("services.parquet", _parquet(service=[1]), "The column 'service' holds Int64, not a text."),
    "list of numbers": ("services.parquet", _parquet(service=["a"], repositories=[[1]]), "The column 'repositories' holds List(Int64)"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_a_file_that_is_no_good_is_set_aside_as_a_whole(folder, case):
    """A file that cannot be trusted is a failed extract with one sentence; the others load, nothing vanishes."""
    name, content, sentence = UNFIT[case]
    kind = name.split(".")[0]
    folder.put(f"{kind}/good.csv", f"{key_of(kind)[0]}\nkept\n")
    folder.load()
    path = folder.put(name, content)
    done = folder.load()
    error = done.error(f"sources/{name}")
    assert error.startswith(f"Cannot load {path}: ")
    assert sentence in error
    assert error.endswith(".")
    assert folder.rows(f"select count(*), max(version) from {kind}") == [(1, 1)]
    assert folder.rows("select count(*) from extracts where outcome = 'failed'") == [(1,)]


def test_batches_are_what_the_warehouse_takes(folder):
    """Every batch has exactly the schema of its kind, also where the file names few columns."""
    folder.put("sli_windows.csv", "window_start,slo_id\n2026-07-01T00:00:00Z,a\n")
    (extract,) = (item for item in folder.source().extract(NOW, NOW, Nothing()) if item.subject != "sources")
    (batch,) = extract.batches
    assert isinstance(batch, Batch)
    assert batch.rows.schema == schema("sli_windows")

"""The files source finds files, loads what is good in them, and follows them as they change."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsreport.errors import ConfigError, Malformed, Rejected
from qmsreport.records import KINDS
from tests.sources.files_folder import NOW, Folder, Nothing

SERVICES = "service,team\nshop,A\ntill,B\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one."""
    return Folder(tmp_path)


def test_files_are_found_by_kind(folder):
    """KIND.suffix and anything under KIND/ are read, in any of the formats, whatever the suffix's case."""
    folder.put("services.csv", SERVICES)
    folder.put("services/2026/more.JSONL", '{"service":"bank"}\n')
    folder.put("services/2025/old.ndjson", '{"service":"fax"}\n')
    folder.put("services/x.parquet", pl.DataFrame({"service": ["post"]}))
    folder.put(".hidden.csv", "x")
    folder.put("services/.hidden/y.csv", "x")
    done = folder.load()
    assert sorted(done.extracts) == [
        "sources/services.csv",
        "sources/services/2025/old.ndjson",
        "sources/services/2026/more.JSONL",
        "sources/services/x.parquet",
    ]
    assert sorted(folder.teams()) == ["bank", "fax", "post", "shop", "till"]


def test_an_extract_says_what_was_read(folder):
    """The ledger row names path, format, hash, rows and the span of the kind's time."""
    folder.put(
        "incidents.csv", "incident_id,detected_at\n1,2026-07-02T02:00:00+02:00\n2,2026-07-01T00:00:00Z\n"
    )
    extract = folder.load().extracts["sources/incidents.csv"][0]
    assert extract.asked == "sources/incidents.csv as CSV"
    assert (str(extract.window_start), str(extract.window_end)) == (
        "2026-07-01 00:00:00",
        "2026-07-02 00:00:00",
    )
    assert (extract.rows_received, extract.product, extract.pages) == (2, "files", 1)
    assert len(extract.raw_sha256 or "") == 64


def test_patterns_name_files_of_any_name(tmp_path):
    """A kind with patterns is read from the files they match, at any depth, and from no other."""
    folder = Folder(tmp_path, '[sources.files.patterns]\nservices = ["exports/**/svc-*.csv", "own.csv"]')
    folder.put("exports/svc-1.csv", "service\none\n")
    folder.put("exports/2026/07/svc-2.csv", "service\ntwo\n")
    folder.put("own.csv", "service\nthree\n")
    folder.put("services.csv", "service\nfour\n")
    done = folder.load()
    assert sorted(folder.teams()) == ["one", "three", "two"]
    assert [reject.origin for reject in done.rejects("sources")] == ["sources/services.csv"]


def test_a_pattern_without_a_file_is_told(tmp_path):
    """A pattern that matches nothing is a warning in the ledger."""
    folder = Folder(tmp_path, 'patterns = { services = "svc-*.csv" }')
    folder.put("incidents.csv", "incident_id\n1\n")
    assert (
        "The pattern 'svc-*.csv' of services matches no file."
        in folder.load().extracts["sources"][0].warnings
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ('patterns = { servises = "a.csv" }', "'servises' is no kind of record. Did you mean 'services'?"),
        ("patterns = { services = 3 }", "services: must be a glob or a list of globs"),
        ('pth = "x"', "unknown key. Did you mean 'path'?"),
    ],
)
def test_wrong_options_are_told_at_once(tmp_path, options, sentence):
    """A wrong option is a configuration error with a suggestion."""
    with pytest.raises(ConfigError) as caught:
        Folder(tmp_path, options).source()
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("deploymets.csv", "'deploymets' is no kind of record. Did you mean 'deployments'?"),
        ("incident/2026.parquet", "'incident' is no kind of record. Did you mean 'incidents'?"),
        ("services.csv.gz", "'.gz' is not read. Write it as CSV, JSON Lines or Parquet."),
        ("services.xlsx", "'.xlsx' is not read. Write it as CSV, JSON Lines or Parquet."),
    ],
)
def test_data_that_nobody_reads_is_set_aside(folder, name, sentence):
    """A file that looks like data but is read by nothing is a reject that says what to do."""
    folder.put(name, "x")
    folder.put("services.csv", SERVICES)
    done = folder.load()
    assert [(item.origin, item.reason) for item in done.rejects("sources")] == [(f"sources/{name}", sentence)]
    assert sorted(folder.teams()) == ["shop", "till"]


def test_a_name_that_is_no_text_is_set_aside(folder):
    """A file or folder whose name is not UTF-8 is a reject that shows its bytes; the others load."""
    folder.put("services.csv", SERVICES)
    base = os.fsencode(folder.path)
    Path(os.fsdecode(base + b"/changes\xff.csv")).write_text("change_id\n1\n")
    Path(os.fsdecode(base + b"/b\xe9")).mkdir()
    done = folder.load()
    assert [(reject.origin, reject.reason) for reject in done.rejects("sources")] == [
        ("sources/b\\xe9", "Its name is not UTF-8. Rename it."),
        ("sources/changes\\xff.csv", "Its name is not UTF-8. Rename it."),
    ]
    assert sorted(folder.teams()) == ["shop", "till"]


def test_other_files_are_noted(folder):
    """A file that is no data is a warning, so that nothing is passed over in silence."""
    folder.put("README.md", "x")
    folder.put("services.csv", SERVICES)
    extract = folder.load().extracts["sources"][0]
    assert extract.warnings == ("sources/README.md is not read: it is neither CSV, JSON Lines nor Parquet.",)
    assert list(extract.rejects) == []


def test_a_missing_folder_is_one_sentence(folder):
    """A folder that is not there fails the source with what to do."""
    folder.path.rmdir()
    with pytest.raises(
        Rejected, match=r"Cannot list the folder .*sources of \[sources.files\]: No such .* Make it"
    ):
        folder.load()
    assert not folder.source().diagnose().reachable


def test_an_empty_folder_is_not_silent(folder):
    """A folder without files gives a ledger row that says so."""
    assert folder.load().extracts["sources"][0].warnings == (f"There is no file to read in {folder.path}.",)


def test_diagnose_counts_what_would_be_read(folder):
    """doctor learns how many files of which kind there are, and what is wrong with the others."""
    folder.put("services.csv", SERVICES)
    folder.put("incidents/a.csv", "x")
    folder.put("incidents/b.csv", "x")
    folder.put("alertz.csv", "x")
    said = folder.source().diagnose()
    assert (said.reachable, said.permitted) == (True, True)
    assert said.product == "3 files (incidents 2, services 1)"
    assert said.problems == ("sources/alertz.csv: 'alertz' is no kind of record. Did you mean 'alerts'?",)


def test_linked_folders_are_read_once(folder, tmp_path):
    """A link to a folder is followed, a circle of links ends."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_text(SERVICES)
    (elsewhere / "round").symlink_to(elsewhere)
    (folder.path / "services").symlink_to(elsewhere)
    (folder.path / "incidents.csv").symlink_to(tmp_path / "nowhere")
    done = folder.load()
    assert sorted(folder.teams()) == ["shop", "till"]
    assert [item.origin for item in done.rejects("sources")] == ["sources/incidents.csv"]


def test_an_unchanged_file_is_not_read_again(folder):
    """The second run stores nothing, says so, and keeps the span and the rows of the file in the ledger."""
    folder.put("incidents.csv", "incident_id,detected_at\n1,2026-07-01T00:00:00Z\n")
    first = folder.load().extracts["sources/incidents.csv"][0]
    second = folder.load().extracts["sources/incidents.csv"][0]
    assert second.asked.endswith("as CSV: unchanged, not read again")
    assert (list(second.batches), second.lists_all) == ([], ())
    assert (second.window_start, second.window_end) == (first.window_start, first.window_end)
    assert second.rows_received == first.rows_received == 1
    assert folder.load().extracts["sources/incidents.csv"][0].asked == second.asked


def test_a_file_with_bad_rows_is_told_every_time(folder):
    """Rows that were set aside stay in sight: the file is read again until it is mended."""
    folder.put("services.csv", "service,team\nshop,A\n,B\n")
    assert [len(folder.load().rejects("sources/services.csv")) for _ in range(3)] == [1, 1, 1]
    folder.put("services.csv", SERVICES)
    assert folder.load().rejects("sources/services.csv") == []
    assert folder.rows("select count(*), max(version) from services") == [(2, 1)]


def test_a_misnamed_file_is_told_until_it_is_mended(folder):
    """A file that nobody reads is set aside each time, and no longer once it has its right name."""
    folder.put("service.csv", SERVICES)
    assert [len(folder.load().rejects("sources")) for _ in range(2)] == [1, 1]
    (folder.path / "service.csv").rename(folder.path / "services.csv")
    assert folder.load().rejects("sources") == []
    assert folder.rows(
        "select count(*) from rejects where extract_id = (select max(extract_id) from extracts)"
    ) == [(0,)]
    assert "sources" not in folder.load().extracts


def test_changed_rows_are_new_versions_and_missing_ones_vanish(folder):
    """A row that changed is a new version; one that is gone from its file gets a tombstone; a gone file says nothing."""
    folder.put("services.csv", SERVICES)
    folder.put("services/other.csv", "service,team\nbank,C\n")
    folder.load()
    folder.put("services.csv", "service,team\nshop,Z\n")
    (folder.path / "services/other.csv").unlink()
    counts = folder.load().counts["sources/services.csv"][0]
    assert (counts.new, counts.changed, counts.vanished) == (0, 1, 1)
    assert folder.teams() == {"bank": "C", "shop": "Z"}


def test_a_bad_row_does_not_vanish(folder):
    """A record whose row became unreadable is set aside, not taken for gone."""
    folder.put("services.csv", SERVICES)
    folder.load()
    folder.put("services.csv", "service,team\nshop,A\ntill,B,oops\n")
    assert folder.load().counts["sources/services.csv"][0].vanished == 0
    assert sorted(folder.teams()) == ["shop", "till"]


@pytest.mark.parametrize(("away", "to"), [("a", "b"), ("b", "a")])
def test_a_row_may_move_between_files(folder, away, to):
    """A row that moved from one file to another of its kind is still known, whichever is read first."""
    folder.put(f"services/{away}.csv", SERVICES)
    folder.put(f"services/{to}.csv", "service,team\nbank,C\n")
    folder.put("services/c.csv", "service,team\nfax,D\n")
    folder.load()
    folder.put(f"services/{away}.csv", "service,team\nshop,A\n")
    folder.put(f"services/{to}.csv", "service,team\nbank,C\ntill,B\n")
    folder.load()
    assert folder.teams() == {"bank": "C", "fax": "D", "shop": "A", "till": "B"}
    folder.load()
    assert folder.teams() == {"bank": "C", "fax": "D", "shop": "A", "till": "B"}


def test_a_row_that_stays_in_another_file_stays_known(folder):
    """A row that stood in two files and left one of them is still known."""
    folder.put("services/a.csv", SERVICES)
    folder.put("services/b.csv", SERVICES)
    folder.load()
    folder.put("services/a.csv", "service,team\nshop,A\n")
    folder.load()
    assert folder.teams() == {"shop": "A", "till": "B"}


def test_the_last_file_by_name_counts(folder):
    """Where two files say different things of one key, the last by name is what is known, run after run."""
    folder.put("services/a.csv", "service,team\nshop,A\n")
    folder.put("services/b.csv", "service,team\nshop,B\n")
    for _ in range(2):
        folder.load()
        assert folder.teams() == {"shop": "B"}
    folder.put("services/a.csv", "service,team\nshop,C\n")
    folder.load()
    assert folder.teams() == {"shop": "B"}


def test_an_earlier_file_does_not_win_by_coming_later(folder):
    """What the last file by name says counts, also when another is added, has a bad row, or a row of it changes."""
    folder.put("services/b.csv", "service,team\nshop,B\nbank,B\n")
    folder.load()
    folder.put("services/a.csv", "service,team\nshop,A\ntill,A\nfax,A,oops\n")
    for _ in range(2):
        folder.load()
        assert folder.teams() == {"bank": "B", "shop": "B", "till": "A"}
    folder.put("services/b.csv", "service,team\nshop,B\nbank,C\n")
    folder.load()
    assert folder.teams() == {"bank": "C", "shop": "B", "till": "A"}


def test_a_bad_row_is_told_once_however_often_its_file_is_read(folder):
    """When a file of several has changed and has a bad row, the run counts that row once."""
    folder.put("services/a.csv", "service,team\nshop,A\n")
    folder.put("services/b.csv", "service,team\ntill,B\n,B\n")
    folder.load()
    for name, text in (("a", "service,team\nshop,C\n"), ("b", "service,team\ntill,C\n,B\n")):
        folder.put(f"services/{name}.csv", text)
        done = folder.load()
        assert sum(counts.rejected for several in done.counts.values() for counts in several) == 1
    assert folder.warehouse.set_aside("files")["line"].to_list() == [3]


def test_a_stray_that_was_put_right_is_no_complaint_any_more(folder):
    """Once nobody would pass over data in the folder, the ledger says so and no row is set aside."""
    folder.put("services.csv", SERVICES)
    folder.put("deployments.csv.gz", b"")
    assert folder.load().counts["sources"][0].rejected == 1
    assert folder.warehouse.set_aside("files").height == 1
    (folder.path / "deployments.csv.gz").unlink()
    assert folder.load().counts["sources"][0].rejected == 0
    assert folder.warehouse.set_aside("files").is_empty()
    assert "sources" not in folder.load().counts


def test_a_file_that_turns_out_to_be_of_another_kind(folder):
    """When a file is configured as another kind, it is read as that, and what it listed as the first is gone."""
    folder.put("pairs.csv", "deployment_id,commit_sha\nd1,c1\n")
    folder.options = 'patterns = { deployments = "pairs.csv" }'
    folder.load()
    folder.options = 'patterns = { deployment_commits = "pairs.csv" }'
    folder.load()
    assert folder.rows("select deployment_id, commit_sha from deployment_commits") == [("d1", "c1")]
    assert folder.rows("select arg_max(vanished, version) from deployments") == [(True,)]


TEAMS = st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), st.sampled_from("AB"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.dictionaries(st.sampled_from("abc"), TEAMS, min_size=1), st.integers(0, 9)),
        min_size=1,
        max_size=4,
    )
)
def test_a_run_that_is_stopped_anywhere_is_made_up_for(lives):
    """However files of a kind change and wherever runs are stopped, the next whole run knows what stands in them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Folder(Path(place))
        held: dict[str, dict[str, str]] = {}
        for content, stop in lives:
            held |= content
            for name, teams in content.items():
                lines = "".join(f"{service},{team}\n" for service, team in teams.items())
                folder.put(f"services/{name}.csv", f"service,team\n{lines}")
            folder.load(stop=stop)
            folder.load()
            assert folder.teams() == {key: held[name][key] for name in sorted(held) for key in held[name]}
        facts = folder.rows("select count(*) from services")
        folder.load()
        assert folder.rows("select count(*) from services") == facts


def test_a_file_that_changes_while_it_is_read_is_not_stored(folder):
    """When a file is written to between looking and loading, nothing of it is stored and the sentence says so."""
    path = folder.put("services.csv", SERVICES)
    source = folder.source()
    with folder.warehouse.writing("test"):
        (extract,) = source.extract(NOW, NOW, Nothing())
        with path.open("a") as stream:
            stream.write("bank,C\n")
        with pytest.raises(Malformed, match=r"was changed while it was read. Run this again"):
            folder.warehouse.commit("files", "files", extract, NOW)
    assert folder.rows("select count(*) from services") == [(0,)]
    folder.load()
    assert sorted(folder.teams()) == ["bank", "shop", "till"]


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(folder, monkeypatch):
    """An unreadable file is a failed extract; the others load."""
    path = folder.put("incidents.csv", "incident_id\n1\n")
    folder.put("services.csv", SERVICES)
    path.chmod(0)
    if os.geteuid() == 0:  # nothing is closed to root
        opened = Path.open

        def refuse(self, *args, **more):
            if self == path:
                raise PermissionError(13, "Permission denied")
            return opened(self, *args, **more)

        monkeypatch.setattr(Path, "open", refuse)
    done = folder.load()
    assert done.error("sources/incidents.csv").startswith(f"Cannot load {path}: Permission denied. Check ")
    assert sorted(folder.teams()) == ["shop", "till"]
    assert folder.source().diagnose().permitted is False


@pytest.mark.parametrize("held", [0, 5_000, 10_000_000], ids=["read twice", "begun to hold", "held"])
def test_large_files_arrive_in_pieces(folder, monkeypatch, held):
    """Rows, duplicates and line numbers are the same when a file is read in many pieces, once or twice."""
    from qmsreport.sources import _files_load, _files_read

    monkeypatch.setattr(_files_load, "_HELD", dict.fromkeys(_files_load._HELD, held))
    monkeypatch.setattr(_files_load, "_BATCH_ROWS", 150)

    lines = [f"s{number},T" for number in range(1000)]
    lines[700] = "s3,T"  # repeats line 5
    lines[800] = "s4,other"
    lines[900] = ",no key"
    folder.put("services.csv", "service,team\n" + "\n".join(lines))
    folder.put("services/b.jsonl", "\n".join(f'{{"service":"j{n}"}}' for n in range(500)))
    folder.put("services/c.parquet", pl.DataFrame({"service": [f"p{n % 400}" for n in range(500)]}))
    monkeypatch.setattr(_files_read, "TEXT_ROWS", 64)
    monkeypatch.setattr(_files_read, "PARQUET_ROWS", 64)
    done = folder.load()
    assert [(r.line, r.column, r.reason) for r in done.rejects("sources/services.csv")] == [
        (802, "service", "The key stands already on line 6, with other content. Keep one of them."),
        (902, "service", "The key is empty."),
    ]
    assert done.extracts["sources/services.csv"][0].warnings == (
        "1 rows repeat an earlier row word for word; each was stored once.",
    )
    assert done.extracts["sources/services/c.parquet"][0].rows_received == 500
    assert folder.rows("select left(service, 1), count(*) from services group by 1 order by 1") == [
        ("j", 500),
        ("p", 400),
        ("s", 997),
    ]


def test_naming_the_kinds_needs_no_polars():
    """Listing the sources and reading the options does not load polars or DuckDB."""
    import subprocess
    import sys

    code = "import sys; from qmsreport.sources import files; print([m for m in ('polars', 'duckdb') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_alone_is_a_file_without_rows(folder, kind):
    """A CSV file that has only its column names loads, and everything it listed before vanishes."""
    from qmsreport.records import columns

    folder.put(f"{kind}.csv", ",".join(column.name for column in columns(kind)) + "\n")
    extract, rows = folder.read(f"{kind}.csv")
    assert (extract.error, rows.height, extract.lists_all) == (None, 0, (kind,))

"""`qmsreport generate`, `verify` and `demo`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qmsreport import period
from qmsreport.cli import generate as generate_command
from qmsreport.sources import utc_now
from tests.cli.conftest import PROGRAM, Ran, one_line
from tests.conftest import Demonstration
from tests.factories import configuration
from tests.small_bundle import hashes


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ({"quarter": "2026-Q1"}, "2026-Q1"),
        ({"quarter": "q1 2026"}, "2026-Q1"),
        ({"month": "2026-02"}, "2026-02"),
        ({"first": "2026-01-05", "last": "2026-02-07"}, "2026-01-05_2026-02-07"),
    ],
)
def test_the_period_that_is_named(given: dict[str, str], label: str, tmp_path: Path) -> None:
    """A quarter, a month, or any days, both ends included."""
    options = dict.fromkeys(("quarter", "month", "first", "last")) | given
    found = generate_command.chosen(configuration(tmp_path), **options)
    assert found.label == label
    assert found.zone == "Europe/Berlin"


@pytest.mark.parametrize("quarter", [None, "last"])
def test_no_period_is_the_last_complete_quarter(quarter: str | None, tmp_path: Path) -> None:
    """Without any period, and with --quarter alone, it is the last complete quarter in the configured zone."""
    settings = configuration(tmp_path, zone="Pacific/Kiritimati")
    found = generate_command.chosen(settings, quarter, None, None, None)
    assert found == period.last_complete_quarter(utc_now(), "Pacific/Kiritimati")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--quarter", "2026-Q5"], "Did you mean '2026-Q4'"),
        (["--quarter", "2026-08"], "--month 2026-08"),
        (["--quarter", "soon"], "2026-Q3"),
        (["--month", "2026-13"], "2026-09"),
        (["--from", "2026-07-01"], "Give both"),
        (["--from", "2026-08-01", "--to", "2026-07-01"], "Swap"),
        (["--quarter", "2026-Q1", "--month", "2026-01"], "Give one"),
        (["--quarter", "2999-Q1"], "has not begun"),
        (["--format", "pdf,htm"], "Did you mean 'html'?"),
        (["--format", ","], "pdf, html, csv, json"),
        (["--fail-on", "hihg"], "Did you mean 'high'?"),
        (["--as-of", "yesterday"], "2026-07-01"),
        (["--as-of", "2999-01-01"], "still to come"),
        (["--month", "0000-01"], "not from 1970 to 2999"),
        (["--quarter", "0202-Q3"], "not from 1970 to 2999"),
        (["--from", "2026-01-01", "--to", "9999-12-31"], "not from 1970 to 2999"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    words: list[str], says: str, organisation: Path, call: Callable[..., Ran]
) -> None:
    """A period, format, severity or time that cannot be read is one sentence with the way out; exit code 2."""
    ran = call("generate", "--config", organisation, *words)
    assert ran.code == 2
    assert says in one_line(ran.err)
    assert not (organisation / "reports").exists()


def test_nothing_extracted_yet(organisation: Path, call: Callable[..., Ran]) -> None:
    """Without a warehouse it says to extract first, and leaves nothing behind."""
    ran = call("generate", "--config", organisation)
    assert ran.code >= 2
    assert "qmsreport extract" in one_line(ran.err)
    assert not [path for path in (organisation / "reports").rglob("*") if path.is_file()]


def test_as_of_before_anything_was_recorded(organisation: Path, call: Callable[..., Ran]) -> None:
    """An --as-of before the first fact says so, with when that was."""
    call("extract", "--config", organisation)
    ran = call("generate", "--config", organisation, "--quarter", "2026-Q3", "--as-of", "2020-01-01")
    assert ran.code == 2
    assert "Nothing was known at 2019-12-31T23:00:00Z" in one_line(ran.err)


def test_writes_what_was_asked_for(organisation: Path, call: Callable[..., Ran]) -> None:
    """A report in the wanted formats only, where --out says; its paths and findings are printed."""
    call("extract", "--config", organisation)
    out = organisation / "elsewhere"
    ran = call(
        "generate", "--config", organisation, "--quarter", "2026-Q3", "--format", "html,csv", "--out", out
    )
    assert ran.code == 0
    bundle = out / "2026-Q3" / "r1"
    assert {"report.html", "data", "evidence.duckdb", "queries", "manifest.json"} == {
        path.name for path in bundle.iterdir()
    }
    assert "report.html" in ran.out
    assert "report.pdf" not in ran.out
    assert "Deployment frequency" in ran.out
    assert not (organisation / "reports").exists()
    assert ran.out.isprintable() or "\x1b" not in ran.out


@pytest.mark.parametrize("kilobytes", [200, 800, 1600, 4000])
def test_a_full_disk_leaves_no_report(kilobytes: int, organisation: Path, call: Callable[..., Ran]) -> None:
    """Wherever the disk fills, when the evidence is closed too, it is one sentence, exit code 3 and no bundle."""
    assert call("extract", "--config", organisation).code == 0
    # a limit on the size of a file is the full disk that needs no root
    limited = ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "bash", *PROGRAM]
    done = subprocess.run(
        [*limited, "generate", "--quarter", "2026-Q3", "--format", "csv"],
        cwd=organisation, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    assert "Free space" in one_line(done.stderr)
    assert not list((organisation / "reports" / "2026-Q3").iterdir())


def test_the_home_folder(
    organisation: Path, call: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`~` behind an equals sign, where no shell looks at it, is the home folder, for files that are named and written."""
    monkeypatch.setenv("HOME", str(organisation))
    assert call("extract", "--config=~/qmsreport.toml").code == 0
    words = ("--quarter", "2026-Q3", "--format", "json", "--out=~/elsewhere")
    ran = call("generate", "--config=~/qmsreport.toml", *words)
    assert ran.code == 0, ran.err
    assert (organisation / "elsewhere" / "2026-Q3" / "r1" / "manifest.json").exists()


def test_a_folder_for_reports_that_cannot_be_made(organisation: Path, call: Callable[..., Ran]) -> None:
    """A place that cannot hold reports is named, with the exit code of a disk and not of a template."""
    assert call("extract", "--config", organisation).code == 0
    place = organisation / "qmsreport.toml" / "reports"
    ran = call("generate", "--config", organisation, "--quarter", "2026-Q3", "--out", place)
    assert ran.code == 3
    assert f"Cannot write the report in {place}: Not a directory." in one_line(ran.err)


def test_fail_on(demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran]) -> None:
    """--fail-on exits 1 when a finding that severe is open, also when the report was written before."""
    folder = demonstration.copy(tmp_path / "shop").folder
    asked = ("generate", "--config", folder, "--quarter", "2026-Q3")
    assert call(*asked).code == 0
    critical = call(*asked, "--fail-on", "critical")  # a breach that was notified late
    assert critical.code == 1
    assert "nothing new was written" in critical.out
    assert call(*asked, "--fail-on", "info").code == 1


def test_a_waived_fail_is_not_open(organisation: Path, call: Callable[..., Ran]) -> None:
    """--fail-on passes over a fail while its waiver holds, and no longer once the waiver has expired."""
    (organisation / "sources" / "changes.csv").write_text(
        "change_id,repository,service,merge_sha,merged_at,author,approvers\n"
        'r1,acme/checkout,checkout,c1,2026-07-10T10:00:00Z,ada,"[]"\n'
    )
    (organisation / "sources" / "deployments.csv").write_text(
        "deployment_id,service,environment,repository,commit_sha,started_at,finished_at,outcome\n"
        "d0,checkout,production,acme/checkout,c0,2026-07-09T12:00:00Z,2026-07-09T12:05:00Z,succeeded\n"
        "d1,checkout,production,acme/checkout,c1,2026-07-10T12:00:00Z,2026-07-10T12:05:00Z,succeeded\n"
    )
    head = "waiver_id,check_id,reason,owner,approver,granted_at,expires_at\n"
    open_checks = ("change_approved", "deployment_traced", "commits_traced")

    def generated(expires: str) -> Ran:
        lines = [f"{name},{name},legacy,ada,grace,2026-07-01T00:00:00Z,{expires}\n" for name in open_checks]
        (organisation / "sources" / "waivers.csv").write_text(head + "".join(lines))
        assert call("extract", "--config", organisation).code == 0
        asked = ("generate", "--config", organisation, "--quarter", "2026-Q3", "--format", "csv")
        return call(*asked, "--fail-on", "high")

    waived = generated("2999-01-01T00:00:00Z")
    assert "exception accepted" in waived.out
    assert waived.code == 0, waived.out
    assert generated("2026-08-01T00:00:00Z").code == 1


def test_the_words_of_a_report(
    demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran]
) -> None:
    """What is printed says period, places, the five figures, and what failed, in under thirty lines."""
    folder = demonstration.copy(tmp_path / "shop").folder
    ran = call("generate", "--config", folder, "--quarter", "2026-Q3")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Report 2026-Q3 (1 July 2026 to 30 September 2026, Europe/Berlin), revision 1")
    assert len(lines) < 30
    for title in (
        "Deployment frequency",
        "Change lead time",
        "Change fail rate",
        "Failed deployment recovery time",
    ):
        assert re.search(rf"^  {title} +\S.*n = [\d,]+", ran.out, re.MULTILINE)
    assert re.search(r"\d+ checks judged [\d,]+ cases: .*\d+ fail", ran.out)


def test_verify_says_that_nothing_changed(demonstration: Demonstration, call: Callable[..., Ran]) -> None:
    """`verify` of a bundle as it was written is one line and exit code 0."""
    ran = call("verify", demonstration.bundle)
    assert ran.code == 0
    digest = json.loads((demonstration.bundle / "manifest.json").read_bytes())["evidence_digest"]
    assert digest[:16] in ran.out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.pdf", ["changed file: report.pdf"]),
        ("data/report.json", ["changed file: data/report.json"]),
        ("queries/metrics/change_fail_rate.sql", ["changed file: queries", "changed fact: query queries"]),
        ("manifest.json", ["changed file: manifest.json"]),
    ],
)
def test_verify_names_the_changed_file(
    name: str, words: list[str], demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran]
) -> None:
    """One flipped byte anywhere is found, the file named, and a changed fact told from a changed file; exit code 1."""
    bundle = demonstration.copy(tmp_path / "shop").bundle
    content = bytearray((bundle / name).read_bytes())
    place = content.index(b"2026") if name == "manifest.json" else len(content) // 2
    content[place] ^= 1
    (bundle / name).write_bytes(content)
    ran = call("verify", bundle)
    assert ran.code == 1
    for word in words:
        assert any(line.startswith(word) for line in ran.out.splitlines()), ran.out
    assert ("changed fact" in ran.out) == any(word.startswith("changed fact") for word in words)


def test_verify_finds_a_changed_fact(
    demonstration: Demonstration, tmp_path: Path, call: Callable[..., Ran]
) -> None:
    """A figure edited in the evidence is called a changed fact, with its table."""
    import duckdb

    bundle = demonstration.copy(tmp_path / "shop").bundle
    with duckdb.connect(str(bundle / "evidence.duckdb")) as connection:
        connection.execute("update deployments set outcome = 'succeeded' where outcome = 'failed'")
    ran = call("verify", bundle)
    assert ran.code == 1
    assert "changed fact: table deployments" in ran.out
    assert "changed file: evidence.duckdb" in ran.out


def test_verify_of_something_else(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """A folder that is no bundle is a usage error, not a changed bundle."""
    ran = call("verify", tmp_path)
    assert ran.code == 2
    assert "not a report bundle" in one_line(ran.err)


def test_demo_does_not_touch_other_folders(organisation: Path, call: Callable[..., Ran]) -> None:
    """A folder that holds something else is left alone; exit code 2."""
    before = hashes(organisation)
    ran = call("demo", "--out", organisation)
    assert ran.code == 2
    assert "--out" in one_line(ran.err)
    assert hashes(organisation) == before


def test_demo_says_that_it_is_one(demonstration: Demonstration) -> None:
    """The demonstration's pages say that they are demonstration data."""
    text = subprocess.run(
        ["pdftotext", str(demonstration.bundle / "report.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pages = text.split("\f")[:-1]
    assert pages
    assert all("demonstration data" in page.lower() for page in pages)
    assert "demonstration data" in (demonstration.bundle / "report.html").read_text("utf-8").lower()


def test_ctrl_c_while_reporting(demonstration: Demonstration, tmp_path: Path) -> None:
    """Stopping a report is one line, exit code 130, no half-written bundle and no process left behind."""
    import signal

    folder = demonstration.copy(tmp_path / "shop").folder
    process = subprocess.Popen(
        [*PROGRAM, "generate", "--quarter", "2026-Q2"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    reports = folder / "reports" / "2026-Q2"
    deadline = time.monotonic() + 60
    while not list(reports.glob(".r1.*/evidence.duckdb")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the whole group
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert one_line(err).startswith("qmsreport: Stopped.")
    assert not out
    assert not list(reports.rglob("*.pdf"))
    assert not list(reports.glob("*r1*"))


def test_metrics_checks_and_sources_are_listed(call: Callable[..., Ran]) -> None:
    """Each metric, check and kind of source is listed, and explained when named."""
    from qmsreport import catalog, sources

    listed = {group: call(group).out for group in ("metrics", "checks")}
    for query in catalog.read():
        if query.group in listed:
            assert query.id in listed[query.group]
            whole = call(query.group, query.id)
            assert whole.code == 0
            assert query.title in whole.out
            assert query.path in whole.out
    for kind in sources.kinds():
        assert kind in call("sources").out
        assert f"[sources.{kind}]" in call("sources", kind).out


def test_every_option_of_a_source_is_explained(call: Callable[..., Ran]) -> None:
    """`sources KIND` gives each option's default as TOML has it, and what it means."""
    from qmsreport import sources

    for kind in sources.kinds():
        listed = call("sources", kind).out.partition(f"[sources.{kind}]\n")[2].splitlines()
        for line in listed[1:]:
            assert re.match(r"\w+ {2,}(text|whole number|number|true or false|list|table)", line), line
            assert re.search(r"\S {2,}\S", line[listed[0].index("default") :]), line
    assert re.search(r"installation_id +whole number +0 ", call("sources", "github").out)
    assert re.search(r"full_listing_days +number +1\.0 ", call("sources", "github").out)


def test_every_column_of_a_record_is_listed(call: Callable[..., Ran]) -> None:
    """`records` lists the kinds, and of each the columns that a file may hold, with the words one of them takes."""
    from qmsreport.records import KINDS, columns

    listed = call("records").out
    for kind in KINDS:
        assert re.search(rf"^{kind} +\S", listed, re.MULTILINE)
        ran = call("records", kind)
        for column in columns(kind):
            assert re.search(rf"^{column.name} +\S.*{', '.join(column.choices)}", ran.out, re.MULTILINE)
    assert re.search(r"^deployment_id +text +key$", call("records", "deployments").out, re.MULTILINE)


def test_today_is_a_day_like_any_other() -> None:
    """The day that the demonstration pretends to be is in the quarter after the one it reports on."""
    assert (
        period.last_complete_quarter(period.to_utc(date(2026, 11, 21), "UTC"), "Europe/Berlin").label
        == "2026-Q3"
    )


def test_a_report_without_any_figure(tmp_path: Path, call: Callable[..., Ran]) -> None:
    """An organisation that only has its endpoints probed gets its report, and every headline says 'no data'."""
    path = tmp_path / "qmsreport.toml"
    path.write_text(
        '[organisation]\nname = "Example"\n[privacy]\npseudonymise = false\n'
        '[sources.edge]\nkind = "tls"\nendpoints = ["127.0.0.1:9"]\nvantage_point = "here"\n'
    )
    assert call("extract", "--config", path).code == 0
    ran = call("generate", "--config", path, "--month", "2026-07", "--format", "json")
    assert ran.code in (0, 1)
    assert "no data" in ran.out

"""QMS documents: every setting with its line and unit, every flaw named, every checkbox counted."""

from __future__ import annotations

import csv
import hashlib
from importlib import resources
from pathlib import Path

import pytest

from qmsreport.errors import ConfigError, Rejected
from qmsreport.records import DOCUMENT_FLAWS, DocumentFlaw, Setting
from qmsreport.sources import _policy_document, _policy_flaws
from qmsreport.sources._policy_document import Reading
from qmsreport.sources._policy_settings import UNITS, Rule, Rules
from tests.sources.papers import SINCE, UNTIL, Papers

NAME = "policy/a.md"
HEAD = """+++
template_version = "2.1"
id = "" # << REQUIRED - Unique id (e.g., "A-1") >>
title = "TBD" # << REQUIRED - Title >>
implementation_type = "infrastracture" # << REQUIRED - Options: "infrastructure", "monitoring" >>
status = "🟡 Planning" # << REQUIRED - Status indicator >>
created_date = "sometime" # << REQUIRED - ISO format date (YYYY-MM-DD) >>
target_completion_date = "" # << OPTIONAL - Target >>
estimated_effort_hours = 7 # << OPTIONAL - Effort in hours >>

[monitoring_config]
metrics_retention_days = 90 # << REQUIRED - in days >>
sampling_rate = 0.1 # << REQUIRED - Trace sampling rate (0.0-1.0) >>

[performance_baselines]
error_rate_threshold_percent = 1.0 # << REQUIRED >>

[alert_thresholds]
high_cpu_duration_minutes = 5

[implementation_stages]
stage_order = ["build", "plan", "ghost"]

[implementation_stages.plan]
enabled = true
estimated_hours = 8

[implementation_stages.build]
enabled = true
estimated_hours = 4
dependencies = ["plan"]

[implementation_stages.extra]
enabled = false
estimated_hours = 100

[monitoring_tests]
metrics_collection_tests = true
runbook_references = [ # << OPTIONAL - Paths >>
    "runbooks/one.md", # the first ] of them
    "https://wiki.example/two",
]
implementation_lead = "Head of platform" # << REQUIRED >>
+++
# A document
"""
ENGINEER = """+++
slug = "engineer"
[monitoring_thresholds]
error_rate_threshold = 0.01
cpu_utilization_threshold = 80
cache_hit_ratio_minimum = 8
network_errors_threshold = 100
[alerting_configuration]
pager_duty_integration = true
slack_notifications = false
email_notifications = true
critical_response_time = 300  # 5 minutes
high_response_time = 15  # 15 minutes
alert_grouping_window = 300
alert_deduplication = "yes"
+++
"""


def read(text: str, rules: Rules | None = None) -> Reading:
    """A document taken apart."""
    return _policy_document.read(text.encode(), NAME, rules or Rules())


def settings(text: str) -> dict[str, Setting]:
    """Its settings by their key."""
    return {row.key: row for row in _policy_document.settings(read(text))}


def flaws(text: str) -> dict[tuple[str, str], DocumentFlaw]:
    """Its flaws by kind and key."""
    return {(row.flaw, row.key): row for row in _policy_flaws.flaws(read(text))}


def test_a_setting_has_value_unit_line_version_and_mark() -> None:
    """Every declared setting says what it is, in which unit, where it stands, in which version, and if it had to be."""
    assert settings(HEAD)["retention.metrics"] == Setting(
        subject="document:policy/a.md",
        key="retention.metrics",
        layer="declared",
        value="90",
        unit="days",
        origin="policy/a.md:12",
        document_version="2.1",
        required=True,
    )


@pytest.mark.parametrize(
    ("text", "key", "value", "unit"),
    [
        (HEAD, "errors", "0.01", "share"),
        (HEAD, "sampling.traces", "0.1", "share"),
        (HEAD, "alert_duration.cpu", "300", "s"),
        (HEAD, "roles.lead", "Head of platform", "text"),
        (HEAD, "implementation.target", None, "text"),
        (HEAD, "implementation.title", None, "text"),
        (HEAD, "stages.build.effort", "4", "h"),
        (ENGINEER, "errors", "0.01", "share"),
        (ENGINEER, "resources.cpu", "0.8", "share"),
        (ENGINEER, "application.cache_hits", "8", None),
        (ENGINEER, "response.critical", "300", "s"),
        (ENGINEER, "response.high", "900", "s"),
        (ENGINEER, "alerting.grouping", "300", "s"),
        (ENGINEER, "alerting.channels", '["pagerduty", "email"]', "list"),
        (ENGINEER, "alerting.deduplication", "yes", None),
        (ENGINEER, "slug", "engineer", "text"),
    ],
)
def test_percent_and_ratio_minutes_and_seconds_come_out_alike(
    text: str, key: str, value: str | None, unit: str | None
) -> None:
    """Two documents that mean the same declare the same value in the same unit; what cannot be a value has no unit."""
    found = settings(text)[key]
    assert (found.value, found.unit) == (value, unit)


def test_keys_filed_under_the_last_table_are_found_and_named() -> None:
    """TOML files `runbook_references` and what follows under [monitoring_tests]; it is found, and said."""
    assert settings(HEAD)["documents.runbooks"].origin == "policy/a.md:39"
    found = flaws(HEAD)
    assert {key for kind, key in found if kind == "misfiled"} == {"runbook_references", "implementation_lead"}
    assert found["misfiled", "implementation_lead"].line == 43
    assert "[monitoring_tests]" in str(found["misfiled", "implementation_lead"].observed)


def test_a_key_of_a_known_table_or_an_unknown_one_is_not_misfiled() -> None:
    """`title` under a table of the organisation's own is that table's."""
    text = '+++\n[service]\ntitle = "x"\n[[context_sources]]\ntitle = "y"\npath = "z"\n+++\n'
    assert not [key for kind, key in flaws(text) if kind == "misfiled"]
    assert settings(text)["service.title"].value == "x"


def test_what_is_required_and_empty_is_a_flaw_and_what_is_optional_is_not() -> None:
    """The document's own marks decide: an empty REQUIRED field is a flaw, a placeholder is empty, OPTIONAL may stay so."""
    found = flaws(HEAD)
    assert {key for kind, key in found if kind == "empty required"} == {"id", "title"}
    assert found["empty required", "id"].line == 3


def test_a_value_that_the_document_does_not_allow() -> None:
    """Listed options, dates and statuses are held; an example in brackets is no option."""
    found = flaws(HEAD)
    assert {key for kind, key in found if kind == "unknown value"} == {"implementation_type", "created_date"}
    assert found["unknown value", "implementation_type"].expected == "one of infrastructure, monitoring"
    odd = flaws('+++\nstatus = "✨ Wonderful"\n+++\n')
    assert ("unknown value", "status") in odd


def test_a_unit_that_nothing_states_is_a_flaw() -> None:
    """Taken by the stated rule, and named: a comment, or the key itself, would state it."""
    found = flaws(ENGINEER)
    assert {key.partition(".")[2] for kind, key in found if kind == "unit unstated"} == {
        "error_rate_threshold",
        "cpu_utilization_threshold",
        "network_errors_threshold",
        "alert_grouping_window",
    }
    taken = found["unit unstated", "monitoring_thresholds.cpu_utilization_threshold"]
    assert taken.observed == "80, taken as a percentage"
    wrong = {key.partition(".")[2] for kind, key in found if kind == "unknown value"}
    assert wrong == {"cache_hit_ratio_minimum", "alert_deduplication"}


def test_stage_order_against_dependencies_and_tables() -> None:
    """A stage before one it depends on, one without a table and one left out are named, each with its line."""
    found = {key: row for (kind, key), row in flaws(HEAD).items() if kind == "stage order"}
    assert set(found) == {
        "implementation_stages.build.dependencies",
        "implementation_stages.ghost",
        "implementation_stages.extra",
    }
    assert found["implementation_stages.build.dependencies"].line == 31
    text = HEAD.replace('"build", "plan", "ghost"', '"plan", "build", "extra"')
    assert not [kind for kind, _ in flaws(text) if kind == "stage order"]


@pytest.mark.parametrize(
    ("needs", "why"),
    [("extra", "switched off"), ("nobody", "no such stage"), ("build", "stands before 'build'")],
)
def test_a_dependency_that_cannot_be(needs: str, why: str) -> None:
    """A stage cannot depend on itself, on one that is switched off, or on none."""
    text = HEAD.replace('dependencies = ["plan"]', f'dependencies = ["{needs}"]')
    assert why in str(flaws(text)["stage order", "implementation_stages.build.dependencies"].observed)


def test_hours_that_do_not_add_up() -> None:
    """The hours of the enabled stages are compared with the document's own estimate."""
    found = flaws(HEAD)["effort", "estimated_effort_hours"]
    assert (found.line, found.observed) == (9, "7 hours")
    assert str(found.expected).startswith("12 hours")
    assert ("effort", "estimated_effort_hours") not in flaws(HEAD.replace("hours = 7", "hours = 12"))


def test_a_setting_that_is_declared_twice_keeps_both() -> None:
    """Two keys with one meaning and two values both stand; with the same value it is one."""
    two = "+++\n[monitoring_config]\nmetrics_retention_days = 90\n[observability_configuration]\nmetrics_retention_days = {}\n+++\n"
    found = _policy_document.settings(read(two.format(30)))
    assert [(row.subject, row.value) for row in found] == [
        ("document:policy/a.md", "90"),
        ("document:policy/a.md#observability_configuration.metrics_retention_days", "30"),
    ]
    assert len(_policy_document.settings(read(two.format(90)))) == 1


def test_no_secret_leaves_a_document() -> None:
    """A password in a document, or in an address, is not stored, neither as a setting nor in a flaw."""
    text = (
        '+++\nid = ""\n[grafana]\nadmin_password = "hunter22"\n[infrastructure_endpoints]\n'
        'grafana_endpoint = "https://ada:hunter22@grafana.example"\n+++\n- [ ] use password=hunter22\n'
    )
    found = read(text)
    shown = f"{_policy_document.settings(found)} {_policy_flaws.flaws(found)} {_policy_document.plan_items(found)}"
    assert "hunter22" not in shown
    assert settings(text)["endpoints.grafana"].value == "https://ada:***@grafana.example"


def test_own_keys_are_mapped(tmp_path: Path) -> None:
    """`[sources.NAME.keys]` maps an organisation's own document keys, with its unit and factor or the setting's."""
    papers = Papers(
        tmp_path,
        "policy",
        '[sources.tested.keys]\nlogging.keep_weeks = { key = "retention.logs", unit = "days", factor = 7 }\n'
        '"limits.errors" = "errors"\n',
    )
    papers.put(NAME, "+++\n[logging]\nkeep_weeks = 5\n[limits]\nerrors = 2\n+++\n")
    papers.load()
    assert papers.now_known("settings", "key, value, unit") == [
        ("errors", "0.02", "share"),
        ("retention.logs", "35", "days"),
    ]


def test_wrong_options_are_named_together(tmp_path: Path) -> None:
    """Every wrong key and glob of the configuration is named at once."""
    papers = Papers(
        tmp_path,
        "policy",
        'globs = ["/etc/*"]\n[sources.tested.keys]\na = 3\nb = { key = "x", unit = "weeks", factr = 1 }\n'
        'c = { key = "errors", factor = 0 }\n',
    )
    with pytest.raises(ConfigError) as caught:
        papers.source()
    for word in ("keys a:", "'weeks' is no unit", "unknown key 'factr'", "factor 0", "'/etc/*'"):
        assert word in str(caught.value)


def test_the_known_keys_are_well_formed() -> None:
    """The table of document keys has no key twice, only known units, and factors that are numbers where they must be."""
    text = resources.files("qmsreport.sources").joinpath("_policy_keys.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = [row["document_key"] for row in rows]
    assert len(names) == len(set(names))
    assert all(None not in row and None not in row.values() for row in rows)
    for row in rows:
        assert row["unit"] in UNITS, row
        if row["unit"] not in ("list", "text", "flag", "version"):
            assert row["factor"] == "auto" or float(row["factor"]) > 0, row
        assert row["key"].count("*") == row["document_key"].count("*")


def test_own_rules_win_over_the_known_ones() -> None:
    """An organisation may say that one of the known keys means something else with it."""
    rules = Rules({"monitoring_config.metrics_retention_days": Rule("retention.metrics", "days", "7")})
    found = read("+++\n[monitoring_config]\nmetrics_retention_days = 2\n+++\n", rules)
    assert _policy_document.settings(found)[0].value == "14"


def test_every_flaw_is_one_of_the_words() -> None:
    """The flaws that are found are the vocabulary's, so that every query knows them."""
    found = {kind for text in (HEAD, ENGINEER) for kind, _ in flaws(text)}
    assert found <= set(DOCUMENT_FLAWS)


def test_an_unreadable_document_is_told_with_its_line_and_keeps_what_was_read(tmp_path: Path) -> None:
    """Front matter that is no TOML fails with file and line, is a flaw, and takes nothing stored away; mended, it is over."""
    papers = Papers(tmp_path, "policy")
    papers.put(NAME, HEAD)
    papers.load()
    before = papers.now_known("settings", "key, value")
    papers.put(NAME, HEAD.replace("sampling_rate = 0.1", "sampling_rate = ten percent"))
    flawed, failed = papers.load()[NAME]
    assert flawed.error is None
    assert f"{tmp_path / NAME}, line 13:" in str(failed.error)
    assert papers.now_known("settings", "key, value") == before
    assert ("unreadable", 13) in papers.now_known("document_flaws", "flaw, line")
    papers.put(NAME, HEAD)
    papers.load()
    assert "unreadable" not in {kind for (kind,) in papers.now_known("document_flaws", "flaw")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("+++\na = 1\n", 1),
        ("+++\na = 1\na = 2\n+++\n", 3),
        ("+++\na = '''\n+++\n", 2),
        ("+++\na = " + "[" * 3000, 1),
    ],
)
def test_where_reading_stops(text: str, line: int) -> None:
    """Front matter that never ends, keys that stand twice and texts that never close name their line."""
    found = read(text).unreadable
    assert found
    assert found.line == line


def test_front_matter_of_another_kind_is_not_passed_over() -> None:
    """YAML between --- is not read, and that is said."""
    assert "+++" in read("---\nretention: 5\n---\n# x\n").warnings[0]


def test_a_file_in_another_code_page_is_read_and_named() -> None:
    """A document that is not UTF-8 is read as Windows-1252, with the flaw."""
    found = _policy_document.read("+++\ntitle = 'Prüfung'\n+++\n".encode("cp1252"), NAME, Rules())
    assert [row.value for row in _policy_document.settings(found)] == ["Prüfung"]
    assert [(row.flaw, row.key) for row in _policy_flaws.flaws(found)] == [("mojibake", "(file)")]


def test_mojibake_is_mended_and_named_with_its_line() -> None:
    """UTF-8 that was read as Mac Roman or Windows-1252 is mended for display, in settings, sections and titles."""
    broken = {"📊 Messung": "\uf8ffüìä Messung", "Größe": "GrÃ¶ÃŸe"}
    text = f'+++\ntitle = "{broken["📊 Messung"]}"\n+++\n# {broken["Größe"]}\n\n- [x] fertig\n'
    assert settings(text)["implementation.title"].value == "📊 Messung"
    assert _policy_document.plan_items(read(text))[0].section == "Größe"
    found = flaws(text)
    assert {(kind, key): row.line for (kind, key), row in found.items()} == {
        ("mojibake", "title"): 2,
        ("mojibake", "(text)"): 4,
    }


def test_documents_that_are_named_are_listed_with_their_hash_if_they_are_there(tmp_path: Path) -> None:
    """A runbook beside the document has its hash; one that is missing or elsewhere has none; outside is never read."""
    (tmp_path / "in").mkdir()
    papers = Papers(tmp_path / "in", "policy")
    (tmp_path / "secret.md").write_text("x")
    papers.put(NAME, HEAD.replace('"https://', '"gone.md", "../../secret.md", "https://'))
    papers.put("policy/runbooks/one.md", "# One\n")
    papers.load()
    found = dict(papers.now_known("documents", "url, sha256"))
    assert found["runbooks/one.md"] == hashlib.sha256(b"# One\n").hexdigest()
    assert (found["gone.md"], found["../../secret.md"], found["https://wiki.example/two"]) == (
        None,
        None,
        None,
    )
    papers.put("policy/gone.md", "here now")
    papers.load()
    assert dict(papers.now_known("documents", "url, sha256"))["gone.md"]


def test_the_document_itself_is_listed() -> None:
    """Title, owner, approver and review come from the front matter, or from bold lines where there is none."""
    text = '+++\ntitle = "Logs"\nowner = "CISO"\napproved_by = "Board"\napproved_date = 2026-07-01\n+++\n'
    found = _policy_document.document(read(text), "Europe/Berlin")
    assert (found.title, found.owner, found.approved_by) == ("Logs", "CISO", "Board")
    assert str(found.approved_at) == "2026-06-30 22:00:00"
    bare = _policy_document.document(
        read("# Plan\n\n**Owner**: Platform\n**Approved by**: Board\n\n- [ ] a\n"), "UTC"
    )
    assert (bare.title, bare.kind, bare.owner, bare.approved_by) == ("Plan", "plan", "Platform", "Board")


def test_a_withdrawn_document_declares_nothing_any_more(tmp_path: Path) -> None:
    """A document that is gone takes its settings with it; an empty folder takes nothing, it is only odd."""
    papers = Papers(tmp_path, "policy")
    papers.put(NAME, HEAD)
    other = papers.put("policy/sub/b.md", ENGINEER)
    papers.load()
    other.unlink()
    found = papers.load()
    assert "is gone" in found["policy/sub/b.md"][0].warnings[0]
    assert {row[0] for row in papers.now_known("settings", "subject")} == {"document:policy/a.md"}
    (tmp_path / NAME).unlink()
    assert "no document to read" in papers.load()["policy"][0].warnings[0]
    assert papers.now_known("settings", "subject")
    papers.put("policy/c.md", "# c\n")
    papers.load()
    assert not papers.now_known("settings", "subject")


def test_reading_twice_changes_nothing(tmp_path: Path) -> None:
    """A second run over the same documents stores no new version, and both cover the days that were asked about."""
    papers = Papers(tmp_path, "policy")
    papers.put(NAME, HEAD)
    papers.load()
    listed = papers.load()["policy"][0]
    assert (listed.window_start, listed.window_end) == (SINCE, UNTIL)
    assert papers.rows("select max(version) from settings") == [(1,)]
    assert papers.rows("select sum(rows_new) from extracts where extract_id > 2") == [(0,)]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A missing folder is a refusal with the way out; nothing stored is touched."""
    papers = Papers(tmp_path, "policy")
    (tmp_path / "policy").rmdir()
    with pytest.raises(Rejected, match="Make it, mend its permissions, or change 'path'"):
        papers.load()


def test_diagnosis_names_what_cannot_be_read(tmp_path: Path) -> None:
    """`doctor` counts the documents and says which front matter is broken."""
    papers = Papers(tmp_path, "policy")
    papers.put(NAME, "+++\nx\n+++\n")
    found = papers.source().diagnose()
    assert found.product == "1 document"
    assert "line 2" in found.problems[0]

"""Frameworks as files: what is read, what is refused, and what their numbers are in days."""

from __future__ import annotations

import calendar
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from qmsreport import frameworks
from qmsreport.errors import ConfigError
from tests import factories

HEAD = "framework,framework_title,edition,control_id,title,area,basis,basis_text,mandatory,check_kind,setting,relation,threshold,unit\n"
GOOD = "own,Our rules,3,R-1,Logs are kept,retention,policy,Rule 1,true,automatic,retention.logs,at least,90,days\n"
SHIPPED = {"soc2", "gdpr", "hipaa", "pci_dss", "sox_itgc", "iso27001", "iso9001"}


def tables(folder: Path, more: str = "", text: str | None = None) -> dict[str, pl.DataFrame]:
    """The tables of a configuration; `text` is its own framework's file."""
    if text is not None:
        (folder / "own.csv").write_text(text, "utf-8")
        more += '\n[compliance]\nfiles = ["own.csv"]\n'
    return frameworks.tables(factories.configuration(folder, more))


def refused(folder: Path, more: str = "", text: str | None = None) -> tuple[str, ...]:
    """What is wrong with them."""
    with pytest.raises(ConfigError) as caught:
        tables(folder, more, text)
    return caught.value.problems


def test_what_ships_is_selected_unless_the_configuration_narrows_it(tmp_path: Path) -> None:
    """Without a word all shipped frameworks are selected; named ones come in the order they are named in."""
    assert set(tables(tmp_path)["selected_frameworks"]["framework"]) == SHIPPED
    few = tables(tmp_path, '[compliance]\nframeworks = ["soc2", "gdpr"]\n')
    assert few["selected_frameworks"]["framework"].to_list() == ["soc2", "gdpr"]
    assert set(few["controls"]["framework"]) == SHIPPED
    assert tables(tmp_path, "[compliance]\nframeworks = []\n")["selected_frameworks"].is_empty()


def test_an_own_framework_is_one_more_file(tmp_path: Path) -> None:
    """A CSV beside the configuration adds a framework, and naming the file selects it."""
    found = tables(tmp_path, text=HEAD + GOOD)
    assert found["selected_frameworks"]["framework"].to_list()[-1] == "own"
    (row,) = found["controls"].filter(framework="own").to_dicts()
    assert (row["control_id"], row["mandatory"], row["level"]) == ("R-1", True, None)
    (number,) = found["control_thresholds"].filter(framework="own").to_dicts()
    assert (number["setting"], number["relation"], number["days"]) == ("retention.logs", "at least", 90)


def test_a_requirement_with_two_numbers(tmp_path: Path) -> None:
    """Audit logs: twelve months kept, three at hand; one requirement, two thresholds, in days of the longest span."""
    found = tables(tmp_path)
    assert found["controls"].filter(framework="pci_dss", control_id="10.5.1").height == 1
    numbers = found["control_thresholds"].filter(framework="pci_dss", control_id="10.5.1")
    assert dict(numbers["setting", "days"].rows()) == {
        "retention.audit": 366.0,
        "retention.audit.immediate": 92.0,
    }


def test_numbers_that_the_texts_give(tmp_path: Path) -> None:
    """The numbers of the law and the standards, each in its own unit."""
    found = tables(tmp_path)["control_thresholds"]
    said = {
        (framework, control): (relation, threshold, unit)
        for framework, control, relation, threshold, unit in found[
            "framework", "control_id", "relation", "threshold", "unit"
        ].rows()
    }
    assert said["gdpr", "33(1)"] == ("at most", 72.0, "hours")
    assert said["hipaa", "164.316(b)(2)(i)"] == ("at least", 6.0, "years")
    assert said["pci_dss", "6.3.3"] == ("at most", 1.0, "months")
    assert said["pci_dss", "11.3.1"] == ("at most", 3.0, "months")
    assert said["sox_itgc", "17-CFR-210.2-06"] == ("at least", 7.0, "years")


def test_365_days_are_not_twelve_months() -> None:
    """A span of months is as long as the longest there is for a minimum, as short as the shortest for a maximum."""
    assert frameworks.in_days(12, "months", "at least") == 366
    assert frameworks.in_days(7, "years", "at least") == 2557
    assert frameworks.in_days(1, "months", "at most") == 28
    assert frameworks.in_days(3, "months", "at most") == 89
    assert frameworks.in_days(72, "hours", "at most") == 3
    assert frameworks.in_days(1.2, "version", "at least") is None


@given(some.dates(date(2000, 1, 1), date(2390, 12, 31)), some.integers(1, 84))
def test_days_of_months_hold_wherever_they_start(start: date, months: int) -> None:
    """Whatever day a span starts on, it is no longer than the longest and no shorter than the shortest, less its clipped end."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end = date(year, month + 1, min(start.day, last))
    clipped = start.day - end.day
    length = (end - start).days
    assert length <= frameworks.span_days(months, longest=True)
    assert length + clipped >= frameworks.span_days(months, longest=False)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Each problem of a file with its line and column, and the nearest word."""
    bad = (
        "own,Our rules,3,R-2,,retentoin,policy,Rule 2,maybe,automatic,,,,\n"
        "other,Our rules,3,R-3,Kept,retention,policy,Rule 3,true,automatic,retention.logs,at least,many,days\n"
        "own,Our rules,3,R-4,Kept,retention,policy,Rule 4,true,automatic,retention.logs,at least,,\n"
        "own,Our rules,3,R-1,Kept twice,retention,policy,Rule 1,true,automatic,,,,\n"
        "own,Our rules\n"
    )
    problems = "\n".join(refused(tmp_path, text=HEAD + GOOD + bad))
    for words in (
        "own.csv:3 title: is empty",
        "own.csv:3 area: 'retentoin' is none of its words. Did you mean 'retention'?",
        "own.csv:3 mandatory: 'maybe'",
        "own.csv:4 framework: 'other', and 'own' above",
        "own.csv:4 threshold: 'many' is not a number",
        "own.csv:5 threshold: relation, threshold and unit belong together",
        "own.csv:6 control_id: 'R-1' stands above already",
        "own.csv:7: 2 cells, not 14",
    ):
        assert words in problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("area", "aera") + GOOD, "own.csv:1 aera: unknown column. Did you mean 'area'?"),
        (HEAD.replace(",mandatory", ""), "own.csv:1 mandatory: this column is missing. Add it."),
        (HEAD, "own.csv: no requirement in it"),
        (HEAD + GOOD.replace("own,", "soc2,"), "'soc2' stands in"),
        (HEAD + GOOD.replace("own,", "Our own,"), "'Our own' is no name"),
        (HEAD + '"open', "own.csv: cannot be read"),
    ],
)
def test_a_file_that_is_no_framework(tmp_path: Path, text: str, words: str) -> None:
    """A mistyped or missing column, an empty file, a taken name or broken quoting is refused with the way out."""
    assert words in "\n".join(refused(tmp_path, text=text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    (problem,) = refused(tmp_path, '[compliance]\nfiles = ["gone.csv"]\n')
    assert "gone.csv: cannot be read: No such file" in problem


def test_scope_must_be_declared_in_full(tmp_path: Path) -> None:
    """What does not apply must exist, once, with a reason and an approver; unknown frameworks get a suggestion."""
    more = """
[compliance]
frameworks = ["socc2"]

[[compliance.not_applicable]]
control = "soc2:CC81"
reason = " "
approver = "grace"

[[compliance.not_applicable]]
control = "CC8.1"
reason = "x"
approver = ""
"""
    problems = "\n".join(refused(tmp_path, more))
    for words in (
        "[compliance] frameworks: 'socc2' is not known. Did you mean 'soc2'?",
        "no. 1 control: 'soc2:CC81' is in no framework. Did you mean 'soc2:CC8.1'?",
        "no. 1 reason: is empty",
        "no. 2 control: 'CC8.1' names no framework. Write it like soc2:CC8.1.",
        "no. 2 approver: is empty",
    ):
        assert words in problems


def test_the_configuration_names_what_is_wrong_with_an_exclusion(tmp_path: Path) -> None:
    """A mistyped or missing key of a nested table is refused like any other."""
    with pytest.raises(ConfigError) as caught:
        factories.configuration(tmp_path, '[[compliance.not_applicable]]\ncontrol = "a"\nreson = "b"\n')
    problems = "\n".join(caught.value.problems)
    assert "[[compliance.not_applicable]] no. 1 reson: unknown key. Did you mean 'reason'?" in problems
    assert "no. 1 approver: missing" in problems


def test_requirements_are_in_our_own_words(tmp_path: Path) -> None:
    """Every shipped requirement has a title of its own, short enough to stand in one cell."""
    rows = tables(tmp_path)["controls"]
    assert rows.height > 150
    assert rows["title"].str.len_chars().max() <= 100  # type: ignore[operator]
    assert not rows.select(pl.struct("framework", "title").is_duplicated().any()).item()
    assert set(rows["check_kind"]) == {"automatic", "record", "none"}

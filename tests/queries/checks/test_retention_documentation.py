"""Reports and their evidence are kept as long as asked."""

from __future__ import annotations

from tests.factories import declared, effective
from tests.queries.conftest import Report

CHECK = "retention_documentation"
KEY = "retention.documentation"
ONLY_HIPAA = '\n[compliance]\nframeworks = ["hipaa"]\n'
NO_FRAMEWORK = "\n[compliance]\nframeworks = []\n"


def test_statuses(report: Report) -> None:
    """Seven years are at most 2557 days: so many pass, for ever too, a day less fails, words are no number."""
    found = report(
        effective(KEY, "2557", subject="archive:just"),
        effective(KEY, "unlimited", subject="archive:ever"),
        effective(KEY, "2556", subject="archive:short"),
        effective(KEY, "long", subject="archive:words"),
    )
    assert found.findings(CHECK) == {
        f"{KEY} archive:just": "pass",
        f"{KEY} archive:ever": "pass",
        f"{KEY} archive:short": "fail",
        f"{KEY} archive:words": "not assessed",
    }
    row = found.finding(CHECK, f"{KEY} archive:short")
    assert (row["expected"], row["basis"]) == ("at least 2557 days", "law: sox_itgc:17-CFR-210.2-06")


def test_the_longest_of_declared_and_asked_holds(report: Report) -> None:
    """Six years for health information alone; ten declared years beat them."""
    kept = effective(KEY, "2192")
    six = report(kept, more=ONLY_HIPAA).finding(CHECK, f"{KEY} store:main")
    assert (six["status"], six["expected"]) == ("pass", "at least 2192 days")
    ten = report(declared(KEY, "3653"), kept, more=ONLY_HIPAA).finding(CHECK, f"{KEY} store:main")
    assert (ten["status"], ten["basis"]) == ("fail", "policy: a.md:12")


def test_a_declaration_that_is_too_short_fails(report: Report) -> None:
    """Less declared than a framework asks fails, also where the archive keeps long enough."""
    found = report(declared(KEY, "365"), effective(KEY, "2557"))
    assert found.findings(CHECK) == {f"{KEY} as declared": "fail", f"{KEY} store:main": "pass"}


def test_an_intention_is_no_evidence(report: Report) -> None:
    """Long enough on paper, undeclared, or in words: without a system that shows it, not assessed."""
    for items in ([declared(KEY, "3653")], [], [declared(KEY, "as the law asks")]):
        assert report(items).findings(CHECK) == {f"{KEY} as declared": "not assessed"}


def test_without_anything_asked_nothing_is_judged(report: Report) -> None:
    """No framework asks and no document declares: what an archive keeps is not assessed."""
    found = report(effective(KEY, "30"), more=NO_FRAMEWORK)
    assert found.findings(CHECK) == {f"{KEY} store:main": "not assessed"}

"""Configured retention beside the declared minimum: what the four checks of retention share."""

from __future__ import annotations

from typing import Any

from tests.factories import decision, declared, effective
from tests.queries.conftest import Report

KEY = "retention.logs"
SIZE = "retention.logs.size"


def rows(report: Report, *items: Any) -> dict[str, tuple[str, str]]:
    """Status and reason of each resource."""
    found = report(*items, only=set()).view("retention_configured")
    return {row["resource"]: (row["status"], row["reason"]) for row in found}


def test_a_size_limit_may_cut_it_shorter(report: Report) -> None:
    """Long enough with a size limit is partial; too short with one still fails; a size limit alone is not assessed."""
    found = rows(
        report,
        declared(KEY, "90"),
        effective(KEY, "90", subject="store:both"),
        effective(SIZE, "512MB", "text", "store:both"),
        effective(KEY, "15", subject="store:short"),
        effective(SIZE, "512MB", "text", "store:short"),
        effective(KEY, "unlimited", subject="store:ever"),
        effective(SIZE, "512MB", "text", "store:ever"),
        effective(SIZE, "512MB", "text", "store:size"),
    )
    assert found == {
        f"{KEY} store:both": (
            "partial",
            (
                "Configured are 90 days (store:both/config), declared at least 90 days; "
                "a size limit of 512MB may cut it shorter."
            ),
        ),
        f"{KEY} store:ever": (
            "partial",
            (
                "Configured are unlimited (store:ever/config), declared at least 90 days; "
                "a size limit of 512MB may cut it shorter."
            ),
        ),
        f"{KEY} store:short": (
            "fail",
            (
                "Configured are 15 days (store:short/config), declared at least 90 days; "
                "a size limit of 512MB may cut it shorter."
            ),
        ),
        f"{KEY} store:size": (
            "not assessed",
            "Only its size is limited, to 512MB: how many days that holds is not configured.",
        ),
    }


def test_the_larger_of_several_minimums(report: Report) -> None:
    """Of 30 and 90 days 90 are asked until somebody decides on 30."""
    two = [declared(KEY, "30"), declared(KEY, "90", document="b.md"), effective(KEY, "60")]
    status, reason = rows(report, two)[f"{KEY} store:main"]
    assert (status, "90 days, the larger of several (decision needed)" in reason) == ("fail", True)
    assert rows(report, decision(KEY, "30"))[f"{KEY} store:main"][0] == "pass"


def test_nothing_declared(report: Report) -> None:
    """A retention without a declared minimum is not assessed, and not left out."""
    assert rows(report, effective(KEY, "60")) == {
        f"{KEY} store:main": ("not assessed", "It keeps 60 days, and no minimum is declared.")
    }

"""Documents are owned, approved and due for a review that is still to come."""

from __future__ import annotations

from qmsreport import records
from tests.factories import moment
from tests.queries.conftest import Report

CHECK = "documents_current"


def document(name: str, **given: object) -> records.Document:
    """An owned and approved document that is due next year, unless said otherwise."""
    values = {"owner": "Quality", "approved_at": "2026-02-01", "review_due": "2027-02-01", **given}
    times = {key: moment(value) for key, value in values.items() if key != "owner"}  # type: ignore[arg-type]  # texts
    return records.Document(document_id=name, owner=values["owner"], **times)  # type: ignore[arg-type]  # as above


def test_statuses(report: Report) -> None:
    """What is missing or overdue fails; a document that states nothing is not assessed."""
    found = report(
        document("good"),
        document("due on the last day", review_due="2026-09-30 23:59:59"),
        document("due after it", review_due="2026-10-01 00:00:01"),
        document("unowned", owner=None),
        document("unapproved", approved_at=None),
        document("no next review", review_due=None),
        document("bare", owner=None, approved_at=None, review_due=None),
    )
    assert found.findings(CHECK) == {
        "good": "pass",
        "due on the last day": "fail",
        "due after it": "pass",
        "unowned": "fail",
        "unapproved": "fail",
        "no next review": "partial",
        "bare": "not assessed",
    }
    assert "due on 2026-09-30" in found.finding(CHECK, "due on the last day")["reason"]


def test_without_documents_nothing_passes(report: Report) -> None:
    """No document on record is not an empty cupboard in good order."""
    assert report([]).findings(CHECK) == {"(none)": "not assessed"}

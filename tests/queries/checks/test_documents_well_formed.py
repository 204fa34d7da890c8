"""Documents that contradict themselves are found; those in order pass; nothing read is nothing assessed."""

from __future__ import annotations

from typing import Any

from qmsreport.records import Document, DocumentFlaw
from tests.queries.conftest import Known, Report

CHECK = "documents_well_formed"
QMS = '[sources.qms]\nkind = "policy"\n'


def flaw(document: str, key: str, kind: str, line: int | None = 1) -> DocumentFlaw:
    """One flaw."""
    return DocumentFlaw(document=document, key=key, flaw=kind, line=line)


def read(*items: Any) -> list[Known]:
    """Documents and flaws as the source of documents brings them."""
    return [Known(items, source="qms", extract={"subject": "policy"})]


def test_pass(report: Report) -> None:
    """A document without a flaw passes; one that is only referred to is not judged."""
    document = Document(document_id="policy/a.md", flaws=0)
    referred = Document(document_id="policy/a.md#runbook:r.md", url="r.md")
    found = report(more=QMS, history=read(document, referred))
    assert found.findings(CHECK) == {"policy/a.md": "pass"}
    assert found.finding(CHECK, "policy/a.md")["observed"] == "no flaw"


def test_fail(report: Report) -> None:
    """A document with flaws fails, with their number by kind and the first two by line."""
    flaws = [
        flaw("policy/a.md", "tags", "misfiled", 30),
        flaw("policy/a.md", "id", "empty required", 4),
        flaw("policy/a.md", "title", "empty required", 5),
        flaw("policy/b.md", "(file)", "mojibake", None),
    ]
    documents = [Document(document_id="policy/a.md", flaws=3), Document(document_id="policy/b.md", flaws=1)]
    found = report(more=QMS, history=read(documents, flaws))
    assert found.findings(CHECK) == {"policy/a.md": "fail", "policy/b.md": "fail"}
    said = found.finding(CHECK, "policy/a.md")
    assert said["observed"] == "3 flaws"
    assert said["reason"] == (
        "empty required 2, misfiled 1. First: line 4, empty required in id; line 5, empty required in title."
    )
    one = found.finding(CHECK, "policy/b.md")
    assert (one["observed"], one["reason"]) == ("1 flaw", "mojibake 1. First: mojibake in (file).")


def test_unreadable(report: Report) -> None:
    """A document of which nothing could ever be read fails; it is not passed over."""
    found = report(more=QMS, history=read(flaw("policy/a.md", "front matter", "unreadable", 7)))
    assert found.findings(CHECK) == {"policy/a.md": "fail"}


def test_no_data(report: Report) -> None:
    """Without a document read by such a source nothing passes, whatever other sources list."""
    found = report(Document(document_id="QM-OPS-003"))
    assert found.findings(CHECK) == {"(none)": "not assessed"}


def test_flaws_that_are_not_on_record(report: Report) -> None:
    """A document of which more flaws were found than are on record does not pass for their absence."""
    found = report(more=QMS, history=read(Document(document_id="policy/a.md", flaws=2)))
    assert found.findings(CHECK) == {"policy/a.md": "not assessed"}

"""The chain of reports: what an auditor finds when one was changed, swapped or taken away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qmsreport import chain, evidence, verification
from tests import small_bundle


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Three quarters, one of them revised after the next was published."""
    folder = tmp_path / "reports"
    first = small_bundle.write(folder / "2026-Q1" / "r1")
    second = small_bundle.write(folder / "2026-Q2" / "r1", previous=first)
    small_bundle.write(folder / "2026-Q3" / "r1", previous=second)
    small_bundle.write(folder / "2026-Q2" / "r2", previous=second)
    return folder


def problems(reports: Path) -> list[str]:
    """What is wrong with the whole folder."""
    found = chain.bundles(reports)
    return [one for path in found for one in verification.verify(path).problems] + chain.gaps(found)


def test_a_whole_chain(reports: Path) -> None:
    """A chain that branches where a quarter was revised later is in order, each link by name."""
    assert problems(reports) == []
    notes = [verification.verify(path).notes[1] for path in chain.bundles(reports)]
    assert notes == [
        "follows no other report",
        "follows 2026-Q1/r1, which is as it was",
        "follows 2026-Q2/r1, which is as it was",
        "follows 2026-Q2/r1, which is as it was",
    ]


def test_a_report_that_was_made_anew(reports: Path) -> None:
    """An earlier report that was replaced by a consistent other one is found by those that follow it."""
    small_bundle.rewrite(reports / "2026-Q2" / "r1", title="nicer")
    found = problems(reports)
    assert len(found) == 2
    assert all(
        one.startswith("chain: 2026-Q2/r1, which this report follows, is not what it was") for one in found
    )


def test_a_report_that_was_taken_away(reports: Path) -> None:
    """A report missing from the middle is named; a bundle alone only says that it was not compared."""
    shutil.rmtree(reports / "2026-Q2" / "r1")
    assert problems(reports) == [
        "chain: 2026-Q2 has a revision 2, but no revision 1.",
        "chain: 2026-Q2/r2 follows report 2026-Q2/r1, which is missing from this folder.",
        "chain: 2026-Q3/r1 follows report 2026-Q2/r1, which is missing from this folder.",
    ]
    found = verification.verify(reports / "2026-Q3" / "r1")
    assert found.problems == []
    assert "does not stand beside it and was not compared" in found.notes[1]


def test_another_digest_than_recorded(reports: Path) -> None:
    """The evidence digest that a report builds on must be the one of the report it follows."""
    last = reports / "2026-Q3" / "r1"
    parts = {**evidence.read_manifest(last)["evidence"], "previous": "0" * 64}
    small_bundle.rewrite(last, evidence=parts)
    assert any("has another evidence digest than recorded" in one for one in problems(reports))


def test_older_manifests_have_no_name(reports: Path) -> None:
    """A manifest that records only the hash of its predecessor finds it by that hash."""
    last = reports / "2026-Q3" / "r1"
    small_bundle.rewrite(last, previous_bundle=None)
    assert "follows 2026-Q2/r1, which is as it was" in verification.verify(last).notes
    small_bundle.rewrite(reports / "2026-Q2" / "r1", title="nicer")
    assert "follows an earlier report, which does not stand beside it" in verification.verify(last).notes[1]


def test_a_name_cannot_lead_elsewhere(reports: Path, tmp_path: Path) -> None:
    """A manifest that names a path outside the folder of reports is not followed there."""
    small_bundle.write(tmp_path / "2025-Q4" / "r1")
    last = reports / "2026-Q3" / "r1"
    small_bundle.rewrite(last, previous_bundle="../2025-Q4/r1")
    assert verification.verify(last).notes[1] == "follows 2026-Q2/r1, which is as it was"


def test_a_report_in_another_ones_place(reports: Path) -> None:
    """A whole bundle that was put where another one stood is named, though it is in order itself."""
    shutil.rmtree(reports / "2026-Q3" / "r1")
    shutil.copytree(reports / "2026-Q2" / "r2", reports / "2026-Q3" / "r1")
    assert problems(reports) == ["chain: 2026-Q3/r1 holds report 2026-Q2/r2, which was put in its place."]


def test_a_report_without_its_manifest(reports: Path) -> None:
    """A bundle without a manifest is not passed over, and is not called missing either."""
    (reports / "2026-Q2" / "r1" / evidence.MANIFEST).unlink()
    (reports / "2026-Q3" / "r1" / evidence.MANIFEST).unlink()
    assert problems(reports) == [
        "chain: 2026-Q2/r1 has no manifest.json and could not be verified.",
        "chain: 2026-Q3/r1 has no manifest.json and could not be verified.",
    ]


def test_a_spoilt_manifest_does_not_hide_the_others(reports: Path) -> None:
    """The reports beside one whose manifest cannot be read are verified all the same."""
    (reports / "2026-Q1" / "r1" / evidence.MANIFEST).write_bytes(b"{")
    (reports / "2026-Q3" / "r1" / "report.html").write_bytes(b"")
    found = problems(reports)
    assert found[0].startswith("changed file: manifest.json: Cannot read")
    assert any(one.startswith("changed file: report.html: changed") for one in found)


def test_what_no_chain_can_show(reports: Path) -> None:
    """The reports that nothing follows are told: one after them could be taken away unseen."""
    assert chain.ends(chain.bundles(reports)) == ["2026-Q2/r2", "2026-Q3/r1"]

"""Registers that people keep: read as written, refused whole with every problem named, never half taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qmsreport.errors import Rejected
from qmsreport.sources import _register_check
from qmsreport.sources._register_forms import FORMS
from tests.sources.papers import SINCE, UNTIL, Papers

WAIVER = """[[waiver]]
id = "W-1"
check = "slo_met"
resource = "checkout"
reason = "New hardware in October"
compensating_control = "Watched by hand"
owner = "Head of platform"
approver = "CISO"
granted = 2026-07-01
expires = 2026-09-30
"""
ATTESTATION = """[[attestation]]
id = "AT-1"
check = "slo_met"
statement = "The volumes are encrypted."
owner = "Head of platform"
attested = 2026-07-01T08:00:00Z
expires = "2026-12-31"
evidence_url = "https://wiki.example/a"
"""
DECISION = """[[decision]]
id = "D-1"
setting = "retention.metrics"
value = 90
unit = "days"
reason = "The longer one holds."
approver = "Managing director"
decided = 2026-07-01
"""
NONCONFORMITY = """[[nonconformity]]
id = "NC-1"
title = "Late answers"
grade = "minor"
opened = 2026-07-01
owner = "Head of platform"
due = 2026-08-31
closed = 2026-08-20
verifier = "Quality management"
effective = true

[[nonconformity.action]]
id = "NC-1/1"
kind = "corrective"
action = "Page two people"
owner = "Head of platform"
due = 2026-08-01
done = 2026-07-20
"""
CHECKS = ("slo_met",)


def problems(text: str) -> list[tuple[int, str]]:
    """The lines and sentences of what is wrong."""
    register = _register_check.read(text, "UTC", CHECKS)
    _register_check.together({"a.toml": register})
    return register.problems


def one(text: str) -> str:
    """The only problem, with its line."""
    ((line, sentence),) = problems(text)
    return f"{line}: {sentence}"


def test_every_entry_becomes_a_record_with_its_line(tmp_path: Path) -> None:
    """Waivers, attestations, decisions, nonconformities and actions are stored as they are written."""
    papers = Papers(tmp_path, "registers", zone="Europe/Berlin")
    papers.put(
        "registers/all.toml",
        "# kept by quality management\n\n" + WAIVER + ATTESTATION + DECISION + NONCONFORMITY,
    )
    papers.load()
    sql = "select waiver_id, resource, owner, approver, cast(granted_at as varchar), cast(expires_at as varchar), origin from waivers"
    assert papers.rows(sql) == [
        (
            "W-1",
            "checkout",
            "Head of platform",
            "CISO",
            "2026-06-30 22:00:00",
            "2026-09-30 22:00:00",
            "registers/all.toml:3",
        )
    ]
    sql = "select cast(attested_at as varchar), cast(expires_at as varchar), evidence_url from attestations"
    assert papers.rows(sql) == [("2026-07-01 08:00:00", "2026-12-31 23:00:00", "https://wiki.example/a")]
    assert papers.rows("select setting, value, unit from decisions") == [("retention.metrics", "90", "days")]
    assert papers.rows("select grade, verifier, effective from nonconformities") == [
        ("minor", "Quality management", True)
    ]
    sql = "select action_id, nonconformity_id, kind, cast(done_at as varchar) from corrective_actions"
    assert papers.rows(sql) == [("NC-1/1", "NC-1", "corrective", "2026-07-19 22:00:00")]


def test_days_begin_and_end_in_the_organisations_zone() -> None:
    """A waiver that expires on a day holds to the end of that day; one that is granted on a day holds from its start."""
    register = _register_check.read(
        WAIVER.replace("expires = 2026-09-30", "expires = 2026-07-01"), "UTC", CHECKS
    )
    (waiver,) = register.records("a.toml")["waivers"]
    assert (waiver.granted_at.isoformat(), waiver.expires_at.isoformat()) == (
        "2026-07-01T00:00:00",
        "2026-07-02T00:00:00",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WAIVER.replace("reason =", "raeson ="), "5: waiver 'W-1': unknown key 'raeson'. Did you mean 'reason'?"),
        (WAIVER.replace('"CISO"', '"head of  Platform"'), "8: waiver 'W-1': the approver is its owner."),
        (WAIVER.replace("2026-09-30", "2026-06-01"), "10: waiver 'W-1': 'expires' is before 'granted'."),
        (WAIVER.replace("expires = 2026-09-30\n", ""), "1: waiver 'W-1': 'expires' is missing. A waiver without an end"),
        (WAIVER.replace("2026-09-30", "2026-09-30T12:00:00"), "10: waiver 'W-1': 'expires' is not a day"),
        (WAIVER.replace("2026-09-30", "9999-12-31"), "10: waiver 'W-1': 'expires' lies beyond the calendar."),
        (WAIVER.replace('"CISO"', '" "'), "8: waiver 'W-1': 'approver' is empty."),
        (WAIVER.replace('"CISO"', "5"), "8: waiver 'W-1': 'approver' is not a text."),
        (WAIVER + WAIVER, "12: waiver 'W-1' stands already on line 1."),
        (WAIVER.replace("[[waiver]]", "[waiver]"), "1: write it as [[waiver]]"),
        (WAIVER.replace("[[waiver]]", "[[waver]]"), "1: unknown table 'waver'. Did you mean 'waiver'?"),
        (WAIVER.replace("= 2026-09-30", "= 2026-9-30"), "10: "),
        (ATTESTATION.replace('expires = "2026-12-31"\n', ""), "1: attestation 'AT-1': 'expires' is missing."),
        (DECISION.replace("= 90", "= { a = 1 }"), "4: decision 'D-1': 'value' is not a text, a number"),
        (NONCONFORMITY.replace('verifier = "Quality management"\n', ""), "8: nonconformity 'NC-1': closed without a 'verifier'."),
        (NONCONFORMITY.replace("Quality management", "Head of platform"), "9: nonconformity 'NC-1': the verifier is its owner."),
        (NONCONFORMITY.replace("minor", "grave"), "4: nonconformity 'NC-1': 'grade' is 'grave', none of major, minor, observation."),
        (NONCONFORMITY.replace("closed = 2026-08-20", "closed = 2026-06-20"), "8: nonconformity 'NC-1': 'closed' is before 'opened'."),
        (NONCONFORMITY.replace("done = 2026-07-20\n", ""), "12: action 'NC-1/1' is not done, and its nonconformity is closed."),
        (NONCONFORMITY.replace("effective = true", 'repeat_of = "NC-0"'), "10: nonconformity 'NC-1': there is no nonconformity 'NC-0'."),
        (NONCONFORMITY + '[[action]]\nid = "x"\nkind = "corrective"\naction = "y"\nowner = "z"\ndue = 2026-08-01\ndone = 2026-08-01\n', "19: action 'x': 'nonconformity' is missing."),
        (NONCONFORMITY + '[[action]]\nid = "x"\nkind = "corrective"\naction = "y"\nowner = "z"\ndue = 2026-08-01\nnonconformity = "NC-2"\n', "25: action 'x': there is no nonconformity 'NC-2'. Did you mean 'NC-1'?"),
        (NONCONFORMITY.replace('kind = "corrective"', 'kind = "corrective"\nnonconformity = "NC-9"'), "15: an action stands under nonconformity 'NC-1' and names another one."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_the_way_out(text: str, says: str) -> None:
    """Each thing that cannot be right is one sentence, on the line where it stands."""
    found = [f"{line}: {sentence}" for line, sentence in problems(text)]
    assert any(sentence.startswith(says) for sentence in found), found
    assert all(sentence.endswith((".", "?")) for sentence in found)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (text, name)
        for form, text in (("waiver", WAIVER), ("attestation", ATTESTATION), ("decision", DECISION))
        for name, key in FORMS[form].keys.items()
        if key.required
    ],
)
def test_every_required_key_is_missed(text: str, key: str) -> None:
    """Leaving out any required key is one problem that names it."""
    lines = [line for line in text.split("\n") if not line.startswith(f"{key} = ")]
    assert f"'{key}' is missing." in one("\n".join(lines))


def test_all_problems_are_told_at_once_and_nothing_is_taken(tmp_path: Path) -> None:
    """A file with wrong entries is refused whole, with all of them; what was read before stays, other files load."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/waivers.toml", WAIVER)
    papers.load()
    wrong = WAIVER.replace("W-1", "W-2").replace("reason", "raeson").replace('"CISO"', '"Head of platform"')
    papers.put("registers/waivers.toml", wrong + WAIVER.replace("W-1", "W-3"))
    papers.put("registers/decisions.toml", DECISION)
    found = papers.load()
    error = str(found["registers/waivers.toml"][0].error)
    assert f"Cannot load {tmp_path}/registers/waivers.toml, 3 problems: Line 1:" in error
    assert "Line 5:" in error
    assert "Line 8:" in error
    assert papers.now_known("waivers", "waiver_id, reason") == [("W-1", "New hardware in October")]
    assert papers.rows("select count(*) from decisions") == [(1,)]


def test_an_entry_that_is_taken_out_is_gone_and_one_that_moves_stays(tmp_path: Path) -> None:
    """A waiver deleted from its file no longer excuses anything; one that moved to another file still does."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/b.toml", WAIVER + WAIVER.replace("W-1", "W-2"))
    papers.load()
    papers.put("registers/b.toml", WAIVER.replace("W-1", "W-3"))
    papers.put("registers/a.toml", WAIVER.replace("W-1", "W-2"))
    papers.load()
    known = papers.now_known("waivers", "waiver_id, origin")
    assert known == [("W-2", "registers/a.toml:1"), ("W-3", "registers/b.toml:1")]
    (tmp_path / "registers" / "b.toml").unlink()
    papers.load()
    assert papers.now_known("waivers", "waiver_id") == [("W-2",)]


def test_an_id_that_stands_in_two_files(tmp_path: Path) -> None:
    """The later file has the problem, and names the other."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/a.toml", WAIVER)
    papers.put("registers/b.toml", WAIVER)
    found = papers.load()
    assert found["registers/a.toml"][0].error is None
    assert "'W-1' stands already on line 1 of registers/a.toml" in str(found["registers/b.toml"][0].error)


def test_an_unknown_check_is_a_warning(tmp_path: Path) -> None:
    """An entry for a check that is not there excuses nothing, so it warns with the nearest and refuses nothing."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/a.toml", WAIVER.replace("slo_met", "slo_mett"))
    (warning,) = papers.load()["registers/a.toml"][0].warnings
    assert warning.startswith("Line 3: waiver 'W-1' names the check 'slo_mett'")
    assert "Did you mean 'slo_met'?" in warning
    assert papers.source().diagnose().problems == (f"registers/a.toml: {warning}",)


def test_no_secret_leaves_a_register() -> None:
    """An address with a password in it is stored without it."""
    text = ATTESTATION.replace("https://wiki", "https://ada:hunter22@wiki")
    assert "hunter22" not in str(_register_check.read(text, "UTC", CHECKS).records("a.toml"))


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 name their line."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/a.toml", WAIVER.encode() + "# Prüfung\n".encode("latin-1"))
    assert "Line 11: it is not UTF-8" in str(papers.load()["registers/a.toml"][0].error)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A register whose file name is not UTF-8 is read, and named with its bytes."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/a.toml", WAIVER)
    (tmp_path / "registers" / "a.toml").rename(os.fsdecode(os.fsencode(tmp_path) + b"/registers/\xfc.toml"))
    assert "registers/\\xfc.toml" in papers.load()
    assert len(papers.rows("select * from waivers")) == 1


def test_reading_twice_changes_nothing(tmp_path: Path) -> None:
    """A second run stores no new version; a register answers for all the days that were asked about."""
    papers = Papers(tmp_path, "registers")
    papers.put("registers/a.toml", WAIVER + NONCONFORMITY)
    papers.load()
    listed = papers.load()["registers"][0]
    assert (listed.window_start, listed.window_end) == (SINCE, UNTIL)
    assert papers.rows("select max(version) from waivers") == [(1,)]


def test_an_empty_or_missing_folder(tmp_path: Path) -> None:
    """No register is odd and takes nothing away; a folder that is not there is a refusal."""
    papers = Papers(tmp_path, "registers")
    path = papers.put("registers/a.toml", WAIVER)
    papers.load()
    path.unlink()
    assert "no register" in papers.load()["registers"][0].warnings[0]
    assert papers.now_known("waivers", "waiver_id") == [("W-1",)]
    (tmp_path / "registers").rmdir()
    with pytest.raises(Rejected, match="change 'path'"):
        papers.load()

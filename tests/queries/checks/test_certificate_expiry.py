"""Every certificate is renewed in time, counted from 20 October 2026 at 06:30, when all of it became known."""

from __future__ import annotations

from datetime import datetime

from tests.factories import tls_endpoint, tls_probe
from tests.queries.conftest import Known, Report

CHECK = "certificate_expiry"
ENDPOINT = "grafana.example:3000"


CASES: list[tuple[str | None, str, str, str]] = [
        ("2026-01-01", "2026-10-20 06:30", "fail", "Its certificate ended on 2026-10-20."),
        ("2026-01-01", "2026-10-20 06:30:00.5", "fail", "Its certificate ends within a week, on 2026-10-20."),
        ("2026-01-01", "2026-10-27 06:29:59.5", "fail", "Its certificate ends within a week, on 2026-10-27."),
        ("2026-01-01", "2026-10-27 06:30", "fail", "Its certificate ends on 2026-10-27; its renewal was due."),
        ("2026-01-01", "2026-11-19 06:29:59.5", "fail", "Its certificate ends on 2026-11-19; its renewal was due."),
        # 30 days, and within the quarter to come
        ("2026-01-01", "2026-11-19 06:30", "pass", "In time; it ends within the next quarter, on 2026-11-19."),
        ("2026-01-01", "2027-01-20 06:29:59.5", "pass", "In time; it ends within the next quarter, on 2027-01-20."),
        ("2026-01-01", "2027-01-20 06:30", "pass", "Valid until 2027-01-20."),
        # a third of 45 days is 15
        ("2026-09-20 06:30", "2026-11-04 06:30", "pass", "In time; it ends within the next quarter, on 2026-11-04."),
        ("2026-09-20 06:29:59.5", "2026-11-04 06:29:59", "fail", "Its certificate ends on 2026-11-04; its renewal was due."),
        # of six days, two
        ("2026-10-17 06:30", "2026-10-23 06:30", "pass", "In time; it ends within the next quarter, on 2026-10-23."),
        (None, "2026-11-18", "fail", "Its certificate ends on 2026-11-18; its renewal was due."),
    ]  # fmt: skip


def test_time_left(report: Report) -> None:
    """Thirty days or a third of the lifetime, whichever is less; ending in the next quarter is said."""
    names = [f"e{number:02}" for number in range(len(CASES))]
    found = report(
        [
            tls_endpoint(endpoint=name, not_before=starts, not_after=ends)
            for name, (starts, ends, _, _) in zip(names, CASES, strict=True)
        ]
    )
    findings = [found.finding(CHECK, name) for name in names]
    assert [(one["status"], one["reason"]) for one in findings] == [case[2:] for case in CASES]


def test_words(report: Report) -> None:
    """What is expected and what was observed, in days."""
    short = report(tls_endpoint(not_before="2026-09-20", not_after="2026-11-01")).finding(CHECK, ENDPOINT)
    assert short["expected"] == "at least 14.0 days left, a third of its lifetime"
    assert short["observed"] == "11 days left"


def test_report_made_late(report: Report) -> None:
    """A report made again after the certificate ended says what was true at its own cut-off."""
    probed = tls_endpoint(not_before="2026-07-01", not_after="2026-12-01", probed_at="2026-09-30")
    history = [Known(probed, datetime(2026, 9, 30)), Known([], datetime(2027, 3, 1))]  # noqa: DTZ001
    then = report(history=history, as_of=datetime(2026, 10, 1)).finding(CHECK, ENDPOINT)  # noqa: DTZ001
    assert then["status"] == "pass"


def test_the_first_to_end_counts(report: Report) -> None:
    """Of two certificates the one that ends first is judged."""
    rows = [tls_probe("TLS 1.3"), tls_probe("TLS 1.2", not_after="2026-10-21")]
    assert (
        report(rows).finding(CHECK, ENDPOINT)["reason"]
        == "Its certificate ends within a week, on 2026-10-21."
    )


def test_not_known(report: Report) -> None:
    """Without a certificate, or with an old probe, nothing is assessed, and the reason says why."""
    refused = "the connection was refused"
    rows = [
        tls_probe(endpoint="a", offered=None, error=refused),
        tls_probe(endpoint="b", offered=False),
        tls_probe(endpoint="c", not_after=None),
        tls_probe(endpoint="d", probed_at="2026-06-01"),
        tls_probe(endpoint="e", probed_at=None),
    ]
    found = report(rows)
    assert set(found.findings(CHECK).values()) == {"not assessed"}
    assert [found.finding(CHECK, name)["reason"] for name in "abcde"] == [
        "No certificate is known: the connection was refused.",
        "It offers no version of TLS, so it presents no certificate.",
        "Its certificate could not be read.",
        "It was last probed on 2026-06-01, before the period began.",
        "No record says when it was probed.",
    ]


def test_no_data(report: Report) -> None:
    """Without a probe nothing is assessed."""
    assert report().findings(CHECK) == {"(none)": "not assessed"}

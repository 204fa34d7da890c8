"""Every endpoint speaks sound TLS only: what is wrong fails, what is not known is not assessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.factories import tls_endpoint, tls_probe
from tests.queries.conftest import Report

CHECK = "tls_endpoints"
ENDPOINT = "grafana.example:3000"


def said(report: Report, *items: Any) -> tuple[str, str]:
    """Status and reason of the one endpoint."""
    finding = report(*items).finding(CHECK, ENDPOINT)
    return finding["status"], finding["reason"]


def test_sound(report: Report) -> None:
    """TLS 1.2 and 1.3 only, with all that belongs to them."""
    finding = report(tls_endpoint()).finding(CHECK, ENDPOINT)
    assert (finding["status"], finding["reason"]) == ("pass", "Its TLS is sound.")
    assert finding["observed"] == "TLS 1.2, TLS 1.3"
    assert "accepted reading" in finding["basis"]


WRONG: list[tuple[dict[str, Any], str]] = [
        ({"chain_valid": False, "chain_error": "self-signed certificate"}, "Its chain is not trusted: self-signed certificate."),
        ({"hostname_valid": False}, "Its certificate does not name grafana.example."),
        ({"not_after": "2026-10-20 06:30"}, "Its certificate ended on 2026-10-20."),
        ({"not_before": "2026-10-21"}, "Its certificate begins on 2026-10-21 only."),
        ({"key_type": "RSA", "key_bits": 2047}, "Its key is weak: RSA of 2047 bits."),
        ({"key_bits": 224}, "Its key is weak: EC of 224 bits."),
        ({"signature_algorithm": "sha1"}, "Its certificate is signed with sha1."),
        ({"weak_ciphers": ["3DES", "CBC"]}, "It offers weak ciphers: 3DES."),
        ({"weak_ciphers": ["NULL", "RC4"]}, "It offers weak ciphers: NULL. It offers weak ciphers: RC4."),
        ({"client_certificate_expected": True}, "It demands no client certificate, though that is declared."),
        ({"hostname_valid": False, "chain_valid": None}, "Its certificate does not name grafana.example."),
    ]  # fmt: skip


def each(report: Report, cases: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Status and reason of one endpoint for each case, all in one report."""
    names = [f"e{number:02}" for number in range(len(cases))]
    found = report([tls_endpoint(endpoint=name, **facts) for name, facts in zip(names, cases, strict=True)])
    findings = [found.finding(CHECK, name) for name in names]
    return [(finding["status"], finding["reason"]) for finding in findings]


def test_wrong(report: Report) -> None:
    """Each thing that is wrong fails by itself, with its own sentence, whatever else is not known."""
    found = each(report, [facts for facts, _ in WRONG])
    assert found == [("fail", reason) for _, reason in WRONG]


RIGHT: list[dict[str, Any]] = [
    {"not_after": "2026-10-20 06:30:00.5"},
    {"not_before": "2026-10-20 06:30"},
    {"key_type": "RSA", "key_bits": 2048},
    {"key_type": "Ed25519", "key_bits": 256, "signature_algorithm": "ed25519"},
    {"self_signed": True},  # pinned: the chain is valid
    {"client_certificate_expected": True, "client_certificate_required": True},
    {"client_certificate_required": True},
]


def test_just_right(report: Report) -> None:
    """At the limits an endpoint passes."""
    assert {status for status, _ in each(report, RIGHT)} == {"pass"}


UNKNOWN: list[tuple[dict[str, Any], str]] = [
        ({"chain_valid": None, "chain_error": "could not be checked: reset"}, "Its chain could not be judged: could not be checked: reset."),
        ({"hostname_valid": None}, "Whether its certificate names the host is not known."),
        ({"key_bits": None}, "Dates, key or signature of its certificate are not known."),
        ({"not_after": None}, "Dates, key or signature of its certificate are not known."),
        ({"signature_algorithm": None}, "Dates, key or signature of its certificate are not known."),
        ({"weak_ciphers": None}, "Its ciphers are not known: they were not asked for."),
        ({"ciphers_error": "it went silent"}, "Its ciphers are not known: it went silent."),
        ({"client_certificate_expected": True, "client_certificate_required": None}, "Whether it demands a client certificate is not known."),
        ({"probed_at": None}, "No record says when it was probed."),
        ({"probed_at": "2026-06-30 23:59:59.5"}, "It was last probed on 2026-06-30, before the period began."),
    ]  # fmt: skip


def test_not_known(report: Report) -> None:
    """Each fact that is missing leaves the endpoint not assessed; none of them is ever a pass."""
    found = each(report, [facts for facts, _ in UNKNOWN])
    assert found == [("not assessed", reason) for _, reason in UNKNOWN]


def test_old_versions(report: Report) -> None:
    """An old version that is offered fails, though newer ones are too."""
    rows = [*tls_endpoint()[:2], tls_probe("TLS 1.1"), tls_probe("TLS 1.0", False)]
    assert said(report, rows) == ("fail", "It offers TLS 1.1.")


def test_only_old_versions(report: Report) -> None:
    """An endpoint that stopped in 1999 fails for both reasons."""
    rows = [
        tls_probe("TLS 1.3", False),
        tls_probe("TLS 1.2", False),
        tls_probe("TLS 1.1", False),
        tls_probe("TLS 1.0"),
    ]
    assert said(report, rows) == ("fail", "It offers TLS 1.0. It offers neither TLS 1.2 nor TLS 1.3.")


def test_no_tls_at_all(report: Report) -> None:
    """A declared endpoint that answers in plain text fails."""
    why = "it does not speak TLS: it answers 'HTTP/1.1 400 Bad Request'"
    rows = [tls_probe(f"TLS 1.{minor}", False, error=why) for minor in range(4)]
    finding = report(rows).finding(CHECK, ENDPOINT)
    assert finding["status"] == "fail"
    assert finding["reason"] == f"It offers no version of TLS: {why}."
    assert finding["observed"] == "no version is known to be offered"


def test_an_open_version(report: Report) -> None:
    """A version that we could not ask for is no refusal: the endpoint is not assessed, and the reason is ours."""
    rows = [*tls_endpoint()[:3], tls_probe("TLS 1.0", None, error="OpenSSL here does not speak TLS 1.0")]
    assert said(report, rows) == (
        "not assessed",
        "TLS 1.0 could not be judged: OpenSSL here does not speak TLS 1.0.",
    )


def test_a_version_that_nobody_asked_for(report: Report) -> None:
    """Rows that leave a version out do not pass."""
    assert said(report, tls_endpoint()[:3]) == ("not assessed", "Not every version was asked for.")


def test_unreachable(report: Report) -> None:
    """An endpoint of which nothing was learnt is not assessed, once for each version."""
    rows = [tls_probe(f"TLS 1.{minor}", None, error="the connection was refused") for minor in range(4)]
    status, reason = said(report, rows)
    assert status == "not assessed"
    assert reason.startswith("TLS 1.0 could not be judged: the connection was refused.")


def test_notes(report: Report) -> None:
    """CBC, RSA key exchange and the lack of TLS 1.3 pass, and the reason names them."""
    rows = [
        tls_probe("TLS 1.3", False),
        tls_probe(weak_ciphers=["CBC", "RSA key exchange"]),
        *tls_endpoint()[2:],
    ]
    assert said(report, rows) == (
        "pass",
        "Its TLS is sound. It also offers CBC ciphers. It also offers RSA key exchange. It does not offer TLS 1.3.",
    )


def test_each_endpoint(report: Report) -> None:
    """Every address has its row, the good ones too."""
    rows = [tls_endpoint(), tls_endpoint(endpoint="loki.example:3100 [192.0.2.7]", hostname_valid=False)]
    assert report(rows).findings(CHECK) == {ENDPOINT: "pass", "loki.example:3100 [192.0.2.7]": "fail"}


def test_no_data(report: Report) -> None:
    """Without a probe nothing is assessed."""
    assert report().findings(CHECK) == {"(none)": "not assessed"}

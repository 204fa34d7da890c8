"""How the platform is protected: its endpoints' TLS, what scanners found in its services, and when they looked."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any

from qmsreport.demo.flaws import FLAWS
from qmsreport.demo.organisation import HOST, PRODUCTS, Product
from qmsreport.demo.timeline import Timeline, after, at, dice, local
from qmsreport.records import Scan, TlsProbe, Vulnerability
from qmsreport.records.control import TLS_PROTOCOLS

# host and port, days a certificate lasts, days after which it is renewed, its key
_ENDPOINTS = (
    (f"prometheus.{HOST}:443", 198, 90, ("EC", 256)),
    (f"dashboards.{HOST}:443", 198, 90, ("EC", 256)),
    (f"alerts.{HOST}:443", 198, 90, ("EC", 256)),
    (f"traces.{HOST}:443", 90, 60, ("EC", 256)),  # always within its last quarter, and never too near its end
    (f"terminals.{HOST}:8443", 198, 90, ("RSA", 3072)),
)
OUTDATED = tuple(name for name, *_ in _ENDPOINTS[-FLAWS.outdated_endpoints :])
_ANSWERS = {"TLS 1.3": "TLS_AES_256_GCM_SHA384", "TLS 1.2": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}
_OLD_ANSWERS = {"TLS 1.2": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"} | dict.fromkeys(
    ("TLS 1.1", "TLS 1.0"), "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
)
_SCANNED = PRODUCTS[: -FLAWS.unscanned_services]
_SCANNER = "trivy"
_SEVERITIES = (("critical", 2), ("high", 4), ("medium", 5), ("low", 3))  # new ones in a quarter
# the longest that a fix takes which is in time, in days; of what is not grave there is no hurry
_LONGEST = {"critical": 24.0, "high": 28.0, "medium": 90.0, "low": 120.0}


def tls_probes(timeline: Timeline) -> list[TlsProbe]:
    """Last night's probe of each endpoint: four versions of TLS, and the certificate that each presented."""
    probed = after(timeline.cutoff, -2 * 3600)
    return [
        _probe(endpoint, protocol, lasts, renewed, key, probed)
        for endpoint, lasts, renewed, key in _ENDPOINTS
        for protocol in reversed(TLS_PROTOCOLS[2:])
    ]


def _probe(
    endpoint: str, protocol: str, lasts: int, renewed: int, key: tuple[str, int], probed: datetime
) -> TlsProbe:
    host = endpoint.partition(":")[0]
    cipher = (_OLD_ANSWERS if endpoint in OUTDATED else _ANSWERS).get(protocol)
    asked: dict[str, Any] = {
        "endpoint": endpoint,
        "protocol": protocol,
        "server_name": host,
        "vantage_point": "office network",
        "probed_at": probed,
    }
    if cipher is None:
        return TlsProbe(**asked, offered=False)
    age = probed.toordinal() % renewed
    start = datetime.combine(probed - timedelta(days=age), time(6, 30))
    digest = hashlib.sha256(f"{host}/{start:%Y-%m-%d}".encode()).hexdigest()
    weak = ["CBC"] if endpoint in OUTDATED else []
    return TlsProbe(
        **asked,
        offered=True,
        cipher=cipher,
        certificate_subject=f"CN={host}",
        issuer="CN=Lindhafen Issuing CA 2,O=Lindhafen Zahlungsdienste GmbH",
        not_before=start,
        not_after=start + timedelta(days=lasts),
        key_type=key[0],
        key_bits=key[1],
        chain_valid=True,
        hostname_valid=True,
        names=[host],
        serial=digest[:32],
        certificate_sha256=digest,
        signature_algorithm="sha256",
        self_signed=False,
        weak_ciphers={"TLS 1.2": weak, "TLS 1.3": []}.get(protocol),
        client_certificate_required=False,
    )


def scans(timeline: Timeline) -> list[Scan]:
    """One scan of each service every Monday night; nobody ever put the archive on the list."""
    return [
        Scan(
            scan_id=f"{product.name}/{local(start):%Y-%m-%d}",
            scanner=_SCANNER,
            service=product.name,
            scanned_at=start,
        )
        for product in _SCANNED
        for day in timeline.days()
        if day.weekday() == 0
        for start in [_scanned(day, product)]
        if start < timeline.cutoff
    ]


def _scanned(day: date, product: Product) -> datetime:
    return at(day, 3.2 + _SCANNED.index(product) / 60)


def vulnerabilities(timeline: Timeline) -> list[Vulnerability]:
    """What the scans found: all of it is fixed, and as many too late as is declared for each quarter."""
    random = dice("vulnerabilities", timeline.last.label)
    found: list[Vulnerability] = []
    for quarter, late in zip(timeline.quarters, (*FLAWS.late_fixes, 0), strict=True):
        mondays = [
            day for day in timeline.days() if day.weekday() == 0 and quarter.first <= day < quarter.after
        ]
        for severity, count in _SEVERITIES:
            for number in range(count + random.randint(-1, 1) if severity != "critical" else 2):
                is_late = severity == "critical" and number < late
                product = random.choice(_SCANNED)
                # early enough for every fix to fall into the quarter: an open end would be judged by chance
                start = _scanned(random.choice(mondays[: 3 if is_late else 8]), product)
                fixed = after(
                    start, 86400 * random.uniform(*((33, 50) if is_late else (1, _LONGEST[severity])))
                )
                if start < timeline.cutoff:
                    found.append(_vulnerability(len(found) + 1, product, severity, start, fixed, timeline))
    return found


def _vulnerability(
    number: int, product: Product, severity: str, start: datetime, fixed: datetime, timeline: Timeline
) -> Vulnerability:
    is_fixed = fixed < timeline.cutoff
    return Vulnerability(
        vulnerability_id=f"V-{local(start):%Y}-{number:04}",
        service=product.name,
        severity=severity,
        scanner=_SCANNER,
        found_at=start,
        fixed_at=fixed if is_fixed else None,
        state="fixed" if is_fixed else "open",
    )

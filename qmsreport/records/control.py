"""What controls are judged by: settings, probes, dashboards, samples, scans and documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qmsreport.records.fields import key, one_of, person
from qmsreport.records.operation import SEVERITIES

LAYERS = ("declared", "effective", "measured")
TLS_PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
DOCUMENT_FLAWS = (
    "empty required",  # the document says itself that the field is REQUIRED
    "unknown value",  # none of the options that the document lists
    "misfiled",  # stands under a table it does not belong to
    "mojibake",  # text that was decoded with the wrong code page
    "unit unstated",  # percent or ratio, seconds or minutes: nothing says which
    "stage order",  # a stage stands before one it depends on
    "effort",  # hours of the stages do not add up to the document's own
    "count",  # fewer or more items than the document claims
    "unreadable",  # no parser gets further
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of one subject in one layer: declared, effective or measured."""

    subject: str = key()
    key: str = key()
    layer: str = field(metadata={"key": True, "choices": LAYERS})
    value: str | None = None
    unit: str | None = None
    origin: str | None = None
    document_version: str | None = None
    required: bool | None = None  # as the document itself marks it


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFlaw:
    """One thing that is wrong with a document itself, and where."""

    document: str = key()
    key: str = key()  # the setting, section or stage
    flaw: str = field(metadata={"key": True, "choices": DOCUMENT_FLAWS})
    line: int | None = None
    observed: str | None = None
    expected: str | None = None
    document_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProbe:
    """What one address of an endpoint answered to one protocol version, and the certificate it presented.

    `offered` is null when we could not find out; `error` then says why. The same holds for every other field:
    what was not learnt is null, never false.
    """

    endpoint: str = key()  # host:port as declared, with the address in brackets where the host has several
    protocol: str = field(metadata={"key": True, "choices": TLS_PROTOCOLS})
    offered: bool | None = None
    cipher: str | None = None
    certificate_subject: str | None = None
    issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_type: str | None = None  # RSA, EC, Ed25519, Ed448 or DSA
    key_bits: int | None = None
    chain_valid: bool | None = None  # apart from the dates of the endpoint's own certificate
    hostname_valid: bool | None = None
    error: str | None = None
    vantage_point: str | None = None  # where the probe stood: behind a proxy it sees the proxy
    address: str | None = None
    server_name: str | None = None  # what was asked for, and what the certificate must name
    chain_error: str | None = None
    names: list[str] | None = None  # subject alternative names
    serial: str | None = None  # hexadecimal
    certificate_sha256: str | None = None  # of its DER form
    signature_algorithm: str | None = None  # its hash: sha256, sha1, …; or ed25519
    self_signed: bool | None = None
    weak_ciphers: list[str] | None = (
        None  # families offered: NULL, EXPORT, RC4, 3DES, CBC, RSA key exchange …
    )
    ciphers_error: str | None = None  # why the list may not be whole
    client_certificate_required: bool | None = None
    client_certificate_expected: bool | None = None  # declared: it is to be required
    probed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One dashboard and its panels."""

    dashboard_id: str = key()
    title: str | None = None
    category: str | None = None
    panels: list[str] | None = None
    refresh_seconds: float | None = None
    updated_at: datetime | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSample:
    """What a bounded sample of one log stream showed: counts and shares, never content."""

    stream: str = key()
    sampled_at: datetime = key()
    structured_share: float | None = None
    with_trace_id_share: float | None = None
    with_level_share: float | None = None
    pii_hits: dict[str, Any] | None = None
    sample_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityMeasure:
    """One quality measure of one service at one commit."""

    service: str = key()
    measured_at: datetime = key()
    measure: str = key()
    commit_sha: str | None = None
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """One vulnerability a scanner found."""

    vulnerability_id: str = key()
    service: str | None = None
    severity: str | None = one_of(SEVERITIES)
    scanner: str | None = None
    found_at: datetime | None = None
    fixed_at: datetime | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One run of a vulnerability scanner."""

    scan_id: str = key()
    scanner: str | None = None
    service: str | None = None
    scanned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of the quality system: runbook, on-call guide, incident response plan, …"""

    document_id: str = key()
    title: str | None = None
    kind: str | None = None
    owner: str | None = None
    approved_by: str | None = person()
    approved_at: datetime | None = None
    review_due: datetime | None = None
    sha256: str | None = None
    url: str | None = None
    flaws: int | None = None  # found in it when it was read; None: it is only referred to


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One item of a plan's checklist, and the count its document claims."""

    document: str = key()
    section: str = key()
    item: str = key()
    done: bool | None = None
    declared_count: int | None = None
    counted: int | None = None

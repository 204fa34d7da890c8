"""A certificate's facts from its DER form; parsed by `cryptography`, times naive UTC."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is recorded of one; the fields are those of `records.TlsProbe`."""

    certificate_subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    key_type: str | None
    key_bits: int | None
    names: list[str]
    serial: str
    certificate_sha256: str
    signature_algorithm: str
    self_signed: bool


def describe(der: bytes) -> Certificate:
    """The facts of one certificate.

    Raises:
        ValueError: when it cannot be parsed.
    """
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    key_type, key_bits = _key(certificate)
    return Certificate(
        certificate_subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        # the properties without `_utc` are naive and on their way out
        not_before=certificate.not_valid_before_utc.replace(tzinfo=None),
        not_after=certificate.not_valid_after_utc.replace(tzinfo=None),
        key_type=key_type,
        key_bits=key_bits,
        names=_names(certificate),
        serial=f"{certificate.serial_number:x}",
        certificate_sha256=hashlib.sha256(der).hexdigest(),
        signature_algorithm=_signature(certificate),
        self_signed=_self_signed(certificate),
    )


def _key(certificate: x509.Certificate) -> tuple[str | None, int | None]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):  # a kind or a curve that is not known here
        return None, None
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.curve.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519", 256
    return ("Ed448", 456) if isinstance(key, ed448.Ed448PublicKey) else (None, None)


def _names(certificate: x509.Certificate) -> list[str]:
    """Host names and addresses of the extension that counts; the common name never does (RFC 9525)."""
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    names = found.get_values_for_type(x509.DNSName)
    return [*names, *map(str, found.get_values_for_type(x509.IPAddress))]


def _signature(certificate: x509.Certificate) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    oid = certificate.signature_algorithm_oid.dotted_string
    try:
        hashed = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return oid
    # Ed25519 and Ed448 sign without a hash before it (RFC 8410)
    return hashed.name if hashed else {"1.3.101.112": "ed25519", "1.3.101.113": "ed448"}.get(oid, oid)


def _self_signed(certificate: x509.Certificate) -> bool:
    """Whether its own key signed it; a signature that cannot be checked counts by the names alone."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if certificate.issuer != certificate.subject:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    except UnsupportedAlgorithm:
        return True
    return True

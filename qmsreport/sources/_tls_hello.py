"""The first words of a TLS handshake: a greeting we write ourselves, and the server's flight as it came.

OpenSSL refuses to say what it no longer trusts (3DES, RC4, often TLS 1.0), so it cannot ask whether a server still
would. Up to TLS 1.2 the first flight is plain text: a greeting and a look at the answer are enough, and no key is
ever agreed. Layouts: RFC 5246 section 7.4, RFC 8446 section 4.
"""

from __future__ import annotations

import ipaddress
import os
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

VERSIONS: Mapping[str, int] = types.MappingProxyType(
    {"TLS 1.0": 0x0301, "TLS 1.1": 0x0302, "TLS 1.2": 0x0303, "TLS 1.3": 0x0304}
)
PROTOCOLS: Mapping[int, str] = types.MappingProxyType(
    {0x0300: "SSL 3.0", **{number: name for name, number in VERSIONS.items()}}
)
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE, _CERTIFICATE_REQUEST, _HELLO_DONE = 2, 11, 13, 14
_RENEGOTIATION_INFO = 0x00FF  # a suite that is none: we know secure renegotiation (RFC 5746)
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0100)  # x25519, P-256, P-384, P-521, ffdhe2048
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
)  # fmt: skip
# RFC 8446 section 6; those that a handshake can end with
ALERTS: Mapping[int, str] = types.MappingProxyType(
    {
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
        40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
        45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
        49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
        71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
        109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name", 115: "unknown_psk_identity",
        116: "certificate_required", 120: "no_application_protocol",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flight:
    """What can be read of a server's first flight without any key."""

    version: int | None = None  # the one it chose
    suite: int | None = None
    certificates: tuple[
        bytes, ...
    ] = ()  # DER, its own first; empty from TLS 1.3 on, where they are encrypted
    asks_certificate: bool = False
    done: bool = False  # it has said all
    alert: int | None = None
    other: bytes = b""  # the first bytes of an answer that is not TLS


def greeting(version: int, suites: Iterable[int], server_name: str) -> bytes:
    """A ClientHello for TLS 1.0 to 1.2 as one record.

    Args:
        version: as in `VERSIONS`; no lower one is offered, for a server names what it chose.
        suites: codes, in our order of preference.
        server_name: sent as SNI unless it is an address.
    """
    extensions = [
        (10, _list16(_GROUPS)),
        (11, b"\x01\x00"),  # uncompressed points
        (23, b""),  # extended master secret
    ]
    if version >= VERSIONS["TLS 1.2"]:
        extensions.append((13, _list16(_SIGNATURES)))
    if not is_address(server_name):
        name = server_name.encode("ascii")
        extensions.insert(0, (0, _sized(b"\x00" + _sized(name))))
    body = version.to_bytes(2, "big") + os.urandom(32) + b"\x00"
    body += _list16([*suites, _RENEGOTIATION_INFO]) + b"\x01\x00"
    body += _sized(b"".join(kind.to_bytes(2, "big") + _sized(data) for kind, data in extensions))
    return b"\x16\x03\x01" + _sized(b"\x01" + len(body).to_bytes(3, "big") + body)


def read(data: bytes) -> Flight:
    """The flight in what was received so far; a part that is not yet whole is left out."""
    if data and not 20 <= data[0] <= 24:
        return Flight(other=data[:200])
    version = suite = alert = None
    certificates: tuple[bytes, ...] = ()
    asks = done = False
    spoken = bytearray()
    for kind, payload in _records(data):
        if kind == _ALERT and len(payload) == 2:
            alert = payload[1]
        if kind != _HANDSHAKE:
            break  # an alert ends the flight; what follows anything else is encrypted
        spoken += payload
    for kind, body in _messages(bytes(spoken)):
        if kind == _SERVER_HELLO and version is None:
            version, suite = _server_hello(body)
        elif kind == _CERTIFICATE and version != VERSIONS["TLS 1.3"]:
            certificates = tuple(_certificates(body))
        elif kind == _CERTIFICATE_REQUEST:
            asks = True
        elif kind == _HELLO_DONE:
            done = True
    return Flight(version, suite, certificates, asks, done, alert)


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _list16(numbers: Iterable[int]) -> bytes:
    return _sized(b"".join(number.to_bytes(2, "big") for number in numbers))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 5 <= len(data):
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if at + 5 + size > len(data):
            return
        yield data[at], data[at + 5 : at + 5 + size]
        at += 5 + size


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        if at + 4 + size > len(data):
            return
        yield data[at], data[at + 4 : at + 4 + size]
        at += 4 + size


def _server_hello(body: bytes) -> tuple[int | None, int | None]:
    """Version and suite; from TLS 1.3 on the version stands in the extension supported_versions (43)."""
    if len(body) < 38:
        return None, None
    version = int.from_bytes(body[:2], "big")
    at = 35 + body[34]  # behind the session's id
    suite = int.from_bytes(body[at : at + 2], "big")
    at += 5  # suite, compression, size of the extensions
    while at + 4 <= len(body):
        kind, size = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        if kind == 43 and size == 2:
            version = int.from_bytes(body[at + 4 : at + 6], "big")
        at += 4 + size
    return version, suite


def _certificates(body: bytes) -> Iterator[bytes]:
    at = 3
    while at + 3 <= len(body):
        size = int.from_bytes(body[at : at + 3], "big")
        yield body[at + 3 : at + 3 + size]
        at += 3 + size

"""OpenSSL set up for one question each: does it speak this version, does its chain hold, does its name."""

from __future__ import annotations

import ssl
import types
import warnings
from collections.abc import Mapping

_VERSIONS: Mapping[str, ssl.TLSVersion] = types.MappingProxyType(
    {
        "TLS 1.0": ssl.TLSVersion.TLSv1,
        "TLS 1.1": ssl.TLSVersion.TLSv1_1,
        "TLS 1.2": ssl.TLSVersion.TLSv1_2,
        "TLS 1.3": ssl.TLSVersion.TLSv1_3,
    }
)
# for probing only: with less, OpenSSL would answer in the server's place. Nothing is ever sent over them
_ANY = "DEFAULT:@SECLEVEL=0"
_LEGACY_CONNECT = (
    0x4  # SSL_OP_LEGACY_SERVER_CONNECT: servers that do not know RFC 5746; named from Python 3.12 on
)
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which Python does not name


class LocalInability(Exception):
    """This machine's OpenSSL cannot be set up to ask; the message says why."""


def facts(protocol: str, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
    """Speaks exactly one version, and takes any certificate.

    Raises:
        LocalInability: when the version is compiled out, or forbidden by a policy of the system.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= _LEGACY_CONNECT
    try:
        # the constants of old versions warn; whether a server still speaks one is what we ask
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.maximum_version = context.minimum_version = _VERSIONS[protocol]
        context.set_ciphers(_ANY)
    except (ssl.SSLError, ValueError) as error:
        raise LocalInability(f"{ssl.OPENSSL_VERSION} here does not speak {protocol} ({error})") from error
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def chain(protocol: str, alpn: tuple[str, ...], ca_file: str, *, dates: bool = True) -> ssl.SSLContext:
    """Takes only what chains up to a trusted authority, by whatever name.

    Raises:
        LocalInability: as `facts`, or when there is no trust store.
    """
    context = facts(protocol, alpn)
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
        else:
            context.load_default_certs()
    except OSError as error:
        raise LocalInability(f"the certificates in {ca_file} cannot be loaded ({error})") from error
    if not dates:
        context.verify_flags |= _NO_CHECK_TIME
    return context


def name(protocol: str, alpn: tuple[str, ...], certificate: bytes) -> ssl.SSLContext:
    """Takes only this one certificate, whoever signed it and whatever its dates, and only by the right name."""
    context = facts(protocol, alpn)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    context.hostname_checks_common_name = False  # RFC 9525: the subject is no name of a host
    context.load_verify_locations(cadata=certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    return context

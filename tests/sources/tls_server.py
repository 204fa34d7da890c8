"""Certificates and listening servers for the tests of the `tls` source: good ones, old ones and broken ones."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TODAY = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


@cache
def key(kind: str = "P-256") -> Any:
    """A private key; made once, for RSA takes its time."""
    if kind == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("RSA-")))


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, and the chain a server presents."""

    certificate: x509.Certificate
    key: Any
    chain: tuple[x509.Certificate, ...] = ()

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Chain and key as PEM files."""
        name = f"{self.certificate.serial_number:x}"
        chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
        whole = (self.certificate, *self.chain)
        chain.write_bytes(b"".join(item.public_bytes(serialization.Encoding.PEM) for item in whole))
        secret.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return chain, secret

    @property
    def der(self) -> bytes:
        """The certificate's own bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issue(
    name: str,
    *names: str,
    by: Issued | None = None,
    authority: bool = False,
    days: tuple[int, int] = (-10, 80),
    kind: str = "P-256",
) -> Issued:
    """A certificate of `name` for these names and addresses; without an issuer it signs itself."""
    secret = key(kind)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(TODAY + days[0] * DAY)
        .not_valid_after(TODAY + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general(item) for item in names]), False
        )
    made = builder.sign(by.key if by else secret, hashes.SHA256())
    above = (by.certificate, *by.chain) if by and by.chain else ()
    return Issued(made, secret, above)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_context(
    issued: Issued,
    folder: Path,
    low: str = "1.2",
    high: str = "1.3",
    ciphers: str = "",
    demand: Path | None = None,
) -> ssl.SSLContext:
    """A server's settings; `demand` is the authority whose client certificates it demands."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = VERSIONS[low], VERSIONS[high]
    context.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(*issued.files(folder))
    if demand:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(demand)
    return context


Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(handler: Handler, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A server that hands each connection to `handler` in a thread; yields its port."""
    server = socket.create_server((host, port))
    threads: list[threading.Thread] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            thread = threading.Thread(target=_handled, args=(connection, handler), daemon=True)
            thread.start()
            threads.append(thread)

    accepting = threading.Thread(target=serve, daemon=True)
    accepting.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)


def _handled(connection: socket.socket, handler: Handler) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(5)
        handler(connection)


def tls(context: ssl.SSLContext) -> Handler:
    """Speaks TLS and notes nothing: waits for the client to leave."""

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    return handle


def reset(connection: socket.socket) -> None:
    """Resets the connection as soon as something was said."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    """Reads the greeting and closes without a word."""
    connection.recv(65536)


def silent(connection: socket.socket) -> None:
    """Accepts, reads and never answers."""
    while connection.recv(65536):
        pass


def plain_http(connection: socket.socket) -> None:
    """A web server that was not told about TLS."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def says(data: bytes) -> Handler:
    """Answers a greeting with these bytes."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)
        connection.recv(65536)

    return handle

"""Which endpoints are declared, and what each is expected to be; nothing else is ever probed."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from qmsreport.config import Config, read_table
from qmsreport.errors import suggest
from qmsreport.sources._tls_hello import is_address
from qmsreport.sources._tls_starttls import DIALOGUES

_PORT = 443  # of an endpoint that names none


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`[[sources.NAME.endpoint]]`: an endpoint of which more is to be said than its address."""

    host: str
    port: int = _PORT
    server_name: str = ""  # sent as SNI, and what the certificate must name; default: the host
    ca_file: str = ""  # PEM; default: the source's, else the system's store
    starttls: str = ""  # smtp, imap, pop3 or postgresql: the server is greeted in plain text first
    alpn: list[str] = field(default_factory=list)  # protocols to name, like "h2": some servers insist
    client_certificate: str = ""  # "required": it is a finding if the server does not demand one
    consent: str = ""  # who agreed to the probe, and where that stands: goes into the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One endpoint, ready to be probed."""

    host: str
    port: int
    server_name: str
    ca_file: str = ""
    starttls: str = ""
    alpn: tuple[str, ...] = ()
    client_certificate_expected: bool | None = None
    consent: str = ""

    @property
    def label(self) -> str:
        """The endpoint as the report names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        name = f" as {self.server_name}" if self.server_name != self.host else ""
        return f"{host}:{self.port}{name}"


def targets(
    texts: Sequence[str],
    tables: Sequence[dict[str, Any]],
    ca_file: str,
    config: Config,
    name: str,
    problems: list[str],
) -> list[Target]:
    """The declared endpoints, in order; a sentence in `problems` for everything wrong with them."""
    where = f"[sources.{name}]"
    read: list[tuple[str, Endpoint]] = []
    for text in texts:
        endpoint = _parsed(text, f"{where} endpoints", problems)
        if endpoint:
            read.append((f"{where} endpoints", endpoint))
    for number, table in enumerate(tables, 1):
        place = f"[[sources.{name}.endpoint]] no. {number}"
        endpoint = read_table(Endpoint, table, f"sources.{name}.endpoint", problems, place)
        if endpoint:
            read.append((place, endpoint))
    found = [_target(endpoint, ca_file, config, place, problems) for place, endpoint in read]
    labels = [target.label for target in found]
    problems += [
        f"{where}: the endpoint {label} stands twice. Keep one."
        for label in sorted({label for label in labels if labels.count(label) > 1})
    ]
    if not texts and not tables:
        problems.append(f'{where} endpoints: names none. List them, like ["https://grafana.example:3000"].')
    return found


def _parsed(text: str, where: str, problems: list[str]) -> Endpoint | None:
    """`https://host:port`, `host:port` or `host`."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if "@" in text:
        problems.append(f"{where}: an endpoint holds credentials. Leave them out: none are needed.")
        return None
    if parts.scheme == "http":
        problems.append(f"{where}: '{text}' is not TLS. Name the port that speaks it, or leave it out.")
        return None
    if not host:
        problems.append(f"{where}: '{text}' names no host and port. Write it like grafana.example:3000.")
        return None
    return Endpoint(host=host, port=_PORT if port is None else port)


def _target(endpoint: Endpoint, ca_file: str, config: Config, where: str, problems: list[str]) -> Target:
    host = _ascii(endpoint.host.strip("[]"), f"{where} host", problems)
    name = _ascii(endpoint.server_name or host, f"{where} server_name", problems)
    if not 0 < endpoint.port < 65536:
        problems.append(f"{where} port: {endpoint.port} is no port. Use 1 to 65535.")
    if endpoint.starttls and endpoint.starttls not in DIALOGUES:
        known = suggest(endpoint.starttls, DIALOGUES)
        problems.append(f"{where} starttls: '{endpoint.starttls}' is not spoken.{known}")
    if endpoint.client_certificate not in ("", "required"):
        problems.append(f'{where} client_certificate: write "required", or leave it out.')
    if any(not word.isascii() or not 0 < len(word) < 256 for word in endpoint.alpn):
        problems.append(f'{where} alpn: each protocol is a short ASCII word, like "h2".')
    authorities = endpoint.ca_file or ca_file
    if authorities:
        authorities = str(config.resolve(authorities))
        _check_authorities(authorities, f"{where} ca_file", problems)
    return Target(
        host=host,
        port=endpoint.port,
        server_name=name,
        ca_file=authorities,
        starttls=endpoint.starttls,
        alpn=tuple(endpoint.alpn),
        client_certificate_expected=True if endpoint.client_certificate else None,
        consent=endpoint.consent,
    )


def _ascii(host: str, where: str, problems: list[str]) -> str:
    """A host name as it goes over the wire."""
    if is_address(host):
        return host
    try:
        return host.lower().rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        problems.append(f"{where}: '{host}' is no host name. Check its spelling.")
        return host


def _check_authorities(path: str, where: str, problems: list[str]) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        problems.append(f"{where}: {path} holds no certificate in PEM form. Export it again.")
    except OSError as error:
        problems.append(f"{where}: cannot read {path}: {error.strerror}. Check the path and its permissions.")

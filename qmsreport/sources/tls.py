"""TLS: live probes of the declared endpoints: protocol versions, ciphers and certificates, as seen from here.

Only what is declared is probed, and nothing but handshakes is sent. An endpoint is `host:port` or a URL; one of which
more is to be said has a table of its own, [[sources.NAME.endpoint]]: host, port, server_name, ca_file, starttls (smtp,
imap, pop3, postgresql), alpn, client_certificate = "required", consent. Behind a proxy or a load balancer that ends
TLS the probe sees that one alone: 'vantage_point' says where it stood.
"""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qmsreport.errors import ConfigError
from qmsreport.extracts import Batch, Diagnosis, Extract, Progress, Source
from qmsreport.records import frame
from qmsreport.sources import Context
from qmsreport.sources._tls_probe import NEWEST_FIRST, Probed, probe, reached
from qmsreport.sources._tls_targets import Target, targets

_DECLARED = "endpoints"  # the subject whose cursor names what was declared last


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`[sources.NAME]` with `kind = "tls"`."""

    endpoints: list[str] = field(default_factory=list)  # "https://grafana.example:3000", "mail.example:465"
    endpoint: list[dict[str, Any]] = field(default_factory=list)  # tables, where there is more to say
    ca_file: str = ""  # PEM of the private authorities; default: the system's store
    timeout_seconds: float = 5.0  # for a connection, and for a handshake
    parallel: int = 4  # endpoints at the same time; each is asked one thing after the other
    vantage_point: str = ""  # where the probe stands, e.g. "office network"; default: this machine's name


def create(name: str, options: Options, context: Context) -> Source:
    """The source of the declared endpoints.

    Raises:
        ConfigError: with everything that is wrong with them.
    """
    problems: list[str] = []
    found = targets(options.endpoints, options.endpoint, options.ca_file, context.config, name, problems)
    problems += [
        f"[sources.{name}] {key}: must be more than 0."
        for key in ("timeout_seconds", "parallel")
        if getattr(options, key) <= 0
    ]
    if problems:
        raise ConfigError(f"[sources.{name}] has {len(problems)} problem(s):", problems)
    return _Tls(name, options, context, found)


class _Tls:
    """The source; see `extracts.Source`."""

    kind = "tls"

    def __init__(self, name: str, options: Options, context: Context, found: list[Target]) -> None:
        self.name = name
        self._options = options
        self._clock = context.clock
        self._targets = found

    def extract(self, since: datetime, until: datetime, progress: Progress) -> Iterator[Extract]:  # noqa: ARG002  # a probe is of now
        """See `Source.extract`. One extract per endpoint; what is no longer declared is stored as vanished."""
        declared = [target.label for target in self._targets]
        for label in sorted(set(_labels(progress.cursor(_DECLARED))) - set(declared)):
            yield self._line(f"endpoint:{label}", f"{label}: no longer declared", lists_all=("tls_probes",))
        with ThreadPoolExecutor(self._options.parallel, thread_name_prefix=f"tls-{self.name}") as pool:
            yield from pool.map(self._extract, self._targets)
        yield self._line(
            _DECLARED,
            f"{len(declared)} declared endpoints",
            cursor=json.dumps(sorted(declared)),
            rows_received=0,
        )

    def diagnose(self) -> Diagnosis:
        """See `Source.diagnose`: one handshake with the first address of each endpoint."""
        with ThreadPoolExecutor(self._options.parallel) as pool:
            found = list(
                pool.map(lambda target: reached(target, self._options.timeout_seconds), self._targets)
            )
        problems = tuple(problem for problem in found if problem)
        return Diagnosis(
            reachable=len(problems) < len(found),
            product=f"{len(found)} endpoints, asked with {ssl.OPENSSL_VERSION}",
            problems=problems,
        )

    def _extract(self, target: Target) -> Extract:
        started = self._clock()
        found = self._probe(target)
        digest = hashlib.sha256()
        for certificate in sorted(found.certificates):
            digest.update(hashlib.sha256(certificate).digest())
        return Extract(
            subject=f"endpoint:{target.label}",
            asked=_asked(target),
            started_at=started,
            finished_at=self._clock(),
            batches=[Batch("tls_probes", frame("tls_probes", found.records))],
            product="TLS endpoint",
            pages=found.connections,
            rows_received=len(found.records),
            warnings=tuple(found.notes),
            raw_sha256=digest.hexdigest() if found.certificates else None,
            lists_all=("tls_probes",),
        )

    def _probe(self, target: Target) -> Probed:
        where = self._options.vantage_point or socket.gethostname()
        return probe(target, self._options.timeout_seconds, self._clock, where)

    def _line(self, subject: str, asked: str, **more: Any) -> Extract:
        now = self._clock()
        return Extract(subject=subject, asked=asked, started_at=now, finished_at=now, **more)


def _asked(target: Target) -> str:
    """The ledger's words for a probe."""
    parts = [f"TLS handshakes with {target.label}, {NEWEST_FIRST[-1]} to {NEWEST_FIRST[0]}"]
    if target.starttls:
        parts.append(f"after STARTTLS ({target.starttls})")
    if target.ca_file:
        parts.append("against a private authority")
    if target.consent:
        parts.append(f"agreed to: {target.consent}")
    return "; ".join(parts)


def _labels(cursor: str | None) -> list[str]:
    try:
        found = json.loads(cursor) if cursor else []
    except ValueError:  # another version's note
        return []
    return [str(label) for label in found] if isinstance(found, list) else []

"""One endpoint probed: every address, every protocol version, the certificate's facts and the verdicts on it."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qmsreport.records import TlsProbe
from qmsreport.sources import _tls_contexts as contexts
from qmsreport.sources._tls_certificate import Certificate, describe
from qmsreport.sources._tls_contexts import LocalInability
from qmsreport.sources._tls_hello import PROTOCOLS, VERSIONS, Flight, greeting
from qmsreport.sources._tls_suites import SUITES, families
from qmsreport.sources._tls_targets import Target
from qmsreport.sources._tls_wire import Answer, Place, Unreachable, ask, handshake, resolve

NEWEST_FIRST = tuple(sorted(VERSIONS, reverse=True))
# alerts by which a server refuses a version (RFC 5246 section 7.2.2); any other says something else
_REFUSALS = ("protocol_version", "handshake_failure", "insufficient_security")
_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_CERT_HAS_EXPIRED and …_NOT_YET_VALID
_WRONG_NAME, _WRONG_ADDRESS = 62, 64  # X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH


@dataclass(slots=True)
class Probed:
    """What was learnt of one endpoint."""

    records: list[TlsProbe] = field(default_factory=list)
    certificates: set[bytes] = field(default_factory=set)
    connections: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Verdict:
    chain_valid: bool | None = None
    chain_error: str | None = None
    hostname_valid: bool | None = None


def probe(target: Target, timeout: float, clock: Callable[[], datetime], vantage_point: str) -> Probed:
    """Ask each address of a target; nothing is raised for what a server does, it becomes the `error` of a record.

    Args:
        target: the endpoint.
        timeout: seconds for one handshake as a whole.
        clock: the time, naive UTC.
        vantage_point: where this machine stands.
    """
    found = Probed()
    try:
        places = resolve(target, timeout)
    except Unreachable as error:
        common = _common(target, target.label, None, vantage_point, clock())
        found.records += [
            TlsProbe(**common, protocol=protocol, error=str(error)) for protocol in NEWEST_FIRST
        ]
        found.notes.append(f"{target.label}: {error}.")
        return found
    for place in places:
        endpoint = target.label if len(places) == 1 else f"{target.label} [{place.address}]"
        common = _common(target, endpoint, place.address, vantage_point, clock())
        _Address(place, common, clock, found).probe()
    return found


def _common(
    target: Target, endpoint: str, address: str | None, vantage_point: str, now: datetime
) -> dict[str, Any]:
    return {
        "endpoint": endpoint,
        "address": address,
        "server_name": target.server_name,
        "client_certificate_expected": target.client_certificate_expected,
        "vantage_point": vantage_point,
        "probed_at": now,
    }


def reached(target: Target, timeout: float) -> str | None:
    """Why the first address of a target does not answer in TLS, as a sentence; `None` if it does."""
    why = "it refuses every version"
    try:
        place = resolve(target, timeout)[0]
        for protocol in NEWEST_FIRST:
            try:
                answer = handshake(place, contexts.facts(protocol, target.alpn))
            except LocalInability:
                continue
            offered, error = judge(answer, protocol)
            if offered:
                return None
            why = error or why
            if answer.cause == "silent":
                break
    except Unreachable as error:
        why = str(error)
    return f"Cannot probe {target.label}: {why}. Check host, port and firewall, or take it off the list."


class _Address:
    """One address: its connections are made one after the other, so that no server sees a burst."""

    def __init__(
        self, place: Place, common: dict[str, Any], clock: Callable[[], datetime], found: Probed
    ) -> None:
        self._place, self._common, self._clock, self._found = place, common, clock, found
        self._verdicts: dict[bytes, _Verdict] = {}
        self._unreachable: str | None = None

    def probe(self) -> None:
        """Add a record for each version to `found`."""
        records = [self._version(protocol) for protocol in NEWEST_FIRST]
        self._found.records += records
        open_ones: dict[str, list[str]] = {}
        for record in records:
            if record.offered is None:
                open_ones.setdefault(record.error or "", []).append(record.protocol)
        self._found.notes += [
            f"{self._common['endpoint']}, {', '.join(protocols)}: {why}."
            for why, protocols in open_ones.items()
        ]

    def _version(self, protocol: str) -> TlsProbe:
        answer = self._facts(protocol)
        offered, error = judge(answer, protocol)
        record = TlsProbe(**self._common, protocol=protocol, offered=offered, error=error)
        if not offered:
            return record
        values: dict[str, Any] = {
            "cipher": answer.cipher or SUITES.get(answer.flight.suite or 0),
            "client_certificate_required": _client_certificate(answer),
        }
        certificate = answer.certificate or next(iter(answer.flight.certificates), None)
        if certificate:
            values |= self._certificate(certificate, protocol)
        if protocol == "TLS 1.2":
            weak, why = self._weak_ciphers()
            values |= {"weak_ciphers": weak, "ciphers_error": why}
        elif protocol == "TLS 1.3":
            values["weak_ciphers"] = []  # it has none (RFC 8446 appendix B.4)
        return dataclasses.replace(record, **values)

    def _facts(self, protocol: str) -> Answer:
        """The handshake that takes any certificate, or a greeting of our own where OpenSSL cannot ask for all."""
        try:
            answer = self._handshake(contexts.facts(protocol, self._place.target.alpn))
        except LocalInability as error:
            answer = Answer(flight=Flight(), cause="local", reason=str(error))
        unsettled = answer.cause == "local" or answer.reason in _REFUSALS[1:]
        if protocol == "TLS 1.3" or answer.flight.version or answer.flight.other or not unsettled:
            return answer
        # the server may want ciphers that OpenSSL no longer has: that is no refusal of the version
        version = VERSIONS[protocol]
        best_first = sorted(SUITES, key=lambda suite: len(families(suite)))
        hello = greeting(version, best_first, self._place.target.server_name)
        return self._ask(hello, lambda flight: flight.done or flight.version not in (None, version))

    def _certificate(self, der: bytes, protocol: str) -> dict[str, Any]:
        self._found.certificates.add(der)
        try:
            facts = describe(der)
        except ValueError as error:
            return {"chain_error": f"its certificate cannot be parsed ({error})"}
        if der not in self._verdicts:
            self._verdicts[der] = self._verdict(der, facts, protocol)
        if facts.not_before > self._clock():
            self._found.notes.append(
                f"{self._common['endpoint']}: its certificate begins in the future by this machine's clock. "
                "Compare the clock with a time server."
            )
        return {**dataclasses.asdict(facts), **dataclasses.asdict(self._verdicts[der])}

    def _verdict(self, der: bytes, facts: Certificate, protocol: str) -> _Verdict:
        """Chain and name, each in a handshake of its own: OpenSSL stops at the first thing that is wrong."""
        alpn, authorities = self._place.target.alpn, self._place.target.ca_file
        try:
            answer = self._handshake(contexts.chain(protocol, alpn, authorities))
            now = self._clock()
            if answer.verify_code in (_EXPIRED, _NOT_YET) and not facts.not_before <= now <= facts.not_after:
                # its own dates are judged by the report, at the report's time; what is left is the chain
                answer = self._handshake(contexts.chain(protocol, alpn, authorities, dates=False))
            named = self._handshake(contexts.name(protocol, alpn, der))
        except LocalInability as error:
            return _Verdict(chain_error=f"could not be checked: {error}")
        chain_valid: bool | None = None
        chain_error: str | None = f"could not be checked: {answer.reason}"
        if answer.cause == "verify":
            chain_valid, chain_error = False, answer.reason
        elif _verified(answer):
            chain_valid, chain_error = True, None
            if answer.certificate not in (None, der):
                chain_valid, chain_error = (
                    None,
                    "could not be checked: it presents several certificates in turn",
                )
        name_valid: bool | None = True if _verified(named) else None
        if named.verify_code in (_WRONG_NAME, _WRONG_ADDRESS):
            name_valid = False
        return _Verdict(chain_valid, chain_error, name_valid)

    def _weak_ciphers(self) -> tuple[list[str], str | None]:
        """Families that the server would take, found by offering what is left until it refuses.

        Each answer adds a family at least, so there are never more questions than families, and one.
        """
        weak: set[str] = set()
        version = VERSIONS["TLS 1.2"]
        while True:
            left = [suite for suite in SUITES if families(suite) - weak]
            if not left:
                return sorted(weak), None
            hello = greeting(version, left, self._place.target.server_name)
            answer = self._ask(hello, lambda flight: flight.version is not None)
            chosen = answer.flight.suite
            if answer.flight.version == version and chosen in left:
                weak |= families(chosen)
            elif answer.cause == "alert" and answer.reason in _REFUSALS:
                return sorted(weak), None
            else:
                why = answer.reason or "it answered something else than asked"
                return sorted(weak), f"not every cipher could be asked for: {why}"

    def _handshake(self, context: ssl.SSLContext) -> Answer:
        return self._connected(lambda: handshake(self._place, context))

    def _ask(self, hello: bytes, enough: Callable[[Flight], bool]) -> Answer:
        return self._connected(lambda: ask(self._place, hello, enough))

    def _connected(self, talk: Callable[[], Answer]) -> Answer:
        """What a connection brought; once there was none, no other is tried in this run."""
        if self._unreachable is None:
            self._found.connections += 1
            try:
                return talk()
            except Unreachable as error:
                self._unreachable = str(error)
        return Answer(flight=Flight(), cause="unreachable", reason=self._unreachable)


def judge(answer: Answer, protocol: str) -> tuple[bool | None, str | None]:
    """Whether the version is offered, and the reason where that needs one.

    Only the server's own word is a no. A time-out, a reset, a closed connection and whatever OpenSSL here cannot do
    leave it open: `None`.
    """
    chosen = answer.flight.version
    if not answer.cause and not answer.flight.other and answer.cipher:
        return True, None
    if chosen is not None:
        if chosen == VERSIONS[protocol]:
            return True, None
        return False, f"it answers with {PROTOCOLS.get(chosen, f'version {chosen:#06x}')} instead"
    if answer.flight.other:
        first = answer.flight.other.split(b"\r\n")[0].split(b"\n")[0][:40].decode("ascii", "replace")
        shown = "".join(char for char in first if char.isprintable())
        return False, f"it does not speak TLS: it answers '{shown}'"
    if answer.cause == "declined":
        return False, f"it does not begin TLS when asked to: it answers '{answer.reason}'"
    if answer.cause == "alert" and answer.reason in _REFUSALS:
        return False, None
    if answer.cause == "alert":
        return None, f"it refused with the alert {answer.reason}, which says nothing of the version"
    return None, answer.reason or "it said too little"


def _client_certificate(answer: Answer) -> bool | None:
    """Whether one is demanded: up to TLS 1.2 by breaking off after having asked, later by a late word."""
    if not answer.cause:
        return answer.client_certificate_required
    return True if answer.cause == "alert" and answer.flight.asks_certificate else None


def _verified(answer: Answer) -> bool:
    """Whether OpenSSL was content with the certificate, even if the server was not with the lack of ours."""
    return not answer.cause or (answer.cause == "alert" and answer.flight.asks_certificate)

"""One connection, one handshake: what came of it, and why it went no further. No application data is ever sent."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from qmsreport.sources._tls_hello import ALERTS, Flight, read
from qmsreport.sources._tls_starttls import DIALOGUES, Declined
from qmsreport.sources._tls_targets import Target

_MOST = 256 * 1024  # bytes of a flight; a chain of certificates has some thousand
_LATE = 2.0  # seconds to wait for what a TLS 1.3 server says of our missing certificate
_REFUSES_US = ("CERTIFICATE", "HANDSHAKE_FAILURE", "ACCESS_DENIED")  # words in the alerts that do


class Unreachable(Exception):
    """There is no connection, so nothing was learnt; the message is a reason in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one handshake.

    `cause` says who ended it early: the server by an alert, by closing, by resetting or by silence; this machine
    (`local`), because its OpenSSL cannot go on, or `verify`, because the certificate did not hold.
    """

    flight: Flight
    cause: str = (
        ""  # "" (it was completed), alert, closed, reset, silent, local, verify, declined, unreachable
    )
    reason: str = ""
    cipher: str | None = None
    certificate: bytes | None = None
    client_certificate_required: bool | None = None
    verify_code: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a target, and how long it may take to answer."""

    target: Target
    family: int
    sockaddr: tuple[Any, ...]
    timeout: float  # seconds, for a handshake as a whole

    @property
    def address(self) -> str:
        """The address in text."""
        return str(self.sockaddr[0])


def resolve(target: Target, timeout: float) -> list[Place]:
    """Every address of a target, those of IPv4 first: behind a name may stand several servers.

    Raises:
        Unreachable: when the name has none.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"its name cannot be resolved: {error.strerror or error}") from error
    places = {(family, sockaddr) for family, _, _, _, sockaddr in found}
    return [
        Place(target, family, sockaddr, timeout)
        for family, sockaddr in sorted(places, key=lambda item: (item[0] != socket.AF_INET, item[1]))
    ]


def ask(place: Place, hello: bytes, enough: Callable[[Flight], bool]) -> Answer:
    """Send a greeting of our own and read plain text until there is enough of it."""
    with _connected(place) as line:
        received = bytearray()
        try:
            _starttls(place, line)
            line.send(hello)
            while True:
                data = line.receive(16384)
                received += data
                flight = read(bytes(received))
                if flight.alert is not None:
                    return Answer(flight=flight, cause="alert", reason=alert_name(flight.alert))
                if flight.other or enough(flight):
                    return Answer(flight=flight)
                if not data or len(received) > _MOST:
                    return Answer(flight=flight, cause="closed", reason=_CLOSED)
        except (OSError, EOFError, Declined) as error:
            return _broken(error, read(bytes(received)))


def handshake(place: Place, context: ssl.SSLContext) -> Answer:
    """A handshake of OpenSSL's, through buffers, so that what the server said can be read even where it failed.

    Raises:
        Unreachable: when there is no connection.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    received = bytearray()
    with _connected(place) as line:
        try:
            _starttls(place, line)
            tls = context.wrap_bio(incoming, outgoing, server_hostname=place.target.server_name)
            _complete(tls, line, incoming, outgoing, received)
        except ssl.SSLError as error:
            return _failed(error, read(bytes(received)))
        except (OSError, EOFError, Declined) as error:
            return _broken(error, read(bytes(received)))
        cipher, certificate = (
            tls.cipher(),
            tls.getpeercert(binary_form=True),
        )  # the parsed form is empty unverified
        required = _late_word(tls, line, incoming)
        with contextlib.suppress(OSError):  # ssl.SSLError is one: the server has not said goodbye yet
            tls.unwrap()
        with contextlib.suppress(OSError):
            line.send(outgoing.read())
        return Answer(
            flight=read(bytes(received)),
            cipher=cipher[0] if cipher else None,
            certificate=certificate,
            client_certificate_required=required,
        )


def alert_name(code: int) -> str:
    """An alert by its name in the standard."""
    return ALERTS.get(code, f"alert {code}")


_CLOSED = "it closed the connection without an answer"


class _Line:
    """A socket with one deadline for all that is said on it."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._deadline = time.monotonic() + seconds

    def limit(self, seconds: float) -> None:
        """From now on, no longer than that."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def send(self, data: bytes) -> None:
        self._socket.settimeout(self._left())
        self._socket.sendall(data)

    def receive(self, size: int) -> bytes:
        self._socket.settimeout(self._left())
        return self._socket.recv(size)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@contextlib.contextmanager
def _connected(place: Place) -> Iterator[_Line]:
    opened = socket.socket(place.family, socket.SOCK_STREAM)
    try:
        opened.settimeout(place.timeout)
        try:
            opened.connect(place.sockaddr)
        except TimeoutError as error:
            raise Unreachable(f"no connection within {place.timeout:g} s") from error
        except OSError as error:
            if error.errno == errno.ECONNREFUSED:
                raise Unreachable("the connection was refused") from error
            raise Unreachable(f"no connection: {_words(error)}") from error
        yield _Line(opened, place.timeout)
    finally:
        opened.close()


def _starttls(place: Place, line: _Line) -> None:
    if place.target.starttls:
        DIALOGUES[place.target.starttls](line)


def _complete(
    tls: ssl.SSLObject, line: _Line, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, received: bytearray
) -> None:
    while True:
        try:
            tls.do_handshake()
            line.send(outgoing.read())
            return
        except ssl.SSLWantReadError:
            line.send(outgoing.read())
        except ssl.SSLError:
            with contextlib.suppress(OSError):  # our own alert, as the protocol asks
                line.send(outgoing.read())
            raise
        data = line.receive(16384)
        if not data:
            raise EOFError
        received += data
        if len(received) > _MOST:
            raise EOFError
        incoming.write(data)


def _late_word(tls: ssl.SSLObject, line: _Line, incoming: ssl.MemoryBIO) -> bool | None:
    """Whether the server demands a client certificate: from TLS 1.3 on it says so after the handshake only.

    Read once. A ticket or a greeting means that it took us as we are; silence leaves it open.
    """
    if tls.version() != "TLSv1.3":
        return False  # its handshake would not have been completed
    line.limit(_LATE)
    try:
        data = line.receive(16384)
        if not data:
            return None
        incoming.write(data)
        tls.read(1)
    except ssl.SSLWantReadError:
        return False
    except ssl.SSLError as error:
        return True if any(word in (error.reason or "") for word in _REFUSES_US) else None
    except OSError:
        return None
    return False


def _failed(error: ssl.SSLError, flight: Flight) -> Answer:
    """Why OpenSSL gave up: the server's alert, or something of our own."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Answer(
            flight=flight, cause="verify", reason=error.verify_message, verify_code=error.verify_code
        )
    if flight.alert is not None:
        return Answer(flight=flight, cause="alert", reason=alert_name(flight.alert))
    if "_ALERT_" in (error.reason or ""):  # an encrypted one
        name = (error.reason or "").partition("_ALERT_")[2].lower()
        return Answer(flight=flight, cause="alert", reason=name)
    why = (error.reason or str(error)).lower().replace("_", " ")
    return Answer(flight=flight, cause="local", reason=f"{ssl.OPENSSL_VERSION} here cannot go on ({why})")


def _broken(error: Exception, flight: Flight) -> Answer:
    """Why there was no more to read."""
    if flight.alert is not None:  # it said why before it hung up
        return Answer(flight=flight, cause="alert", reason=alert_name(flight.alert))
    if isinstance(error, Declined):
        return Answer(flight=flight, cause="declined", reason=str(error))
    if isinstance(error, TimeoutError):
        return Answer(flight=flight, cause="silent", reason="it did not answer in time")
    if isinstance(error, EOFError):
        return Answer(flight=flight, cause="closed", reason=_CLOSED)
    return Answer(flight=flight, cause="reset", reason=f"the connection broke: {_words(error)}")


def _words(error: Exception) -> str:
    code = getattr(error, "errno", None)
    return os.strerror(code).lower() if code else str(error) or type(error).__name__

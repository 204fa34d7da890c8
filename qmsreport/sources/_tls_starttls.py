"""Ports that are greeted in plain text before TLS begins: the few words that it takes, and nothing after them.

SMTP: RFC 3207. IMAP: RFC 3501 section 6.2.1. POP3: RFC 2595 section 4. PostgreSQL: its frontend protocol's SSLRequest.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Protocol

_LONGEST = 100  # lines of one answer


class Line(Protocol):
    """A connection, as a dialogue needs it."""

    def send(self, data: bytes) -> None:
        """Send all of it."""

    def receive(self, size: int) -> bytes:
        """At most `size` bytes; empty when the server has closed."""


class Declined(Exception):
    """The server answered, and will not speak TLS here; the message is what it said."""


def smtp(line: Line) -> None:
    """Greeting, EHLO, STARTTLS."""
    _expect(_reply(line), b"220")
    line.send(b"EHLO qmsreport.invalid\r\n")
    _expect(_reply(line), b"250")
    line.send(b"STARTTLS\r\n")
    _expect(_reply(line), b"220")


def imap(line: Line) -> None:
    """Greeting, STARTTLS."""
    _expect(_line(line), b"* OK")
    line.send(b"a1 STARTTLS\r\n")
    answer = _line(line)
    for _ in range(_LONGEST):
        if not answer.startswith(b"* "):
            break
        answer = _line(line)
    _expect(answer, b"a1 OK")


def pop3(line: Line) -> None:
    """Greeting, STLS."""
    _expect(_line(line), b"+OK")
    line.send(b"STLS\r\n")
    _expect(_line(line), b"+OK")


def postgresql(line: Line) -> None:
    """SSLRequest: a length and a number; the answer is one byte, S or N."""
    line.send(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
    _expect(line.receive(1), b"S")


DIALOGUES: Mapping[str, Callable[[Line], None]] = types.MappingProxyType(
    {"smtp": smtp, "imap": imap, "pop3": pop3, "postgresql": postgresql}
)


def _line(line: Line) -> bytes:
    """One line without its end; byte by byte, so that nothing of TLS is taken."""
    found = bytearray()
    while not found.endswith(b"\n"):
        byte = line.receive(1)
        if not byte:
            raise EOFError
        found += byte
        if len(found) > 2000:
            raise Declined(_shown(bytes(found)))
    return bytes(found).rstrip(b"\r\n")


def _reply(line: Line) -> bytes:
    """The last line of an SMTP reply, whose lines but the last have a dash behind the code."""
    answer = _line(line)
    for _ in range(_LONGEST):
        if answer[3:4] != b"-":
            break
        answer = _line(line)
    return answer


def _expect(answer: bytes, wanted: bytes) -> None:
    if not answer:
        raise EOFError
    if not answer.startswith(wanted):
        raise Declined(_shown(answer))


def _shown(answer: bytes) -> str:
    return "".join(
        char if char.isprintable() else " " for char in answer[:60].decode("ascii", "replace")
    ).strip()

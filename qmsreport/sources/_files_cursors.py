"""What is kept in the ledger of files and of their folder, for the next run."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec


class Note(msgspec.Struct, frozen=True):
    """What the next run wants to know of a file that turns out to be the same."""

    version: str  # another version may read it otherwise
    kind: str  # it may be configured as another one since
    clean: bool  # no row was set aside
    rows: int
    starts: datetime | None = None
    ends: datetime | None = None
    settled: bool = True  # no other file of its kind had to be read again after it


class State(msgspec.Struct, frozen=True):
    """What the next run wants to know of the folder."""

    told: bool = False  # something in it was not read
    settled: dict[str, str] = {}  # SHA-256 of files after which all others that had to be were read again


Cursor = TypeVar("Cursor", Note, State)


def encoded(cursor: Note | State) -> str:
    """As the ledger keeps it."""
    return msgspec.json.encode(cursor).decode()


def decoded(text: str | None, kind: type[Cursor]) -> Cursor | None:
    """It read back; `None` where there is none, or another version's."""
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except msgspec.MsgspecError:
        return None

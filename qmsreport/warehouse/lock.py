"""One writer at a time: an operating system lock that dies with its owner, and a note of who holds it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from qmsreport.errors import Locked, WarehouseError


@contextlib.contextmanager
def writing(path: Path, what: str, wait_seconds: float) -> Iterator[None]:
    """Hold the writer's lock of the warehouse at `path` while doing `what`.

    Raises:
        Locked: somebody else held it for longer than `wait_seconds`; says who and since when.
        WarehouseError: the folder cannot be written.
    """
    lock_path = path.with_name(path.name + ".lock")
    note = path.with_name(path.name + ".owner")
    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        raise Locked(
            f"{_owner(note)} is writing to {path}. Wait until it has ended, then run this again."
        ) from error
    except OSError as error:
        raise WarehouseError(
            f"Cannot lock {path}: {error.strerror}. Check that this user may write in {path.parent}."
        ) from error
    try:
        owner = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "what": what,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with contextlib.suppress(OSError):  # a full disk shall not stop what may free it
            note.write_text(json.dumps(owner), "utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _owner(note: Path) -> str:
    try:
        owner = json.loads(note.read_text("utf-8"))
        age = datetime.now(UTC) - datetime.fromisoformat(owner["since"])
        minutes = int(age.total_seconds() // 60)
        return f"'{owner['what']}' (process {owner['pid']} on {owner['host']}, for {minutes} min)"
    except (OSError, ValueError, KeyError):
        return "Another run"

"""A writer's connection, kept open for a moment after each use."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.warehouse.database import opened

if TYPE_CHECKING:
    import duckdb

# To open and close a file takes 30 ms and more, most commits less: a thousand small ones would mostly wait for it.
# While it is open nobody else can read, so it is let go of where the next commit has to wait for a server, and in a
# long row of them too, for longer than readers wait between two attempts (`database.in_turn`).
_KEPT_SECONDS = 0.3
_IN_A_ROW_SECONDS = 2.0
_TURN_SECONDS = 0.1


class Held:
    """At most one connection to a file, opened when it is used and closed soon after the last use.

    Errors of the database leave it closed and come as in `database.opened`.
    """

    def __init__(self, path: Path, wait_seconds: float) -> None:
        self._path, self._wait = path, wait_seconds
        self._guard = threading.RLock()
        self._opening: contextlib.ExitStack | None = None
        self._connection: duckdb.DuckDBPyConnection
        self._closing: threading.Timer | None = None
        self._since = 0.0

    @contextlib.contextmanager
    def use(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, nobody else's meanwhile."""
        if self._closing:
            self._closing.cancel()
        with self._guard:
            if self._opening is None:
                opening = contextlib.ExitStack()
                self._connection = opening.enter_context(
                    opened(self._path, read_only=False, wait_seconds=self._wait)
                )
                self._opening = opening
                self._since = time.monotonic()
            try:
                yield self._connection
            except BaseException as error:
                # what was begun is rolled back with the connection
                opening, self._opening = self._opening, None
                opening.__exit__(type(error), error, error.__traceback__)
                raise
        if time.monotonic() - self._since > _IN_A_ROW_SECONDS:
            self.close()
            time.sleep(_TURN_SECONDS)
            return
        self._closing = threading.Timer(_KEPT_SECONDS, self.close)
        self._closing.daemon = True
        self._closing.start()

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        if self._closing:
            self._closing.cancel()
        with self._guard:
            if self._opening:
                self._opening.close()
                self._opening = None

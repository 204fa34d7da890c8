"""A writer's connection, kept open for a moment after each use."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qmsreport.warehouse.database import opened

if TYPE_CHECKING:
    import duckdb

# To open and close a file takes 30 ms and more, most commits less: a thousand small ones would mostly wait for it.
# While it is open nobody else can read, so it is let go of where the next commit has to wait for a server.
_KEPT_SECONDS = 0.3


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
            try:
                yield self._connection
            except BaseException as error:
                # what was begun is rolled back with the connection
                opening, self._opening = self._opening, None
                opening.__exit__(type(error), error, error.__traceback__)
                raise
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

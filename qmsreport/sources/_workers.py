"""A few threads that ask in parallel, and that nobody waits for when the run is stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Workers(Generic[_T]):
    """Threads that work off what is submitted, in that order.

    Those of `concurrent.futures` are waited for when the interpreter ends, so that after Ctrl-C a slow server
    would hold the process for as long as its time-out and every retry take.
    """

    def __init__(self, number: int, name: str) -> None:
        self._number = number
        self._waiting: SimpleQueue[tuple[Future[_T], Callable[[], _T]] | None] = SimpleQueue()
        for index in range(number):
            Thread(target=self._run, name=f"{name}-{index}", daemon=True).start()

    def submit(self, work: Callable[[], _T]) -> Future[_T]:
        """Have `work` done by the next thread that is free."""
        future: Future[_T] = Future()
        self._waiting.put((future, work))
        return future

    def stop(self) -> None:
        """Let the threads end: what is being worked on is not waited for, the rest is not begun."""
        with contextlib.suppress(Empty):
            while True:
                self._waiting.get_nowait()
        for _ in range(self._number):
            self._waiting.put(None)

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            future, work = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
                future.set_exception(error)
            else:
                future.set_result(result)

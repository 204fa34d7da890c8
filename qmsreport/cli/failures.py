"""The one place where what went wrong becomes a sentence on standard error and an exit code."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click

from qmsreport.cli import screen
from qmsreport.cli.app import app
from qmsreport.cli.options import Common
from qmsreport.errors import QmsReportError
from qmsreport.redaction import redact

USAGE, SOURCE, UNEXPECTED, INTERRUPTED, TERMINATED = 2, 3, 70, 130, 143
PIPE_CLOSED = 141
_MOMENT = 0.02  # seconds
_COMPLETE = "_QMSREPORT_COMPLETE"


class _Stop:
    """Remembers that we were asked to stop: libraries turn the interrupt into errors of their own."""

    code: int | None = None
    number = signal.SIGINT

    def __call__(self, number: int, _: FrameType | None) -> None:
        self.number = signal.Signals(number)
        self.code = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        raise KeyboardInterrupt

    def unheard(self, said: sys.UnraisableHookArgs) -> None:
        """Interrupt once more where Python dropped it: it met a destructor, or the end of an import's lock."""
        if issubclass(said.exc_type, KeyboardInterrupt):
            main = threading.main_thread().ident or 0
            # a moment later: right now it would meet this very hook
            threading.Timer(_MOMENT, signal.pthread_kill, [main, self.number]).start()
        else:
            sys.__unraisablehook__(said)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing leaves here as a traceback."""
    _open_streams()
    if _COMPLETE in os.environ:
        app.main(args=list(arguments), prog_name="qmsreport", complete_var=_COMPLETE)
    stop = _Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    hook, sys.unraisablehook = sys.unraisablehook, stop.unheard
    common = Common(is_stopped=lambda: stop.code is not None)
    try:
        code = _invoke(arguments, common)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        screen.hush()
        return PIPE_CLOSED
    # the last stop: whatever no layer below could name is told in one sentence
    except BaseException as error:  # noqa: BLE001
        if stop.code is not None or isinstance(error, (KeyboardInterrupt, click.Abort)):
            _say("Stopped. What was already stored stays; run the same command again to go on.")
            # Python remembers an interrupt that met an exec() (a dataclass being made, say) and then ends
            # `python -m` by the signal instead of our code; the next exec() makes it forget
            exec("")  # noqa: S102
            return stop.code or INTERRUPTED
        return _explain(error, verbose=common.verbose)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook


def _open_streams() -> None:
    """Let every sentence be written: nowhere if its stream is closed, else with `?` for what a locale lacks.

    A closed stream's number would go to the next file that is opened: the warehouse would be standard output.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _invoke(arguments: Sequence[str], common: Common) -> int:
    try:
        with app.make_context("qmsreport", list(arguments), obj=common) as context:
            return app.invoke(context) or 0
    except click.exceptions.Exit as done:
        return done.exit_code


def _explain(error: BaseException, *, verbose: bool) -> int:
    """Say what happened on standard error; the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "qmsreport"
        said = error.format_message()
        stop = "" if said.endswith((".", "?", "?)")) else "."
        _say(f"{said}{stop} See '{command} --help'.")
        return error.exit_code
    if isinstance(error, QmsReportError):
        _say(redact(str(error)))
        if verbose:
            click.echo(_trace(error), err=True)
        return error.exit_code
    if isinstance(error, OSError) and (
        error.errno in _DISK if error.filename else _DISK.get(error.errno or 0) == _FULL
    ):
        _say(f"Cannot use {error.filename or 'the output'}: {error.strerror}. {_DISK[error.errno or 0]}")
        if verbose:
            click.echo(_trace(error), err=True)
        return SOURCE
    _say(
        f"This should not have happened: {type(error).__name__}: {redact(str(error))}. {_where(error, verbose)}"
    )
    return UNEXPECTED


_FULL = "Free space on that disk and run this again; what was stored before is still there."
_RIGHTS = "Check that this user may write there."
_DISK = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOENT: "Check the path.",
    errno.ENOTDIR: "Check the path.",
    errno.EISDIR: "Check the path.",
}


def _where(error: BaseException, verbose: bool) -> str:
    if verbose:
        return f"Please report it with this:\n{_trace(error)}"
    try:
        handle, name = tempfile.mkstemp(prefix="qmsreport-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_trace(error))
    except OSError:
        return "Run it again with -v and report what it shows."
    return f"Please report it with {name}, which says where; -v shows the same."


def _trace(error: BaseException) -> str:
    return redact("".join(traceback.format_exception(error)))


def _say(sentence: str) -> None:
    try:
        click.echo(f"qmsreport: {sentence}", err=True)
    except OSError:  # nobody listens any more: the exit code still speaks
        return

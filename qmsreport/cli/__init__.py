"""The command line. The first screen is answered here, before click is loaded: it costs more than Python itself."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point: exit codes as in `qmsreport.errors`."""
    arguments = sys.argv[1:]
    if arguments in (["--help"], ["-h"], ["--version"]):
        from qmsreport.cli import screen

        raise SystemExit(screen.show(arguments[0]))
    from qmsreport.cli.failures import run

    raise SystemExit(run(arguments))

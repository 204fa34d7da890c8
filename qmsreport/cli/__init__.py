"""The command line. The first screen is answered here, before click is loaded: it costs more than Python itself."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point: exit codes as in `qmsreport.errors`."""
    arguments = sys.argv[1:]
    if arguments in (["--help"], ["-h"], ["--version"]):
        from qmsreport.cli import screen

        raise SystemExit(screen.show(arguments[0]))
    try:
        from qmsreport.cli.failures import run
    except KeyboardInterrupt:  # before there is anybody else to say it
        print("qmsreport: Stopped before anything was done.", file=sys.stderr)
        raise SystemExit(130) from None
    raise SystemExit(run(arguments))

"""The first screen: what commands there are, in one table that the group and the help text share.

Imports nothing that takes time, so that `qmsreport --help` answers at once.
"""

from __future__ import annotations

import os
import sys

GROUPS = {
    "Start": {
        "demo": "Make a whole made-up organisation and its report, to look at.",
        "init": "Write a commented qmsreport.toml to fill in.",
        "doctor": "Ask each source whether it can be reached, and how far back it answers.",
    },
    "Work": {
        "extract": "Bring facts from the sources into the warehouse.",
        "generate": "Write the report of a quarter, a month or any days.",
        "trace": "Follow a figure or a finding to its rows and to the requests that fetched them.",
        "sample": "Draw a reproducible sample of a report's population, for inspection.",
        "sign": "Sign a report's PDF as a person, for instance to approve it.",
        "verify": "Say whether a report bundle is still as it was written.",
    },
    "Look up": {
        "metrics": "What is counted, each with its definition.",
        "checks": "What is judged, each with its controls.",
        "sources": "Where facts can come from, each with its options.",
        "records": "What a fact consists of: the columns of each kind of record.",
        "key": "Make the key that signs reports, or show a key's fingerprint.",
        "completion": "Print the completion script for your shell.",
    },
}
COMMANDS = {name: summary for commands in GROUPS.values() for name, summary in commands.items()}

USAGE = "qmsreport [--config FILE] [-v] COMMAND [OPTIONS]"
_OPTIONS = {
    "--config FILE": "The configuration; else $QMSREPORT_CONFIG, else ./qmsreport.toml.",
    "-v, --verbose": "Say more; show where an unexpected error came from.",
    "--version": "Print the version.",
    "-h, --help": "Print this, or the help of a command.",
}
_EXAMPLES = {
    "qmsreport demo": "see it all in a minute",
    "qmsreport extract": "every night: bring in what is new",
    "qmsreport generate": "the last complete quarter",
    "qmsreport generate --quarter 2026-Q3": "one quarter",
    "qmsreport generate --help": "everything about one command",
}


def text() -> str:
    """The help of the group as a whole."""
    lines = [
        "Audit reports from delivery metrics, service levels and control checks;",
        "every figure leads to its rows.",
        "",
        f"Usage: {USAGE}",
    ]
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:", *_columns(commands, 12)]
    lines += ["", "Options:", *_columns(_OPTIONS, 15), "", "Examples:", *_columns(_EXAMPLES, 42)]
    return "\n".join(lines)


def show(option: str) -> int:
    """Print the first screen or the version; a reader that went away is no error. The exit code."""
    from qmsreport import __version__

    try:
        print(f"qmsreport {__version__}" if option == "--version" else text(), flush=True)
    except BrokenPipeError:
        hush()
    except OSError as error:
        hush()
        print(f"qmsreport: Cannot use the output: {error.strerror}.", file=sys.stderr)
        return 3
    return 0


def hush() -> None:
    """Point standard output nowhere, so that Python's own flush at the end stays silent."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _columns(rows: dict[str, str], width: int) -> list[str]:
    return [f"  {left:<{width}}{right}" for left, right in rows.items()]

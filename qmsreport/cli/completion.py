"""`qmsreport completion`."""

from __future__ import annotations

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from qmsreport.cli import options
from qmsreport.errors import UsageError, suggest

_SHELLS = ("bash", "zsh", "fish")


@options.examples(
    """
qmsreport completion bash >> ~/.bashrc
qmsreport completion zsh  >> ~/.zshrc
qmsreport completion fish > ~/.config/fish/completions/qmsreport.fish
"""
)
@click.command()
@click.argument("shell", required=False, metavar="[bash|zsh|fish]")
@options.shared
def command(shell: str | None) -> None:
    """Print the completion script for your shell.

    Without a name it is the shell that $SHELL says.
    """
    from qmsreport.cli.app import app

    name = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(name) if name in _SHELLS else None
    if kind is None:
        raise UsageError(f"There is no completion for the shell '{name}'.{suggest(name, _SHELLS)}")
    click.echo(kind(app, {}, "qmsreport", "_QMSREPORT_COMPLETE").source())

"""`qmsreport key`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsreport.cli import options


@options.examples(
    """
qmsreport key new signing.key       a new pair: signing.key and signing.key.pub
qmsreport key show signing.key.pub  the fingerprint of a key
"""
)
@click.group()
def command() -> None:
    """Make the key that signs reports, or show a key's fingerprint.

    The key stays in its file; [signing] key_file in the configuration names it. Give the .pub file, or its
    fingerprint, to those who verify reports, on another way than the reports themselves.
    """


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.shared
def new(file: Path) -> None:
    """Make a key pair: FILE for its owner alone, FILE.pub to hand out. Neither is ever written over."""
    from qmsreport import signature

    fingerprint = signature.create(file)
    click.echo(f"{file}: the key. Keep it safe and out of version control; [signing] key_file names it.")
    click.echo(
        f"{file}.pub: its public part, for those who verify: qmsreport verify --public-key {file}.pub …"
    )
    click.echo(f"Fingerprint (SHA-256): {fingerprint}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.shared
def show(file: Path) -> None:
    """Print the fingerprint of a key, public or private."""
    from qmsreport import signature

    click.echo(signature.public_key(file).fingerprint)

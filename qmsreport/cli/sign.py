"""`qmsreport sign`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from qmsreport.cli import findings, options
from qmsreport.errors import UsageError


@options.examples(
    """
qmsreport sign reports/2026-Q3/r1 --certificate me.p12 --passphrase-env P12_PASSPHRASE
qmsreport sign reports/2026-Q3/r1 --certificate me.p12 --timestamp-url https://tsa.example.org/
"""
)
@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--certificate",
    required=True,
    type=options.FilePath(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A PKCS#12 file (.p12) with the signer's key, certificate and chain.",
)
@click.option("--passphrase-env", metavar="NAME", help="The variable that holds that file's passphrase.")
@click.option(
    "--timestamp-url",
    metavar="URL",
    help="An RFC 3161 timestamp authority; it needs the network, and learns a hash.",
)
@click.option("--reason", metavar="TEXT", help="Why, as PDF readers show it; like: Approved.")
@options.shared
def command(
    bundle: Path,
    certificate: Path,
    passphrase_env: str | None,
    timestamp_url: str | None,
    reason: str | None,
) -> None:
    """Sign a report's PDF as a person, for instance to approve it.

    Writes report.signed.pdf beside report.pdf: the same bytes with a PAdES signature appended. Nothing else in
    the bundle changes; 'qmsreport verify' checks both. Needs the extra: pip install 'qmsreport[sign]'.
    """
    from qmsreport import pdf_signature

    passphrase = os.environ.get(passphrase_env) if passphrase_env else None
    if passphrase_env and not passphrase:
        raise UsageError(f"The variable {passphrase_env} is empty. Set it to the certificate's passphrase.")
    written = pdf_signature.sign(bundle, certificate, passphrase, timestamp_url, reason)
    click.echo(f"{findings.near(written)}: {pdf_signature.check(bundle).said}")

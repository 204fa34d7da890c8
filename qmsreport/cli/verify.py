"""`qmsreport verify`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmsreport.cli import options, output
from qmsreport.errors import UsageError

if TYPE_CHECKING:
    from qmsreport import signature


@options.examples(
    """
qmsreport verify reports/2026-Q3/r1
qmsreport verify --again reports/2026-Q3/r1   render it again, too, and compare the bytes
qmsreport verify --chain reports              every report of a folder, and that none is missing
qmsreport verify --public-key signing.key.pub --trust root.pem reports/2026-Q3/r1
                                              signed with this key; the PDF by somebody whom root.pem vouches for
"""
)
@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Render its pages again from its evidence and compare the bytes.")
@click.option("--chain", is_flag=True, help="BUNDLE is a folder of reports: verify each, and their chain.")
@click.option(
    "--public-key",
    type=options.FilePath(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The key that the manifest must be signed with.",
)
@click.option(
    "--trust",
    "roots",
    multiple=True,
    type=options.FilePath(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A root certificate for signatures in the PDF; may be given several times.",
)
@options.shared
def command(bundle: Path, again: bool, chain: bool, public_key: Path | None, roots: tuple[Path, ...]) -> int:
    """Say whether a report bundle is still as it was written.

    Needs nothing but the bundle: no warehouse, no configuration, no network. It hashes every file again, and
    the content of the evidence, and names what is different: "changed file" means that some bytes are not the
    recorded ones, "changed fact" that the evidence says something else than it did. Signatures are checked, and
    so is the report that it follows, where that stands beside it.

    Exit codes: 0 nothing was changed; 1 something was; 2 this is no report bundle.
    """
    from qmsreport import chain as chains
    from qmsreport import signature

    trusted = signature.public_key(public_key) if public_key else None
    if not chain:
        return _one(bundle, again, trusted, roots)
    if again:
        raise UsageError("--again renders one report. Leave it or --chain away.")
    found = chains.bundles(bundle)
    codes = [_one(path, False, trusted, roots) for path in found]
    missing = chains.gaps(found)
    for sentence in missing:
        click.echo(sentence)
    if missing:
        counted = output.counted(len(missing), "problem")
        click.echo(f"{bundle} is not a whole chain: {counted}.", err=True)
        return 1
    if not any(codes):
        click.echo(f"{bundle} is a whole chain of {output.counted(len(found), 'report')}.")
        ends = " and ".join(chains.ends(found))
        click.echo(f"  nothing follows {ends}: whether a later report was taken away, no chain can show")
    return max(codes)


def _one(bundle: Path, again: bool, trusted: signature.PublicKey | None, roots: tuple[Path, ...]) -> int:
    """Verify one bundle and print what was found; the exit code."""
    from qmsreport import evidence, pipeline, verification

    found = verification.verify(bundle, trusted, roots)
    problems = found.problems
    said = "is not as it was written"
    if again and not problems:
        said = "is as it was written, but does not come out the same here"
        with output.working("Rendering again"), tempfile.TemporaryDirectory() as folder:
            problems = pipeline.reproduce(bundle, Path(folder))
    for sentence in problems:
        click.echo(sentence)
    if problems:
        click.echo(f"{bundle} {said}: {output.counted(len(problems), 'problem')}.", err=True)
        return 1
    manifest = evidence.read_manifest(bundle)
    files = output.counted(len(manifest["files"]), "file")
    rendered = ", and comes out the same" if again else ""
    report = f"report {manifest.get('period')}, revision {manifest.get('revision')}"
    click.echo(
        f"{bundle} is as it was written{rendered}: {report}, {files}, evidence {manifest['evidence_digest'][:16]}…"
    )
    for note in found.notes:
        click.echo(f"  {note}")
    return 0

"""`qmsreport init`."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from string import Template

import click

from qmsreport.cli import options
from qmsreport.errors import ConfigError, UsageError

_FILE, _KEY = "qmsreport.toml", "qmsreport.key"
_REGISTERS = Path("registers", "registers.toml")


@options.examples(
    """
qmsreport init                                   here
qmsreport init /srv/audit --name "Example GmbH" --time-zone Europe/Berlin
qmsreport init --force                           write the file anew; the key is kept
"""
)
@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--name", default="Our organisation", show_default=True, help="Whose report it is.")
@click.option("--time-zone", help="The zone that days and quarters are cut in; default: this machine's.")
@click.option("--force", is_flag=True, help="Write over a configuration that is there.")
@options.shared
def command(folder: Path, name: str, time_zone: str | None, force: bool) -> None:
    """Write a commented qmsreport.toml to fill in.

    Everything that can be set stands in it with its default and a word of explanation. Beside it comes the
    key that people's names are pseudonymised with: keep it safe and out of version control; and a commented
    register for what people decide, which is left alone where there is one.
    """
    from qmsreport.period import zone
    from qmsreport.privacy import create_key

    target = folder / _FILE
    if target.exists() and not force:
        raise UsageError(f"{target} is already there. Edit it, or write it anew with --force.")
    zone_name = time_zone or machine_zone()
    zone(zone_name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(text(name, zone_name), "utf-8")
        create_key(folder / _KEY)
        register = folder / _REGISTERS
        if not register.parent.exists():
            register.parent.mkdir()
            register.write_text(register_text(), "utf-8")
    except OSError as error:
        raise ConfigError(
            f"Cannot write {target}: {error.strerror}. Check that this user may write there."
        ) from error
    click.echo(f"{target}: fill in the organisation, its services and at least one source.")
    click.echo(f"{folder / _KEY}: the key to people's pseudonyms. Keep it safe and out of version control.")
    click.echo(
        f"{folder / _REGISTERS}: waivers, attestations, decisions and nonconformities, once there are any."
    )
    click.echo("Then: qmsreport doctor, qmsreport extract, qmsreport generate")


def text(name: str, zone_name: str) -> str:
    """The configuration with everything that can be set."""
    template = resources.files("qmsreport.cli").joinpath("init.toml").read_text("utf-8")
    quoted = {"name": json.dumps(name, ensure_ascii=False), "zone": json.dumps(zone_name)}
    return Template(template).substitute(quoted)  # a JSON string is a TOML string


def register_text() -> str:
    """A register with every kind of entry, commented out."""
    return resources.files("qmsreport.cli").joinpath("init_registers.toml").read_text("utf-8")


def machine_zone() -> str:
    """The IANA name of this machine's zone, or UTC where it has none."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if named and "/" in named and not named.startswith("/"):
        return named
    found = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    return found.removeprefix("posix/") or "UTC"

"""The group of commands: each command's module is loaded when it is used."""

from __future__ import annotations

import importlib

import click

from qmsreport import __version__
from qmsreport.cli import options, screen
from qmsreport.errors import suggest


class LazyGroup(click.Group):
    """A group whose commands are modules of this package: `qmsreport.cli.<name>.command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names, in the order of the first screen."""
        return list(screen.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The command of that name, loaded now."""
        if cmd_name not in screen.COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"qmsreport.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but a mistyped name gets a suggestion."""
        if args[0] not in screen.COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(
                f"There is no command '{args[0]}'.{suggest(args[0], screen.COMMANDS)}", ctx
            )
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, but an empty word is refused: `--as-of "$DAY"` without a DAY would mean now."""
        for before, word in zip(["", *args], args, strict=False):
            empty = (
                before if not word else word[:-1] if word.startswith("--") and word.endswith("=") else None
            )
            if empty is not None and not ctx.resilient_parsing:  # a shell completes what is half written
                where = f"after '{empty}' " if empty else ""
                raise click.UsageError(
                    f"There is an empty word {where}on the command line. "
                    "Give it a value, or leave it away; a variable may be unset.",
                    ctx,
                )
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002  # click's signature
        """The first screen."""
        return screen.text()


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@options.shared
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Audit reports from delivery metrics, service levels and control checks."""

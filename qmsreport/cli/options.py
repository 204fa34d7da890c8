"""Options that several commands take, and the configuration they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qmsreport.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from qmsreport.config import Config

_F = TypeVar("_F", bound=Callable[..., Any])
_C = TypeVar("_C", bound=click.Command)


@dataclass(slots=True)
class Common:
    """What was said before or after the command's name; the later word wins."""

    config: str | None = None
    verbose: bool = False
    is_stopped: Callable[[], bool] = lambda: False  # whether somebody asked to stop

    def go_on(self) -> None:
        """Stop here if that was asked and not heard: a library may swallow the interrupt in its own code.

        Raises:
            KeyboardInterrupt: somebody asked.
        """
        if self.is_stopped():
            raise KeyboardInterrupt

    def load(self) -> Config:
        """The configuration.

        Raises:
            ConfigError: when there is none, or with everything that is wrong with it.
        """
        from qmsreport.config import find, load

        return load(find(self.config))


def common(context: click.Context) -> Common:
    """The shared options of this run."""
    return context.ensure_object(Common)


def bundle(context: click.Context, named: Path | None) -> Path:
    """The report that a command is about: the one named, else the newest of the configured folder.

    Raises:
        UsageError: there is none.
    """
    from qmsreport.bundle import newest

    if named:
        return named
    config = common(context).load()
    reports = config.resolve(config.report.folder)
    found = newest(reports)
    if found is None:
        raise UsageError(f"There is no report in {reports}. Run 'qmsreport generate', or name a bundle.")
    return found


def shared(function: _F) -> _F:
    """Add `--config` and `-v`, on the group and on each command, and keep them in the context."""

    def keep_config(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            common(context).config = value

    def keep_verbose(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            common(context).verbose = True

    config = click.option(
        "--config",
        metavar="FILE",
        expose_value=False,
        callback=keep_config,
        help="The configuration; else $QMSREPORT_CONFIG, else ./qmsreport.toml.",
        shell_complete=lambda *_: [click.shell_completion.CompletionItem("", type="file")],
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=keep_verbose,
        help="Say more; show where an unexpected error came from.",
    )
    return config(verbose(function))


class FilePath(click.Path):
    """A path in which `~` is the home folder: a shell leaves `--out=~/reports` as it is."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does it."""
        return super().convert(os.path.expanduser(value), param, ctx)  # noqa: PTH111  # click's own paths are texts


def source_option(what: str) -> Callable[[_F], _F]:
    """`--source NAME`, repeatable; completes with the names in the configuration."""
    return click.option(
        "--source", "names", multiple=True, metavar="NAME", help=what, shell_complete=_complete_sources
    )


def examples(text: str) -> Callable[[_C], _C]:
    """Put examples under a command's help, as they stand."""

    def add(command: _C) -> _C:
        command.epilog = "\b\nExamples:\n" + "".join(f"  {line}\n" for line in text.strip().splitlines())
        return command

    return add


def _complete_sources(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[click.shell_completion.CompletionItem]:
    try:
        names = [entry.name for entry in common(context).load().sources]
    except ConfigError:
        return []
    return [click.shell_completion.CompletionItem(name) for name in names if name.startswith(incomplete)]

"""What may stand in `[sources.NAME]` of a Prometheus server, and what is wrong with it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from qmsreport.config import SloEntry
from qmsreport.errors import suggest
from qmsreport.http import HttpOptions
from qmsreport.sources import Context

COLLECTED = ("sli", "metrics", "targets", "rules", "alerts", "settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(HttpOptions):
    """`[sources.NAME]` with `kind = "prometheus"`."""

    url: str  # with the path prefix, if any, without credentials
    username: str = ""  # with password_env: basic authentication
    password_env: str = ""  # the variable that holds the password
    token_env: str = ""  # the variable that holds a bearer token
    parallel: int = 4  # queries at the same time
    chunk_days: float = 7.0  # how much one request asks for; less where the server's limits are low
    settle_seconds: float | None = None  # how old a window must be to be asked for; default: two windows
    resolution_seconds: int = 30  # how often a threshold objective's gauge is looked at: its scrape interval
    alert_step_seconds: int = 60  # the rules' evaluation interval
    collect: list[str] = field(default_factory=lambda: list(COLLECTED))  # leave out what is not wanted
    metrics: list[dict[str, Any]] = field(default_factory=list)  # none: machines and the monitoring itself
    default_metrics: bool = False  # ask for those beside `metrics`; one of the same name replaces its own


def wrong(options: Options, where: str) -> Iterator[str]:
    """A sentence for each option that cannot work."""
    parts = urlsplit(options.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield f"{where} url: must start with http:// or https:// and name a host."
    if parts.username or parts.password or parts.query:
        yield f"{where} url: holds credentials or a query. Use 'username' and 'password_env', or 'token_env'."
    for key in ("parallel", "chunk_days", "resolution_seconds", "alert_step_seconds", "timeout_seconds"):
        if getattr(options, key) <= 0:
            yield f"{where} {key}: must be more than 0."
    for word in options.collect:
        if word not in COLLECTED:
            yield f"{where} collect: there is no '{word}'.{suggest(word, COLLECTED)}"
    if options.token_env and options.username:
        yield f"{where} token_env: stands beside 'username'. Keep one of the two."
    if not re.fullmatch(r"[!-~]*", _held(options.token_env)):
        yield (
            f"{where} token_env: what {options.token_env} holds has blanks, line breaks or letters that no token has. "
            "Set it to the token alone."
        )


def secret(variable: str, where: str, problems: list[str]) -> str:
    """What the environment variable holds, if one is named; one that holds nothing adds to `problems`."""
    value = _held(variable)
    if variable and not value:
        problems.append(
            f"{where}: the environment variable {variable} is not set. Export it, or remove the key."
        )
    return value


def _held(variable: str) -> str:
    return os.environ.get(variable, "").strip("\r\n")  # what is read from a file ends with a line break


def twice(names: list[str]) -> list[str]:
    """The names that stand more than once."""
    return sorted({name for name in names if names.count(name) > 1})


def is_ours(slo: SloEntry, name: str, context: Context, problems: list[str]) -> bool:
    """Whether this server is to be asked for an objective; several servers and no choice is a problem."""
    if slo.source:
        return slo.source == name
    servers = [entry.name for entry in context.config.sources if entry.kind == "prometheus"]
    if len(servers) > 1 and servers[0] == name:  # said once, not by every server
        problems.append(
            f"The objective '{slo.id}' names no source, and there are {', '.join(servers)}. Set 'source' to one."
        )
    return len(servers) <= 1

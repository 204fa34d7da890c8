"""Servers that the tests of the sources share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sources.github_server import GitHubServer, Repo
    from tests.sources.github_world import Ledger


@pytest.fixture
def hub() -> Iterator[GitHubServer]:
    """A running GitHub with one empty repository; the test fails if anything strayed from GitHub's schemas."""
    from tests.sources.github_server import GitHubServer
    from tests.sources.github_world import REPO

    with GitHubServer() as running:
        running.repo(REPO)
        yield running
    assert not running.drift


@pytest.fixture
def repo(hub: GitHubServer) -> Repo:
    """That repository."""
    return next(iter(hub.repos.values()))


@pytest.fixture
def read(hub: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ledger]:
    """Run the `github` source once into a ledger (a new one, unless given) and return that."""
    from tests.sources.github_world import NOW, SINCE, Ledger, make

    def run(
        ledger: Ledger | None = None, since: datetime = SINCE, until: datetime = NOW, **options: Any
    ) -> Ledger:
        ledger = ledger or Ledger()
        ledger.take(make(hub, tmp_path, monkeypatch, **options).extract(since, until, ledger))
        return ledger

    return run

"""What the tests of the `github` source share: a configuration, a ledger in memory, and rows as dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from qmsreport import config
from qmsreport.extracts import Extract
from qmsreport.services import ServiceMap
from qmsreport.sources import Context, github
from tests.sources.github_server import GitHubServer, Repo

NOW = datetime(2026, 10, 1)  # noqa: DTZ001  # naive UTC, as inside
SINCE = datetime(2026, 6, 1)  # noqa: DTZ001  # naive UTC, as inside
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
JULY = datetime(2026, 7, 1, 8)  # noqa: DTZ001  # as above
REPO = "acme/checkout"
CONFIG = """
[organisation]
name = "Acme"
[[service]]
name = "checkout"
repositories = ["acme/checkout"]
[[service]]
name = "cart"
repositories = ["acme/shop"]
paths = ["cart/"]
[[service]]
name = "cart-api"
repositories = ["acme/shop"]
paths = ["api/cart"]
labels = ["cart api"]
"""


class Ledger:
    """Keeps extracts as the warehouse's ledger does, and answers what a source asks about them."""

    def __init__(self) -> None:
        self.extracts: list[Extract] = []

    def covered_until(self, subject: str) -> datetime | None:
        return max((one.window_end for one in self._good(subject) if one.window_end), default=None)

    def cursor(self, subject: str) -> str | None:
        return next((one.cursor for one in reversed(self._good(subject)) if one.cursor), None)

    def raw_sha256(self, subject: str) -> str | None:
        return next((one.raw_sha256 for one in reversed(self._good(subject)) if one.raw_sha256), None)

    def take(self, extracts: Iterable[Extract]) -> list[Extract]:
        """Keep them one by one, as a run does; what is kept before a failure stays."""
        first = len(self.extracts)
        for one in extracts:
            self.extracts.append(one)
        return self.extracts[first:]

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The newest version of each record of a kind, in the order they came."""
        from qmsreport.records import key_of

        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for extract in self.extracts:
            for batch in extract.batches:
                if batch.kind == kind:
                    for row in batch.rows.to_dicts():
                        found[tuple(row[name] for name in key_of(kind))] = row
        return list(found.values())

    def _good(self, subject: str) -> list[Extract]:
        return [one for one in self.extracts if one.subject == subject and not one.error]


def make(
    server: GitHubServer, folder: Path, monkeypatch: Any, now: datetime = NOW, **options: Any
) -> github.GitHub:
    """A source that asks this server, as of a fixed moment; the token is in the environment."""
    path = folder / "qmsreport.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("QMS_TEST_TOKEN", server.token)
    loaded = config.load(path)
    chosen = github.Options(
        **{
            "repositories": list(server.repos),
            "url": server.url,
            "token_env": "QMS_TEST_TOKEN",
            "backoff_seconds": 0.001,
            **options,
        }
    )
    return github.create("hub", chosen, Context(loaded, ServiceMap(loaded.services), lambda: now))


def app_key(folder: Path) -> dict[str, Any]:
    """Make an App's key in `folder`; returns the options that name it."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (folder / "app.pem").write_bytes(pem)
    return {"app_id": "12", "installation_id": 34, "private_key_file": "app.pem"}


def history(
    repo: Repo, count: int, *, environment: str = "production", step: timedelta = 4 * HOUR
) -> list[str]:
    """`count` merged and deployed changes on a line; returns the shas that were deployed."""
    shas: list[str] = [repo.commit("root", JULY - DAY)]
    for index in range(count):
        at = JULY + index * step
        shas.append(repo.commit(f"merge-{index}", at, shas[-1]))
        own = repo.commit(f"own-{index}", at - 2 * HOUR)
        repo.pull(at - 3 * HOUR, [(own, at - 2 * HOUR)], merged=at, merge_sha=shas[-1])
        repo.deploy(
            shas[-1],
            at + MINUTE,
            ("in_progress", at + 2 * MINUTE),
            ("success", at + 5 * MINUTE),
            environment=environment,
        )
    return shas[1:]


def one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The only row there is."""
    (row,) = rows
    return row


def protection(**reviews: Any) -> dict[str, Any]:
    """A classic protection as REST shows it."""
    off = {"enabled": False}
    url = "https://github.test/x"
    return {
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": True,
            "require_code_owner_reviews": False,
            "required_approving_review_count": 1,
            **reviews,
        },
        "required_status_checks": {
            "contexts": ["build"],
            "checks": [{"context": "build", "app_id": 1}],
            "strict": True,
        },
        "enforce_admins": {"url": url, "enabled": True},
        "allow_force_pushes": off,
        "allow_deletions": off,
    }

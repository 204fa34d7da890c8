"""A real repository, built step by step by git itself, with dates that are the same in every run."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

START = int(datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp())


@dataclass
class Clone:
    """One repository; each commit and tag is made an hour after the one before, unless told when."""

    path: Path
    now: int = START

    @classmethod
    def new(cls, path: Path, *options: str) -> Clone:
        """An empty one whose branch is `main`."""
        subprocess.run(["git", "init", "-q", "-b", "main", *options, str(path)], check=True)
        return cls(path)

    def git(self, *arguments: str, author: str = "Ann <ann@example.com>", at: int | None = None) -> str:
        """One git command as this author at that time (Unix seconds); its answer, stripped."""
        when = f"{self.now if at is None else at} +0000"
        name, address = author.removesuffix(">").split(" <")
        dated = {"DATE": when, "NAME": name, "EMAIL": address}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in dated.items()}
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            env={**os.environ, **who, "GIT_EDITOR": "true", "GIT_ALLOW_PROTOCOL": "file"},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace").strip()

    def step(self, *arguments: str, author: str = "Ann <ann@example.com>", at: int | None = None) -> str:
        """As `git`, an hour later; the commit that is then checked out."""
        self.now += 3600
        self.git(*arguments, author=author, at=at)
        return self.git("rev-parse", "HEAD")

    def commit(
        self, message: str, *paths: str, author: str = "Ann <ann@example.com>", at: int | None = None
    ) -> str:
        """A commit that changes these files; its sha."""
        for path in paths or ("file.txt",):
            file = self.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{message} {self.now}\n")
            self.git("add", "--", path)
        return self.step("commit", "-q", "-m", message, author=author, at=at)

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Start a branch and check it out."""
        self.git("checkout", "-q", "-b", name, start)

    def merge(self, name: str, message: str | None = None, into: str = "main") -> str:
        """Merge a branch with a merge commit; its sha."""
        self.git("checkout", "-q", into)
        return self.step("merge", "-q", "--no-ff", "-m", message or f"Merge branch '{name}'", *name.split())

    def tag(self, name: str, commit: str = "HEAD", *, message: str | None = None) -> None:
        """A tag: annotated where there is a message, else lightweight; one of that name is moved."""
        self.now += 3600
        self.git("tag", "-f", *(("-a", "-m", message) if message else ()), name, commit)

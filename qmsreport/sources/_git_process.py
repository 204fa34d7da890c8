"""Asking git: one process per question, answers streamed, every failure one sentence.

The `git` program is used rather than libgit2. On a repository of 100,000 commits `git log` delivered 89,000 a
second to Python where a libgit2 walk delivered 79,000, but in a process of its own: a second core reads while
the first parses. And it reads every repository that git can: partial clones, SHA-256 objects, reftables.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from qmsreport.errors import Malformed, Rejected, SourceError, Unavailable
from qmsreport.sources._paths import shown

_BLOCK = 1 << 20  # also the pipe's size
_AHEAD = 16  # blocks that are read while we build frames, so that git need not wait
# what may reach git from our own environment: never a GIT_DIR that a hook or a wrapper left behind
_KEPT = re.compile(r"GIT_(CONFIG_|EXEC_PATH$|TRACE)")
_NOTHING_FOUND = 1  # the exit code; of a failure it is another
_BROKEN_REF = re.compile(r"ignoring broken ref (\S+)")
_SETTINGS = {
    "LC_ALL": "C",  # the reasons below are matched in English
    "GIT_NO_REPLACE_OBJECTS": "1",  # the commits as they were made, not what a local replacement shows
    "GIT_GRAFT_FILE": os.devnull,  # nor with the parents that a local graft gives them
    "GIT_FLUSH": "0",  # in blocks: git otherwise wakes the reader of a pipe for every single commit
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone must not fetch behind our back
    "GIT_NO_LAZY_FETCH": "1",
}


@dataclass(frozen=True)
class Repository:
    """One clone, bare or not, under the name that its facts carry."""

    path: Path
    name: str = ""

    def run(self, *arguments: str, lines: Iterable[str] = ()) -> str:
        """Everything that one git command answers, stray bytes as `\\xff`.

        Raises:
            SourceError: of the class that fits, with a sentence about this repository.
        """
        return b"".join(self._blocks(arguments, lines)).decode("utf-8", "backslashreplace")

    def texts(self, *arguments: str, lines: Iterable[str] = (), mark: str) -> Iterator[list[str]]:
        """The texts that one git command answers, each begun by `mark` and ended by a NUL, as they arrive.

        A text may hold NULs of its own, but none before a `mark`. Stray bytes become U+FFFD. Errors as in `run`.
        """
        separator = b"\0" + mark.encode()
        rest = b"\0"
        for block in self._blocks(arguments, lines):
            whole, found, left = (rest + block).rpartition(separator)
            if whole:
                yield _texts(whole, separator)
            rest = found + left
        if rest != b"\0":
            yield _texts(rest.removesuffix(b"\0"), separator)

    def resolve(self, word: str) -> str | None:
        """The commit that a ref or an object name stands for, or `None`."""
        try:
            return self.run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", word + "^{commit}"
            ).strip()
        except NoAnswer:
            return None

    @cached_property
    def shallow_at(self) -> frozenset[str]:
        """The commits whose parents a shallow clone left out; empty for a whole one."""
        if self.run("rev-parse", "--is-shallow-repository").strip() != "true":
            return frozenset()
        file = Path(self.path, self.run("rev-parse", "--git-path", "shallow").strip())
        return frozenset(file.read_text("ascii").split())

    def _blocks(self, arguments: Iterable[str], lines: Iterable[str]) -> Iterator[bytes]:
        self._look()
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
            asked.writelines(f"{line}\n".encode() for line in lines)
            asked.seek(0)
            command = ["git", "-C", str(self.path), "-c", "log.showSignature=false", *arguments]
            with (
                ThreadPoolExecutor(1) as ahead,
                _started(command, self._environment(), asked, said) as process,
            ):
                assert process.stdout is not None  # noqa: S101  # a pipe was asked for
                read = process.stdout.read
                coming = deque(ahead.submit(read, _BLOCK) for _ in range(_AHEAD))
                while block := coming.popleft().result():
                    coming.append(ahead.submit(read, _BLOCK))
                    yield block
            said.seek(0)
            self._judge(process.returncode, said.read().decode("utf-8", "replace").strip(), arguments)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_" or _KEPT.match(name)}
        # a folder inside some other repository is not that repository, nor is a link to one
        return {**kept, **_SETTINGS, "GIT_CEILING_DIRECTORIES": str(self.path.resolve().parent)}

    def _look(self) -> None:
        try:
            with os.scandir(self.path):
                return
        except FileNotFoundError as error:
            raise Rejected(
                f"Cannot read the repository {self.path}: there is no such folder. Clone it there, or mend the path in the configuration."
            ) from error
        except PermissionError as error:
            raise Rejected(
                f"Cannot read the repository {self.path}: permission denied. Let the account that runs qmsreport read it."
            ) from error
        except OSError as error:
            raise Rejected(
                f"Cannot read the repository {self.path}: {error.strerror}. Name the folder of a clone."
            ) from error

    def _judge(self, code: int, said: str, arguments: Iterable[str]) -> None:
        broken = _BROKEN_REF.search(said)
        if broken:  # git leaves it out as if it had been deleted
            raise Malformed(
                f"Cannot read the repository {self.path}: its {broken[1]} is damaged. Delete the file of that name "
                "in its git folder, and fetch again."
            )
        if code == _NOTHING_FOUND:
            raise NoAnswer(
                f"Cannot read the repository {self.path}: git had no answer. Run 'git fsck' in it."
            )
        if code:
            raise self._sentence(said, arguments)

    def _sentence(self, said: str, arguments: Iterable[str]) -> SourceError:
        at = f"Cannot read the repository {self.path}:"
        if "dubious ownership" in said:
            return Rejected(
                f"{at} it belongs to another account, and git refuses such. Run as its owner, or allow it with "
                f"'git config --global --add safe.directory {self.path}'."
            )
        if "ermission denied" in said:
            return Rejected(
                f"{at} permission denied. Let the account that runs qmsreport read everything in it."
            )
        if "not a git repository" in said:
            return Malformed(
                f"{at} it is not a git repository. Name the top folder of a clone, or a bare one."
            )
        if "promisor" in said or "lazy fetch" in said or "not allowed" in said:
            return Malformed(
                f"{at} it is a partial clone without the objects that were asked for. Clone it without --filter."
            )
        words = f"said “{said.splitlines()[-1]}”" if said else "ended without a word"
        return Malformed(f"{at} 'git {next(iter(arguments), '')}' {words}. Run 'git fsck' in it.")


class NoAnswer(Malformed):
    """Git found nothing: what its exit code says for a name it does not know."""


@contextlib.contextmanager
def _started(
    command: list[str], environment: dict[str, str], asked: IO[bytes], said: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(  # noqa: S603  # a list, no shell; names are checked or resolved to object ids
            command, env=environment, stdin=asked, stdout=subprocess.PIPE, stderr=said, pipesize=_BLOCK
        )
    except FileNotFoundError as error:
        raise Unavailable(
            "Cannot read any repository: the program 'git' is not installed. Install the package git."
        ) from error
    with process:
        try:
            yield process
        except BaseException:
            process.kill()  # nobody reads on: an abandoned walk must not go on in the background
            raise


def version() -> str:
    """The version of the installed git.

    Raises:
        Unavailable: when there is none.
    """
    with (
        tempfile.TemporaryFile() as nothing,
        _started(["git", "--version"], dict(os.environ), nothing, nothing) as process,
    ):
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        return process.stdout.read().decode().strip().removeprefix("git version ")


def name_of(path: Path, origin: str) -> str:
    """The logical name of a clone: its origin's path without host and credentials, else its folder's name.

    `https://user:token@host/acme/shop.git` and `git@host:acme/shop` are both `acme/shop`. An origin that is
    itself a folder gives that folder's name, because the rest of its path says nothing about the project.
    """
    remote = re.fullmatch(r"(?:[a-z][a-z0-9+.-]*://(?!/)[^/]+/|[^/:]+:(?!/?/))(?P<path>.+)", origin.strip())
    if remote and not origin.startswith("file:"):
        named = re.sub(r"[?#].*$", "", remote["path"]).strip("/")
    else:
        folder = Path(origin.removeprefix("file://")) if origin else path.absolute()
        named = shown(folder.parent.name if folder.name == ".git" else folder.name)
    return named.removesuffix(".git").strip("/") or "repository"


def _texts(block: bytes, separator: bytes) -> list[str]:
    return block.decode("utf-8", "replace").split(separator.decode())[1:]

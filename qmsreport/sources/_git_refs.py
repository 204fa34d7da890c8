"""Which branch is the main one, and which tags there are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from typing import NamedTuple

from qmsreport.errors import Rejected, suggest
from qmsreport.sources._git_log import seconds
from qmsreport.sources._git_process import NoAnswer, Repository

_TAG = "%00".join(
    (
        *("%(refname:strip=2)", "%(objectname)", "%(objecttype)", "%(*objectname)", "%(*objecttype)"),
        *("%(creatordate:unix)", "%(committerdate:unix)%(*committerdate:unix)"),
        *("%(taggername)", "%(taggeremail:trim)", "%(contents:subject)"),
    )
)


class Branch(NamedTuple):
    """A branch: its short name, and its newest commit, `None` while it has none."""

    name: str
    tip: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag on a commit; times in Unix seconds."""

    name: str
    object_id: str  # the tag's own, for an annotated one; a moved or rewritten tag has another
    sha: str
    groups: dict[str, str]  # the named parts of the pattern that it matches
    tagged: int | None  # a lightweight tag has no time of its own: its commit's
    committed: int | None
    tagger: tuple[str, str] | None  # name and address; only an annotated tag says
    title: str | None


def main_branch(repository: Repository, wanted: str) -> Branch:
    """The branch to read: the one named, else the origin's default branch, else the one checked out.

    Where the clone follows an origin, what the origin had at the last fetch is read rather than the local
    branch of the same name: it is what the others see.

    Raises:
        Rejected: when the named branch is not there.
        SourceError: when git cannot read the repository.
    """
    listed = repository.run(
        "for-each-ref", "--format=%(refname) %(symref)", "refs/heads", "refs/remotes/origin"
    )
    refs = dict(line.partition(" ")[::2] for line in listed.splitlines())
    heads = "refs/heads/", "refs/remotes/origin/"
    if not wanted:
        default = refs.get("refs/remotes/origin/HEAD") or _head(repository)
        wanted = next((default[len(start) :] for start in heads if default.startswith(start)), default)
    short = next((wanted[len(start) :] for start in heads if wanted.startswith(start)), wanted)
    for ref in (wanted, f"refs/remotes/origin/{short}", f"refs/heads/{short}"):
        if ref in refs:
            return Branch(short, repository.resolve(ref))
    if not refs or short == "HEAD":
        return Branch(short, repository.resolve("HEAD") if short == "HEAD" else None)
    known = {ref[len(start) :] for ref in refs for start in heads if ref.startswith(start)} - {"HEAD"}
    raise Rejected(
        f"Cannot read the branch '{short}' of {repository.name}: {repository.path} has no such branch.{suggest(short, known)} Mend 'branch' in the configuration, or fetch it."
    )


def _head(repository: Repository) -> str:
    try:
        return repository.run("symbolic-ref", "--quiet", "HEAD").strip()
    except NoAnswer:  # detached
        return "HEAD"


def tag_pattern(pattern: str) -> re.Pattern[str]:
    r"""A tag pattern as a regular expression that must match the whole name.

    It is read as a glob unless it holds one of `\ ( ) ^ $ + | { }`, which no glob needs.

    Raises:
        re.error: when it is neither.
    """
    is_regex = any(letter in pattern for letter in "\\()^$+|{}")
    return re.compile(pattern if is_regex else translate(pattern))


def tags(repository: Repository, pattern: re.Pattern[str]) -> tuple[list[Tag], int]:
    """The tags that match and stand on a commit, by name; and how many match but stand on something else.

    Raises:
        SourceError: when git cannot read the repository.
    """
    found, elsewhere = [], 0
    for line in repository.run("for-each-ref", f"--format={_TAG}", "refs/tags").split("\n")[:-1]:
        name, own, kind, peeled, peeled_kind, at, committed, tagger, address, title = line.split("\0", 9)
        match = pattern.fullmatch(name)
        if not match:
            continue
        sha = {"commit": own, "tag commit": peeled}.get(f"{kind} {peeled_kind}".strip())
        if peeled_kind == "tag":  # a tag on a tag
            sha = repository.resolve(own)
            committed = repository.run("show", "-s", "--format=%ct", sha).strip() if sha else ""
        if not sha:
            elsewhere += 1
            continue
        annotated = kind == "tag"
        found.append(
            Tag(
                name=name,
                object_id=own,
                sha=sha,
                groups={key: value for key, value in match.groupdict().items() if value},
                tagged=seconds(at) if at else seconds(committed),
                committed=seconds(committed),
                tagger=(tagger, address) if annotated else None,
                title=title if annotated else None,
            )
        )
    return found, elsewhere


def digest(*parts: object) -> str:
    """A hash over what decides an answer: equal parts give equal text."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def lines_digest(lines: Iterable[str]) -> str:
    """SHA-256 over lines, as the ledger keeps it for what an extract came from."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()

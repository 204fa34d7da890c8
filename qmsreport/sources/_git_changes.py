"""Which commits of a branch are changes, and what their messages say: pure, one commit at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from qmsreport.sources._git_log import Entry

# what the providers write when they merge; the first line of the body is the request's title
_MERGES = re.compile(
    r"Merge pull request #\d+ from (?:[^/\s]+/)?(\S+)"  # GitHub, Gitea
    r"|Merge pull request #\d+ in \S+ from (\S+) to \S+"  # Bitbucket Data Center
    r"|Merged in (\S+) \(pull request #\d+\)"  # Bitbucket
)
_PLAIN = re.compile(r"Merge (?:remote-tracking )?branch(?:es)? '(?:origin/)?([^']+)'")  # git, GitLab
_AZURE = re.compile(r"Merged PR \d+: (?P<title>.+)")
_SQUASH = re.compile(r"\((?:#|!)\d+\)\s*$")
_FIRST_WORD = re.compile(r"\W*(\w+)")
_WEB_COMMITTERS = frozenset({"noreply@github.com", "noreply@gitlab.com"})


class Message(NamedTuple):
    """What a change's message tells: its title, and the branch it came from where the message names it."""

    title: str
    branch: str | None


def read_message(subject: str, body: str) -> Message:
    """The request's own title and branch behind a provider's merge message; any other message as it stands."""
    azure = _AZURE.fullmatch(subject)
    if azure:
        return Message(azure["title"], None)
    plain = _PLAIN.match(subject)
    found = plain or _MERGES.match(subject)
    if not found:
        return Message(subject, None)
    titled = (
        not plain or "See merge request" in body
    )  # else the body is git's own list of commits or conflicts
    lines = body.strip().splitlines() if titled else []
    return Message(lines[0].rstrip() if lines else subject, found[found.lastindex or 0])


def is_change(entry: Entry, rule: str) -> bool:
    """Whether a commit is a change.

    Args:
        entry: the commit; for "merges" one of the branch's first-parent line.
        rule: "merges": merges and squashed requests on that line. "commits": every commit but merges.
    """
    is_merge = len(entry.parents) > 1
    if rule == "commits":
        return not is_merge
    return is_merge or bool(_SQUASH.search(entry.subject) or _AZURE.match(entry.subject))


def merged_by(entry: Entry) -> str | None:
    """Who merged: the merge's author; of a squash its committer, unless that is only the provider's web site."""
    who = (entry.author if len(entry.parents) > 1 else entry.committer).login
    return None if who in _WEB_COMMITTERS else who


def is_unplanned(patterns: Sequence[re.Pattern[str]], refs: Sequence[str | None], title: str | None) -> bool:
    """Whether a branch's or tag's name, or the first word of a title, says hotfix, revert or the like.

    Only the first word: “Revert "Add search"” and “Hotfix: checkout” are meant so, “Describe the hotfix
    process” is not.
    """
    word = _FIRST_WORD.match(title or "")
    named = [name for name in (*refs, word and word[1]) if name]
    return any(any(map(pattern.search, named)) for pattern in patterns)

"""Which commits of a branch are changes, and what their messages say: pure, one commit at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from qmsreport.sources._git_log import Entry

# what the providers write when they merge; the first line of the body is the request's title
_MERGES = (
    re.compile(r"Merge pull request #\d+ from (?:[^/\s]+/)?(?P<branch>\S+)"),  # GitHub, Gitea
    re.compile(r"Merge pull request #\d+ in \S+ from (?P<branch>\S+) to \S+"),  # Bitbucket Data Center
    re.compile(r"Merged in (?P<branch>\S+) \(pull request #\d+\)"),  # Bitbucket
)
_PLAIN = re.compile(
    r"Merge (?:remote-tracking )?branch(?:es)? '(?:origin/)?(?P<branch>[^']+)'"
)  # git, GitLab
_AZURE = re.compile(r"Merged PR \d+: (?P<title>.+)")
_SQUASH = re.compile(r"\((?:#|!)\d+\)\s*$")
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
    found = plain or next((match for pattern in _MERGES if (match := pattern.match(subject))), None)
    if not found:
        return Message(subject, None)
    titled = (
        not plain or "See merge request" in body
    )  # else the body is git's own list of commits or conflicts
    written = next((line.strip() for line in body.splitlines() if line.strip()), "") if titled else ""
    return Message(written or subject, found["branch"])


def is_change(entry: Entry, rule: str, *, on_line: bool) -> bool:
    """Whether a commit is a change.

    Args:
        entry: the commit.
        rule: "merges": merges and squashed requests on the branch's first-parent line. "commits": every
            commit of the branch but merges.
        on_line: whether it stands on that line.
    """
    is_merge = len(entry.parents) > 1
    if rule == "commits":
        return not is_merge
    squashed = _SQUASH.search(entry.subject) or _AZURE.match(entry.subject)
    return rule == "merges" and on_line and (is_merge or bool(squashed))


def merged_by(entry: Entry) -> str | None:
    """Who merged: the merge's author; of a squash its committer, unless that is only the provider's web site."""
    who = (entry.author if len(entry.parents) > 1 else entry.committer).login
    return None if who in _WEB_COMMITTERS else who


def is_unplanned(patterns: Sequence[re.Pattern[str]], refs: Sequence[str | None], title: str | None) -> bool:
    """Whether a branch's or tag's name, or the first word of a title, says hotfix, revert or the like.

    Only the first word: “Revert "Add search"” and “Hotfix: checkout” are meant so, “Describe the hotfix
    process” is not.
    """
    word = re.match(r"\W*(\w+)", title or "")
    named = [name for name in (*refs, word and word[1]) if name]
    return any(pattern.search(name) for pattern in patterns for name in named)

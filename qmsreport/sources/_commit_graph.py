"""Questions to a commit graph, answered over parent positions; no repository and no clock is asked.

Commits are numbered so that **parents come before their children**. A commit's number then bounds how far a
walk must go, whatever its recorded times say: clocks are wrong in real repositories, positions are not. A
parent that is not in the graph (a shallow clone, or history left out on purpose) is simply absent.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

Parents = Sequence[
    Sequence[int]
]  # for each position the positions of its parents, all smaller; first parent first

_NEW, _OLD = 1, 2


class CommitGraph:
    """Commits in the order they were added, parents first."""

    __slots__ = ("incomplete", "parents", "positions", "shas")

    def __init__(self) -> None:
        self.shas: list[str] = []
        self.positions: dict[str, int] = {}
        self.parents: list[tuple[int, ...]] = []
        self.incomplete: set[int] = set()  # positions with a parent that is not in the graph

    def add(self, sha: str, parents: Sequence[str]) -> int:
        """Add one commit after all its known parents; its position."""
        position = len(self.shas)
        try:
            known = tuple(map(self.positions.__getitem__, parents))
        except KeyError:
            known = tuple(self.positions[parent] for parent in parents if parent in self.positions)
            self.incomplete.add(position)
        self.positions[sha] = position
        self.shas.append(sha)
        self.parents.append(known)
        return position


def build(commits: Iterable[tuple[str, Sequence[str]]]) -> CommitGraph:
    """A graph of `(sha, parent shas)` in any order, for histories that arrive unsorted; repeats are ignored.

    Raises:
        ValueError: when a commit is its own ancestor, which no repository can hold.
    """
    listed = {sha: tuple(parents) for sha, parents in commits}
    graph = CommitGraph()
    entered: set[str] = set()
    for start in listed:
        stack = [start]
        while stack:
            sha = stack[-1]
            if sha in graph.positions:
                stack.pop()
                continue
            waiting = [parent for parent in listed[sha] if parent in listed and parent not in graph.positions]
            if not waiting:
                graph.add(stack.pop(), listed[sha])
            elif sha in entered:
                raise ValueError(f"commit {sha} is its own ancestor")
            else:
                entered.add(sha)
                stack.extend(waiting)
    return graph


def only_in(parents: Parents, new: int, old: int) -> list[int]:
    """The commits reachable from `new` (itself too) and not from `old`, newest position first.

    Walks down by position, so each commit is met after all its descendants and its marks are final. It stops
    when nothing is left that only `new` reaches: the cost follows the size of the answer, not of the history.
    """
    if new == old:
        return []
    marks = {new: _NEW, old: _OLD}
    queue = [-new, -old]
    heapq.heapify(queue)
    undecided = 1  # queued commits that only `new` reaches so far
    found = []
    while undecided:
        position = -heapq.heappop(queue)
        mark = marks.pop(position)
        if mark == _NEW:
            undecided -= 1
            found.append(position)
        for parent in parents[position]:
            before = marks.get(parent, 0)
            after = before | mark
            if not before:
                heapq.heappush(queue, -parent)
            if after != before:
                marks[parent] = after
                undecided += (after == _NEW) - (before == _NEW)
    return found


def is_ancestor(parents: Parents, ancestor: int, descendant: int) -> bool:
    """Whether `ancestor` is reachable from `descendant`; a commit is an ancestor of itself."""
    return not only_in(parents, ancestor, descendant)


class OwnCommits:
    """What each merge along a branch's first-parent line brought in, each commit handed out once.

    Ask for the line's commits oldest first, beginning with a root or with a commit whose first parent, and all
    that is reachable from it, is not in the graph. Then every commit is visited once over the whole line.
    """

    __slots__ = ("_parents", "_taken")

    def __init__(self, parents: Parents) -> None:
        self._parents = parents  # may grow between the calls
        self._taken = bytearray()

    def of(self, position: int, others: Sequence[int]) -> list[int]:
        """The commits reachable from `others`, its parents but the first, and not from the first."""
        self._taken.extend(bytes(len(self._parents) - len(self._taken)))
        own = self._claim(others)
        self._taken[position] = 1
        return sorted(own)

    def _claim(self, starts: Sequence[int]) -> list[int]:
        claimed = []
        stack = list(starts)
        while stack:
            position = stack.pop()
            if not self._taken[position]:
                self._taken[position] = 1
                claimed.append(position)
                stack.extend(self._parents[position])
        return claimed

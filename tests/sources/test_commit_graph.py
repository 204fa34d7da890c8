"""The commit graph answers what git itself answers, over any history."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsreport.sources._commit_graph import CommitGraph, OwnCommits, build, is_ancestor, only_in

Dag = list[list[int]]


@st.composite
def dags(draw: st.DrawFn) -> Dag:
    """Parents of up to 14 commits: roots, lines, merges of two and three, criss-crosses."""
    size = draw(st.integers(1, 14))
    return [
        draw(st.lists(st.integers(0, position - 1), max_size=3, unique=True)) if position else []
        for position in range(size)
    ]


def reachable(parents: Dag, start: int) -> set[int]:
    """The plain definition."""
    seen = {start}
    for parent in parents[start]:
        seen |= reachable(parents, parent)
    return seen


def git(folder: Path, *arguments: str, text: str | None = None) -> str:
    """One git command's answer."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout


def imported(folder: Path, parents: Dag, times: list[int]) -> list[str]:
    """The graph as real commits with these committer times, in a repository of its own; their shas."""
    subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
    lines = []
    for position, (above, time) in enumerate(zip(parents, times, strict=True)):
        # each commit on a ref of its own, so that a root does not continue the commit before it
        lines += [f"commit refs/heads/b{position}", f"mark :{position + 1}"]
        lines += [f"committer A <a@example.com> {time} +0000", f"data {len(str(position))}", str(position)]
        lines += [f"{'merge' if number else 'from'} :{parent + 1}" for number, parent in enumerate(above)]
        lines.append("")
    git(folder, "fast-import", "--quiet", text="\n".join(lines) + "\n")
    return [git(folder, "rev-parse", f"b{position}").strip() for position in range(len(parents))]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh folder for each example."""

    def made() -> Iterator[Path]:
        while True:
            yield tmp_path_factory.mktemp("dag") / "r.git"

    return made()


@given(dag=dags(), data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_only_in_equals_rev_list(dag: Dag, data: st.DataObject, folders: Iterator[Path]) -> None:
    """The commits of a deployment equal `git rev-list new ^old` over random graphs with random clocks."""
    times = data.draw(st.lists(st.integers(0, 2_000_000_000), min_size=len(dag), max_size=len(dag)))
    folder = next(folders)
    shas = imported(folder, dag, times)
    graph = build(
        (line.split()[0], line.split()[1:])
        for line in git(folder, "rev-list", "--parents", "--all").splitlines()
    )
    for _ in range(3):
        new, old = data.draw(st.integers(0, len(dag) - 1)), data.draw(st.integers(0, len(dag) - 1))
        got = only_in(graph.parents, graph.positions[shas[new]], graph.positions[shas[old]])
        assert {graph.shas[position] for position in got} == set(
            git(folder, "rev-list", shas[new], f"^{shas[old]}").split()
        )


@given(dag=dags(), data=st.data())
def test_only_in_equals_its_definition(dag: Dag, data: st.DataObject) -> None:
    """Each commit is handed out once, and only what the definition says."""
    new, old = data.draw(st.integers(0, len(dag) - 1)), data.draw(st.integers(0, len(dag) - 1))
    got = only_in(dag, new, old)
    assert len(got) == len(set(got))
    assert set(got) == reachable(dag, new) - reachable(dag, old)
    assert is_ancestor(dag, new, old) == (new in reachable(dag, old))


@given(dag=dags())
def test_own_commits_equal_their_definition_along_the_line(dag: Dag) -> None:
    """A merge's own commits are those that its other parents reach and its first does not."""
    line = [len(dag) - 1]
    while dag[line[-1]]:
        line.append(dag[line[-1]][0])
    own = OwnCommits(dag)
    for position in reversed(line):
        first, others = dag[position][:1], dag[position][1:]
        wanted = set().union(*(reachable(dag, other) for other in others), set())
        wanted -= reachable(dag, first[0]) if first else set()
        assert own.of(position, others) == sorted(wanted)


@given(dag=dags(), data=st.data())
def test_build_sorts_any_order(dag: Dag, data: st.DataObject) -> None:
    """However the commits arrive, parents come first and no edge is lost."""
    named = [(f"c{position}", [f"c{parent}" for parent in parents]) for position, parents in enumerate(dag)]
    graph = build(data.draw(st.permutations(named)))
    edges = {sha: [graph.shas[parent] for parent in graph.parents[graph.positions[sha]]] for sha, _ in named}
    assert edges == dict(named)
    assert all(parent < position for position, above in enumerate(graph.parents) for parent in above)


def test_build_refuses_a_cycle() -> None:
    """A commit that is its own ancestor cannot be, and is not walked for ever."""
    with pytest.raises(ValueError, match="its own ancestor"):
        build([("a", ["b"]), ("b", ["a"])])


def test_a_missing_parent_is_remembered() -> None:
    """A commit whose parent is not there (a shallow clone) is kept and marked."""
    graph = CommitGraph()
    graph.add("child", ["beyond"])
    graph.add("grandchild", ["child", "other"])
    assert graph.parents == [(), (0,)]
    assert graph.incomplete == {0, 1}


def test_unrelated_roots_share_nothing() -> None:
    """Between two histories without a common commit everything of the new one is new."""
    assert only_in([[], [0], [], [2]], 3, 1) == [3, 2]


def test_criss_cross_merges_leave_only_what_is_new() -> None:
    """Two branches merged into each other: each side brings only its own merge and later work."""
    #        0 ── 1 ─┬─ 3 ── 5
    #         └── 2 ─┴─ 4
    parents = [[], [0], [0], [1, 2], [2, 1], [3]]
    assert sorted(only_in(parents, 5, 4)) == [3, 5]
    assert only_in(parents, 4, 5) == [4]


def test_a_long_history_is_not_walked_for_a_short_answer() -> None:
    """The walk reads the parents of a few commits, not of the 100,000 below them."""

    class Counting(list[list[int]]):
        read = 0

        def __getitem__(self, position):  # type: ignore[no-untyped-def]
            type(self).read += 1
            return super().__getitem__(position)

    line = Counting([[], *([position] for position in range(100_000))])
    assert only_in(line, 100_000, 99_990) == list(range(100_000, 99_990, -1))
    assert Counting.read < 50

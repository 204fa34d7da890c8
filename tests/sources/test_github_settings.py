"""Branch rules of the `github` source as settings."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from qmsreport import assets
from qmsreport.sources._github_settings import effective
from tests.sources.github_schema import openapi
from tests.sources.github_server import GitHubServer, Repo
from tests.sources.github_world import REPO, Ledger, history, one, protection


def settings(ledger: Ledger) -> dict[str, str | None]:
    """The settings by key."""
    return {row["key"]: row["value"] for row in ledger.rows("settings")}


def ruleset(repo: Repo, number: int, *rules: dict[str, Any], bypass: int = 0) -> None:
    """Add a ruleset whose rules hold for the default branch."""
    more = {"ruleset_source_type": "Repository", "ruleset_source": repo.name, "ruleset_id": number}
    repo.rules += [rule | more for rule in rules]
    actor = {"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}
    repo.rulesets[number] = openapi().full(
        "repository-ruleset", id=number, name="main", enforcement="active", bypass_actors=[actor] * bypass
    )


def test_effective_rules_are_the_stricter_of_protection_and_rulesets(repo: Repo, read: Any) -> None:
    """Classic protection and rulesets are read as one effective setting each."""
    repo.protection = protection(dismiss_stale_reviews=False)
    ruleset(
        repo,
        7,
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 2,
                "dismiss_stale_reviews_on_push": True,
                "require_code_owner_review": False,
                "require_last_push_approval": True,
                "required_review_thread_resolution": False,
            },
        },
        {"type": "non_fast_forward"},
        {
            "type": "required_status_checks",
            "parameters": {
                "required_status_checks": [{"context": "lint"}],
                "strict_required_status_checks_policy": True,
            },
        },
        bypass=3,
    )
    ledger = read()
    found = settings(ledger)
    assert found["change.required_approvals"] == "2"
    assert (
        found["change.stale_approvals_dismissed"]
        == found["change.last_push_approved"]
        == found["change.enforced_for_administrators"]
        == "true"
    )
    assert found["change.required_checks"] == "build, lint"
    assert found["change.force_push"] == found["change.deletion"] == "false"
    assert found["change.bypass_actors"] == "3"
    assert {(row["subject"], row["layer"]) for row in ledger.rows("settings")} == {
        (f"{REPO}@main", "effective")
    }


def test_unprotected_branch_is_a_finding_not_a_failure(repo: Repo, read: Any) -> None:
    """GitHub's 'Branch not protected' is an answer: nothing is required, everything allowed."""
    found = settings(read())
    assert (found["change.protected"], found["change.required_approvals"]) == ("false", "0")
    assert (found["change.force_push"], found["change.enforced_for_administrators"]) == ("true", "false")


def test_the_check_of_branch_rules_reads_these_settings(read: Any) -> None:
    """Every key that `branch_rules` judges by is collected, under that name."""
    sql = (assets.folder("queries") / "checks" / "branch_rules.sql").read_text("utf-8")
    assert set(re.findall(r"'(change\.\w+)'", sql)) <= settings(read()).keys()


@pytest.mark.parametrize(
    ("review", "bypass", "enforced"),
    [
        (True, 0, "true"),
        (True, 1, "false"),
        (True, None, None),
        (False, 0, "false"),
        (False, None, "false"),
    ],
)
def test_only_a_rule_about_reviews_binds_administrators(
    review: bool, bypass: int | None, enforced: str | None
) -> None:
    """That nobody may go round a rule against deletion says nothing of reviews; who may is unknown where it is hidden."""
    rules: list[dict[str, Any]] = [{"type": "deletion"}]
    rules += (
        [{"type": "pull_request", "parameters": {"required_approving_review_count": 1}}] if review else []
    )
    exempt = protection() | {"enforce_admins": {"enabled": False}}
    assert effective(exempt, rules, bypass)["change.enforced_for_administrators"] == enforced


@pytest.mark.parametrize(
    ("by_ruleset", "bypass", "found"),
    [(False, 0, "3"), (False, 2, "5"), (False, None, "3"), (True, 0, "0"), (True, None, None)],
)
def test_who_may_go_round_classic_protection_is_counted(
    by_ruleset: bool, bypass: int | None, found: str | None
) -> None:
    """Persons, teams and Apps exempt from classic reviews may go round them, unless a ruleset asks for a review too."""
    allowed = {"users": [{"login": "ann"}], "teams": [{"slug": "core"}], "apps": [{"slug": "robot"}]}
    rules = (
        [{"type": "pull_request", "parameters": {"required_approving_review_count": 1}}] if by_ruleset else []
    )
    protected = protection(bypass_pull_request_allowances=allowed)
    assert effective(protected, rules, bypass)["change.bypass_actors"] == found


def test_settings_are_read_again_when_they_are_read_differently(repo: Repo, read: Any) -> None:
    """GitHub's 'not changed' does not keep what an earlier version made of the same rules."""
    repo.protection = protection()
    ledger = read()
    note = ledger.extracts[0].cursor
    assert note is not None
    ledger.extracts[0] = replace(
        ledger.extracts[0], batches=(), cursor=note.replace('"reading": 2', '"reading": 1')
    )
    read(ledger)
    assert settings(ledger)["change.required_approvals"] == "1"


@pytest.mark.parametrize("status", [403, 404])
def test_rules_that_may_not_be_read_are_not_assessed(repo: Repo, read: Any, status: int) -> None:
    """A refused question about protection is on record as not assessed, and nothing is claimed."""
    history(repo, 2)
    repo.protection = status
    ledger = read()
    assert not ledger.rows("settings")
    failed = one([{"error": e.error} for e in ledger.extracts if e.subject == f"settings:{REPO}"])
    assert failed["error"].startswith("Not assessed. GitHub refused")
    assert str(status) in failed["error"]
    assert len(ledger.rows("changes")) == 2


def test_unchanged_rules_cost_no_rate_limit_and_a_new_bypass_is_seen(
    hub: GitHubServer, repo: Repo, read: Any
) -> None:
    """The second run asks with `If-None-Match`; whoever may now go round a rule is noticed all the same."""
    repo.protection = protection()
    ruleset(repo, 7, {"type": "deletion"})
    ledger = read()
    hub.log.clear()
    read(ledger)
    assert [row.status for row in hub.log if "/rule" in row.path or "/protection" in row.path] == [
        304,
        304,
        304,
    ]
    ruleset(repo, 7, bypass=1)
    read(ledger)
    assert settings(ledger)["change.bypass_actors"] == "1"

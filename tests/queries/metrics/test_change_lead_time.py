"""Change lead time: from the first own commit to the first production deployment that contains the change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qmsreport.records import Deployment
from tests.factories import authored, change, commit, deployed, deployment, moment
from tests.queries.conftest import Evaluated, Known, Report

HOUR = 3600.0
# every service and environment has one first known deployment, which brings in nothing
BASELINE = deployment("2026-06-20 12:00:00.25")


def shipped(sha: str, first: str, live: str, **more: Any) -> list[Any]:
    """A request merged as `sha`: its first commit authored at `first`, live at `live`."""
    made = change(sha, **more)
    release = deployment(live, commit_sha=sha)
    return [made, authored(made, (f"{sha}-2", "2027-01-01"), (f"{sha}-1", first)), release, deployed(release)]


def median(found: Evaluated, **where: Any) -> float | None:
    """The median's value."""
    return found.figure("change_lead_time", "median", **where)


def row(found: Evaluated, statistic: str, **where: Any) -> dict[str, Any]:
    """One row that has to be there."""
    wanted = found.row("change_lead_time", statistic, **where)
    assert wanted
    return wanted


def test_first_own_commit_to_first_success(report: Report) -> None:
    """Authored 08:00:00.75, live two hours and a quarter of a second later: 7200.25 s."""
    found = report(BASELINE, shipped("m1", "2026-07-10 08:00:00.75", "2026-07-10 10:00:01"))
    assert median(found) == 7200.25
    assert row(found, "median")["n"] == 1


def test_median_and_p90(report: Report) -> None:
    """Of 1, 2, 3, 4 and 10 hours the median is 3; the 90th percentile lies 60 % of the way from 4 to 10: 7.6."""
    found = report(
        BASELINE,
        [
            shipped(f"m{hours}", "2026-07-10 00:00:00.5", f"2026-07-10 {hours:02}:00:00.5")
            for hours in (4, 1, 10, 2, 3)
        ],
    )
    assert median(found) == 3 * HOUR
    assert found.figure("change_lead_time", "p90") == pytest.approx(7.6 * HOUR, abs=1e-6)


def test_squash_losing_commits(report: Report) -> None:
    """A squash merge, authored when it was made, does not hide when work began."""
    release = deployment("2026-07-10 12:00", commit_sha="squashed")
    made = change("squashed", head_sha="own2")
    found = report(
        BASELINE,
        made,
        authored(made, ("own1", "2026-07-08 12:00"), ("own2", "2026-07-09 12:00")),
        commit("squashed", "2026-07-10 11:00"),
        release,
        deployed(release),
    )
    assert median(found) == 48 * HOUR
    assert row(found, "median")["n"] == 1


def test_rebase_losing_commits(report: Report) -> None:
    """A rebase merge rewrites three commits: together they are one change, not one and two direct pushes."""
    times = ("2026-07-08 12:00:01.5", "2026-07-08 13:00", "2026-07-08 14:00")
    release = deployment("2026-07-10 12:00:01.5", commit_sha="new3")
    made = change("new3", "2026-07-10 10:00", head_sha="own3")
    found = report(
        BASELINE,
        made,
        authored(made, *((f"own{number}", at) for number, at in enumerate(times, 1))),
        [
            commit(f"new{number}", at, committed_at="2026-07-10 10:00:02", parent_shas=["before"])
            for number, at in enumerate(times, 1)
        ],
        release,
        deployed(release, "new1", "new2", "new3"),
    )
    assert row(found, "median")["n"] == 1
    assert median(found) == 48 * HOUR


def test_merge_commit_with_its_own_commits(report: Report) -> None:
    """A merge commit, its two own commits and its head are one change."""
    release = deployment("2026-07-10 12:00", commit_sha="merged")
    made = change("merged", head_sha="own2")
    found = report(
        BASELINE,
        made,
        authored(made, ("own1", "2026-07-10 08:00"), ("own2", "2026-07-10 09:00")),
        commit("own1", parent_shas=["a"]),
        commit("own2", parent_shas=["own1"]),
        commit("merged", parent_shas=["a", "own2"]),
        release,
        deployed(release, "own1", "own2", "merged"),
    )
    assert row(found, "median")["n"] == 1
    assert median(found) == 4 * HOUR


def test_contained_only_when_the_whole_of_it_is(report: Report) -> None:
    """A request stacked on another is live when its own head is, not when the commits it shares are."""
    early, late = deployment("2026-07-10 12:00"), deployment("2026-07-12 12:00")
    below, above = change("below"), change("above", "2026-07-11 10:00")
    found = report(
        BASELINE,
        below,
        authored(below, ("c1", "2026-07-10 10:00")),
        above,
        authored(above, ("c1", "2026-07-10 10:00"), ("c2", "2026-07-10 11:00")),
        early,
        deployed(early, "c1", "below"),
        late,
        deployed(late, "c2", "above"),
    )
    lead = {row["unit_id"]: row["lead_seconds"] for row in found.view("change_deployments")}
    assert lead == {below.change_id: 2 * HOUR, above.change_id: 50 * HOUR}


def test_request_never_merged(report: Report) -> None:
    """A request that stays open is no deployed change, whatever commits it shares; they count as themselves."""
    release = deployment("2026-07-10 12:00", commit_sha="c1")
    open_one = change(None, None, head_sha="c2")  # type: ignore[arg-type]
    found = report(
        BASELINE,
        open_one,
        authored(open_one, ("c1", "2026-07-01 12:00")),
        commit("c1", "2026-07-10 11:00"),
        release,
        deployed(release),
    )
    assert median(found) == 1 * HOUR
    assert [row["kind"] for row in found.view("change_deployments")] == ["commit"]


def test_first_deployment_swallowing_years_of_changes(report: Report) -> None:
    """What the first known deployment brought in is nobody's lead time, though its source lists it."""
    first = deployment("2026-07-02 12:00")
    old = change("old", "2019-01-01 12:00")
    found = report(first, deployed(first, "old"), old, authored(old, ("o1", "2018-12-01 12:00")), only=None)
    assert found.row("change_lead_time", "median") is None


def test_baseline_of_the_second_sources_copy(report: Report) -> None:
    """The baseline stays one when another source brings the same deployment with an earlier time."""
    first = deployment("2026-07-02 12:00:00.5", deployment_id="d1")
    old = change("old", "2019-01-01 12:00")
    items = [first, deployed(first, "old"), old, authored(old, ("o1", "2018-12-01 12:00"))]
    copy = deployment("2026-07-02 12:00:00.25", deployment_id="d1")
    found = report(history=[Known(items), Known([copy], source="mirror")], sources=("files", "mirror"))
    assert found.row("change_lead_time", "median") is None


def test_superseded_deployment_taken_as_finished_late(report: Report) -> None:
    """A deployment that is superseded weeks later, and told again then, was live when it first succeeded."""
    release = deployment("2026-07-10 12:00", deployment_id="d1", commit_sha="m1")
    again = deployment("2026-07-10 12:00", deployment_id="d1", commit_sha="m1", url="now inactive")
    made = change("m1")
    found = report(
        history=[
            Known([BASELINE, release, deployed(release), made, authored(made, ("o", "2026-07-10 10:00"))]),
            Known([again], at=moment("2026-10-25")),
        ]
    )
    assert median(found) == 2 * HOUR


def test_re_runs_months_later_moving_the_date(report: Report) -> None:
    """Deploying the same commit again later, as another deployment, leaves the first date."""
    first, again = (deployment(at, commit_sha="m1") for at in ("2026-07-10 12:00", "2026-09-20 12:00"))
    made = change("m1")
    found = report(
        BASELINE,
        first,
        deployed(first),
        again,
        deployed(again),
        made,
        authored(made, ("o", "2026-07-10 10:00")),
    )
    assert median(found) == 2 * HOUR
    assert row(found, "median")["n"] == 1


def test_failed_deployment_brings_nothing(report: Report) -> None:
    """A failed try does not count as arrival; the next success does."""
    failed = deployment("2026-07-10 11:00", commit_sha="m1", outcome="failed")
    found = report(
        BASELINE, failed, deployed(failed), shipped("m1", "2026-07-10 10:00", "2026-07-10 12:00:00.5")
    )
    assert median(found) == 2 * HOUR + 0.5


def test_deployed_from_its_branch_before_the_merge(report: Report) -> None:
    """A request deployed by its head is live then, although it is merged later."""
    branch = deployment("2026-07-10 12:00", commit_sha="head")
    main = deployment("2026-07-11 12:00", commit_sha="merge")
    made = change("merge", "2026-07-11 10:00", head_sha="head")
    found = report(
        BASELINE,
        made,
        authored(made, ("head", "2026-07-10 10:00")),
        branch,
        deployed(branch),
        main,
        deployed(main),
    )
    assert median(found) == 2 * HOUR


def test_monorepo_as_one_service(report: Report) -> None:
    """A change in two services of one repository counts once in each, and each at its own time."""
    services = ("checkout", "search")
    baselines = [deployment("2026-06-20 12:00", service=name, repository="acme/mono") for name in services]
    releases = [
        deployment(at, service=name, repository="acme/mono", commit_sha="m1")
        for name, at in zip(services, ("2026-07-10 11:00", "2026-07-10 13:00:00.5"), strict=True)
    ]
    made = change("m1", repository="acme/mono", service=None)
    found = report(
        baselines,
        made,
        authored(made, ("o", "2026-07-10 10:00")),
        releases,
        [deployed(release) for release in releases],
        more='[[service]]\nname = "search"\nteam = "Discovery"\nrepositories = ["acme/mono"]\n',
    )
    assert median(found, scope="checkout") == 1 * HOUR
    assert median(found, scope="search") == 3 * HOUR + 0.5
    assert row(found, "median")["n"] == 2


def test_several_production_environments(report: Report) -> None:
    """A service's change counts where it arrived first; each environment has its own figure besides."""
    places = ("eu", "us")
    baselines = [deployment("2026-06-20 12:00", environment=place) for place in places]
    releases: list[Deployment] = [
        deployment(at, environment=place, commit_sha="m1")
        for place, at in zip(places, ("2026-07-10 13:00", "2026-07-10 11:00"), strict=True)
    ]
    made = change("m1")
    found = report(
        baselines,
        made,
        authored(made, ("o", "2026-07-10 10:00")),
        releases,
        [deployed(release) for release in releases],
        more='[delivery]\nproduction = ["eu", "us"]\n',
    )
    assert median(found) == median(found, scope="checkout") == 1 * HOUR
    assert row(found, "median")["n"] == 1
    assert median(found, scope="checkout", environment="eu") == 3 * HOUR
    assert median(found, scope="checkout", environment="us") == 1 * HOUR


def test_direct_push_is_a_change_of_its_own(report: Report) -> None:
    """A commit of no request counts; a merge commit of no request does not."""
    release = deployment("2026-07-10 12:00", commit_sha="merge")
    found = report(
        BASELINE,
        commit("push", "2026-07-10 11:00:00.5", parent_shas=["a"]),
        commit("merge", "2026-07-10 11:30", parent_shas=["a", "push"]),
        release,
        deployed(release, "push", "merge"),
    )
    assert median(found) == HOUR - 0.5
    assert row(found, "median")["n"] == 1


def test_commit_shown_by_two_repositories(report: Report) -> None:
    """A fork or mirror that shows the same commit does not make it two changes."""
    release = deployment("2026-07-10 12:00", commit_sha="push")
    found = report(
        BASELINE,
        commit("push", "2026-07-10 11:00"),
        commit("push", "2026-07-10 11:00", repository="fork/checkout"),
        release,
        deployed(release),
    )
    assert row(found, "median")["n"] == 1


def test_negative_and_unattributable_times(report: Report) -> None:
    """A commit from a clock ahead and one of an unknown time are excluded, told apart and never clipped."""
    unknown = change("m3")
    release = deployment("2026-07-12 12:00", commit_sha="m3")
    found = report(
        BASELINE,
        shipped("m1", "2026-07-10 10:00", "2026-07-10 12:00"),
        shipped("m2", "2026-07-11 12:00:00.000001", "2026-07-11 12:00"),
        unknown,
        release,
        deployed(release),
    )
    assert median(found) == 2 * HOUR
    assert (row(found, "median")["n"], row(found, "median")["excluded"]) == (1, 2)
    assert found.figure("change_lead_time", "negative") == 1
    assert found.figure("change_lead_time", "not_attributable") == 1


def test_deployed_commit_that_no_source_knows(report: Report) -> None:
    """A commit brought in of which nothing is known is not lost: it counts as not attributable."""
    release = deployment("2026-07-12 12:00", commit_sha="nobody-knows")
    found = report(BASELINE, release, deployed(release))
    assert median(found) is None
    assert found.figure("change_lead_time", "not_attributable") == 1


@pytest.mark.parametrize(
    ("more", "counted"),
    [("", 6 * HOUR), ("[delivery]\ninclude_bots = false\n", 10 * HOUR)],
    ids=["in", "out"],
)
def test_bots(report: Report, more: str, counted: float) -> None:
    """Bots are in or out as configured; both medians and the bots' share are printed either way."""
    found = report(
        BASELINE,
        shipped("m1", "2026-07-10 00:00", "2026-07-10 10:00"),
        shipped("m2", "2026-07-10 00:00", "2026-07-10 02:00", is_bot=True),
        more=more,
    )
    assert median(found) == counted
    assert median(found, grain="month", starts_on=date(2026, 7, 1)) == counted
    assert row(found, "median")["n"] == (2 if counted == 6 * HOUR else 1)
    assert found.figure("change_lead_time", "median_with_bots") == 6 * HOUR
    assert found.figure("change_lead_time", "median_without_bots") == 10 * HOUR
    assert found.figure("change_lead_time", "bot_share") == 0.5


def test_deployment_outside_the_period_counted(report: Report) -> None:
    """A change belongs to the period it went live in, wherever it was written or merged."""
    found = report(
        BASELINE,
        shipped("m1", "2026-06-01 12:00", "2026-06-30 23:59:59.999999", merged_at="2026-06-29 12:00"),
        shipped("m2", "2026-06-01 12:00", "2026-07-01 00:00", merged_at="2026-06-29 12:00"),
        shipped("m3", "2026-09-01 12:00", "2026-10-01 00:00", merged_at="2026-09-29 12:00"),
    )
    assert row(found, "median")["n"] == 1
    assert row(found, "median", starts_on=date(2026, 4, 1))["n"] == 1


def test_not_deployed(report: Report) -> None:
    """Of three merged requests one went live in time and one only after the period: two are not deployed."""
    waiting = change("never", "2026-09-20 12:00")
    found = report(
        BASELINE,
        shipped("m1", "2026-07-10 10:00", "2026-07-10 12:00"),
        shipped("m2", "2026-09-29 10:00", "2026-10-02 12:00", merged_at="2026-09-29 12:00"),
        waiting,
    )
    got = row(found, "not_deployed")
    assert (got["value"], got["n"], got["excluded"]) == (2, 3, 0)
    assert row(found, "not_deployed", scope="checkout")["value"] == 2


def test_not_deployed_before_records_begin(report: Report) -> None:
    """A request merged before the first known deployment went live unseen: it is excluded, not undeployed."""
    found = report(
        change("old", "2026-07-01 12:00"),
        change("older", "2026-07-01 12:00", service=None),
        change("new", "2026-07-03 12:00"),
        deployment("2026-07-02 12:00"),
    )
    got = row(found, "not_deployed")
    assert (got["value"], got["n"], got["excluded"]) == (1, 1, 2)


def test_not_deployed_without_a_team(report: Report) -> None:
    """Requests of no service and of a service without a team are of no team: together they have one row."""
    found = report(
        deployment("2026-07-01 12:00"),
        change("m1", "2026-07-10 12:00", service=None),
        change("m2", "2026-07-10 12:00", service="lonely"),
        more='[[service]]\nname = "lonely"\n',
    )
    got = row(found, "not_deployed", scope="(no team)")
    assert (got["value"], got["n"]) == (2, 2)


def test_not_deployed_bots(report: Report) -> None:
    """A bot's request that never went live is one that is not deployed, also where lead times leave bots out."""
    found = report(
        deployment("2026-07-01 12:00"),
        change("m1", "2026-07-10 12:00", is_bot=True),
        more="[delivery]\ninclude_bots = false\n",
    )
    assert row(found, "not_deployed")["value"] == 1


def test_tombstoned_request(report: Report) -> None:
    """A request that vanished upstream is gone; its deployed commit counts as itself and is not lost."""
    release = deployment("2026-07-10 12:00", commit_sha="m1")
    made = change("m1")
    listing = {"subject": "changes", "lists_all": ("changes",)}
    found = report(
        history=[
            Known([BASELINE, release, deployed(release), commit("m1", "2026-07-10 11:00")]),
            Known([made, authored(made, ("o", "2026-07-01 12:00"))], extract=listing),
            Known([change("m9", "2026-07-20 12:00")], at=moment("2026-10-21"), extract=listing),
        ]
    )
    assert median(found) == 1 * HOUR


def test_no_data(report: Report) -> None:
    """Deployments without any change give no lead time, not zero."""
    assert report(BASELINE, deployment("2026-07-10 12:00")).row("change_lead_time", "median") is None

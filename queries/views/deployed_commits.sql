-- ---
-- title = "Commits that reached production, at their first success in each service and environment"
-- grain = "one commit and lane (one repository of a service in a production environment)"
-- version = 1
-- definition = """
-- Which commits a deployment brought in was settled when it was extracted: those reachable from it and not from
-- the previous successful deployment of the same service and environment. The first known deployment is a
-- baseline and brings in none. A commit has the same id in every fork and mirror of its repository; it is one commit,
-- authored when the earliest record of it says. A merge commit has more than one parent; one whose parents are
-- not known is taken for none. is_first marks the first production environment of a service that it reached,
-- is_loose a commit that belongs to no merged request and is no merge commit.
-- """
-- ---
with reached as (
    select
        deployment_commits.commit_sha,
        production_deployments.service_no,
        production_deployments.lane_no,
        min(production_deployments.sequence_no) as sequence_no,
        min(commits.authored_at) as authored_at,
        max(case when commits.parent_count > 1 then 1 else 0 end) = 1 as is_merge,
        max(case when commits.is_bot then 1 else 0 end) = 1 as is_bot
    from deployment_commits
    inner join production_deployments on deployment_commits.deployment_id = production_deployments.deployment_id
    left join commits on deployment_commits.commit_sha = commits.commit_sha
    where
        production_deployments.is_success
        and not production_deployments.is_baseline
    group by deployment_commits.commit_sha, production_deployments.service_no, production_deployments.lane_no
),

in_requests as (
    select distinct commit_sha
    from change_shas
)

select
    reached.*,
    reached.sequence_no = min(reached.sequence_no) over (partition by reached.commit_sha, reached.service_no)
        as is_first,
    not reached.is_merge and in_requests.commit_sha is null as is_loose
from reached
left join in_requests on reached.commit_sha = in_requests.commit_sha

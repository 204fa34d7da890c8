-- ---
-- title = "Changes that reached production, with their lead time"
-- grain = "one change and lane (a service in a production environment)"
-- version = 1
-- definition = """
-- A change is a pull or merge request; a deployed commit that belongs to none counts as a change of its own, unless
-- it is a merge commit. Any of its merge, squash, head or own commits leads to it. Its clock starts when the
-- earliest of its own commits was authored and stops at the first successful deployment that contains it.
-- is_first marks the first production environment of a service that it reached.
-- """
-- ---
with change_shas as (
    select
        change_id,
        commit_sha
    from change_commits
    union
    select
        change_id,
        merge_sha as commit_sha
    from changes
    where merge_sha is not null
    union
    select
        change_id,
        head_sha as commit_sha
    from changes
    where head_sha is not null
),

first_authored as (
    select
        change_id,
        min(authored_at) as authored_at
    from change_commits
    group by change_id
),

deployed_requests as (
    select
        change_shas.change_id as unit_id,
        deployed_commits.service_no,
        deployed_commits.lane_no,
        min(deployed_commits.sequence_no) as sequence_no
    from change_shas
    inner join deployed_commits on change_shas.commit_sha = deployed_commits.commit_sha
    group by change_shas.change_id, deployed_commits.service_no, deployed_commits.lane_no
),

requests as (
    select
        'change' as kind,
        deployed_requests.unit_id,
        deployed_requests.service_no,
        deployed_requests.sequence_no,
        first_authored.authored_at,
        changes.opened_at,
        changes.merged_at,
        coalesce(changes.is_bot, false) as is_bot
    from deployed_requests
    inner join changes on deployed_requests.unit_id = changes.change_id
    left join first_authored on deployed_requests.unit_id = first_authored.change_id
),

loose_commits as (
    select
        'commit' as kind,
        deployed_commits.commit_sha as unit_id,
        deployed_commits.service_no,
        deployed_commits.sequence_no,
        commits.authored_at,
        cast(null as timestamp) as opened_at,
        cast(null as timestamp) as merged_at,
        coalesce(commits.is_bot, false) as is_bot
    from deployed_commits
    inner join commits on deployed_commits.commit_sha = commits.commit_sha
    where
        coalesce(array_length(commits.parent_shas), 1) < 2
        and not exists (
            select 1 from change_shas
            where change_shas.commit_sha = deployed_commits.commit_sha
        )
),

units as (
    select * from requests
    union all
    select * from loose_commits
)

select
    units.kind,
    units.unit_id,
    production_deployments.deployment_id,
    production_deployments.service,
    production_deployments.team,
    production_deployments.environment,
    production_deployments.started_at,
    production_deployments.finished_at as deployed_at,
    production_deployments.period_start,
    production_deployments.month_start,
    production_deployments.week_start,
    units.authored_at,
    units.opened_at,
    units.merged_at,
    units.is_bot,
    (epoch_us(production_deployments.finished_at) - epoch_us(units.authored_at)) / 1000000.0 as lead_seconds,
    units.sequence_no = min(units.sequence_no) over (partition by units.unit_id, units.service_no) as is_first
from units
inner join production_deployments on units.sequence_no = production_deployments.sequence_no

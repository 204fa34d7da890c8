-- The median time from a change's first own commit to its first production deployment in a service, in seconds. A
-- change is a merged request, or a deployed commit that belongs to none and is no merge. Here each commit stands once.
with completed as (
    select
        deployments.deployment_id,
        deployments.service,
        deployments.environment,
        deployments.repository,
        deployments.finished_at,
        cast(timezone('Europe/Berlin', deployments.finished_at) as date) as day,
        -- a lane's first success is the baseline: what it holds was there before
        deployments.finished_at > min(deployments.finished_at) over (
            partition by deployments.service, deployments.environment, deployments.repository
        ) as is_after_baseline
    from 'deployments.parquet' as deployments
    where deployments.environment in ('production', 'production-eu') and deployments.outcome = 'succeeded'
),

deployed as (
    select
        *,
        row_number() over (order by finished_at, deployment_id) as number,
        dense_rank() over (order by service, environment, repository) as lane
    from completed
    where day between date '2024-07-01' and date '2026-06-30'
),

arrivals as (
    select deployment_commits.commit_sha, deployed.lane, min(deployed.number) as number
    from 'deployment_commits.parquet' as deployment_commits
    inner join deployed on deployment_commits.deployment_id = deployed.deployment_id
    where deployed.is_after_baseline
    group by deployment_commits.commit_sha, deployed.lane
),

merged as (
    select change_id, repository, merge_sha, head_sha, merged_at
    from 'changes.parquet'
    where merged_at < timestamptz '2026-06-30 22:00:00+00'
),

own as (
    select merged.change_id, merged.repository, merged.merged_at, parts.commit_sha, parts.authored_at
    from merged
    inner join 'change_commits.parquet' as parts on merged.change_id = parts.change_id
),

shas as (
    select change_id, merge_sha as commit_sha, true as is_whole from merged
    union all
    select change_id, head_sha as commit_sha, true as is_whole from merged
    union all
    select change_id, commit_sha, false as is_whole from own
    union all
    -- what a rebase merge makes of them
    select own.change_id, commits.commit_sha, false as is_whole
    from own
    inner join 'commits.parquet' as commits
        on own.repository = commits.repository and own.authored_at = commits.authored_at
    where
        abs(date_diff('microsecond', commits.committed_at, own.merged_at)) <= 60000000
        and len(commits.parent_shas) < 2
),

changes_in_lanes as (
    select
        shas.change_id,
        arrivals.lane,
        coalesce(min(arrivals.number) filter (where shas.is_whole), max(arrivals.number)) as number
    from shas
    inner join arrivals on shas.commit_sha = arrivals.commit_sha
    group by shas.change_id, arrivals.lane
),

first_authored as (
    select change_id, min(authored_at) as authored_at from own group by change_id
),

-- the lanes of one service belong together: its first deployment counts
changes_in_services as (
    select changes_in_lanes.change_id, min(changes_in_lanes.number) as number
    from changes_in_lanes
    inner join (select distinct lane, service from deployed) as lanes on changes_in_lanes.lane = lanes.lane
    group by changes_in_lanes.change_id, lanes.service
),

loose_in_services as (
    select arrivals.commit_sha, min(arrivals.number) as number
    from arrivals
    inner join (select distinct lane, service from deployed) as lanes on arrivals.lane = lanes.lane
    anti join shas on arrivals.commit_sha = shas.commit_sha
    group by arrivals.commit_sha, lanes.service
),

units as (
    select changes_in_services.number, first_authored.authored_at
    from changes_in_services
    left join first_authored on changes_in_services.change_id = first_authored.change_id
    union all
    select loose_in_services.number, commits.authored_at
    from loose_in_services
    left join 'commits.parquet' as commits on loose_in_services.commit_sha = commits.commit_sha
    where coalesce(len(commits.parent_shas), 1) < 2
),

dated as (
    select
        deployed.service,
        services.team,
        cast(date_trunc('quarter', deployed.day) as date) as quarter,
        cast(date_trunc('month', deployed.day) as date) as month,
        cast(date_trunc('week', deployed.day) as date) as week,
        date_diff('microsecond', units.authored_at, deployed.finished_at) / 1e6 as seconds
    from units
    inner join deployed on units.number = deployed.number
    left join 'services.parquet' as services on deployed.service = services.service
)

select
    case when quarter is not null then 'period' when month is not null then 'month' else 'week' end as grain,
    coalesce(quarter, month, week) as starts_on,
    case when service is not null then 'service' when team is not null then 'team' else 'organisation' end
        as scope_type,
    coalesce(service, team, 'all') as scope,
    quantile_cont(seconds, 0.5) filter (where seconds >= 0) as value
from dated
group by grouping sets (
    (quarter), (quarter, team), (quarter, service), (month), (month, team), (month, service),
    (week), (week, team), (week, service)
)

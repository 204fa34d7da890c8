-- ---
-- title = "Requests merged in the trend, and whether they went live in time"
-- grain = "one merged request"
-- version = 1
-- definition = """
-- is_deployed: a known production deployment contains it by the end of the period it was merged in. One merged before
-- the first known deployment of its service, or of its repository if it names no service, went live with that or
-- earlier, unless it is known otherwise: that cannot be told (is_before_baseline).
-- """
-- ---
with services_live as (
    select
        service,
        min(finished_at) as live_at
    from production_deployments
    where is_success
    group by service
    -- else an earlier success lies before the trend
    having min(case when is_baseline then finished_at end) = min(finished_at)
),

repositories_live as (
    select
        repository,
        min(finished_at) as live_at
    from production_deployments
    where is_success
    group by repository
    having min(case when is_baseline then finished_at end) = min(finished_at)
),

reached as (
    select
        unit_id as change_id,
        min(deployed_at) as deployed_at
    from change_deployments
    where kind = 'change'
    group by unit_id
)

select
    changes.change_id,
    changes.service,
    changes.source,
    changes.extract_id,
    coalesce(service_catalog.team, '(no team)') as team,
    changes.merged_at,
    periods.first_day as period_start,
    coalesce(reached.deployed_at < periods.ends_at, false) as is_deployed,
    reached.deployed_at is null
    and coalesce(
        changes.merged_at < case
            when changes.service is null then repositories_live.live_at
            else services_live.live_at
        end,
        false
    ) as is_before_baseline
from changes
inner join periods on changes.merged_at >= periods.starts_at and changes.merged_at < periods.ends_at
left join service_catalog on changes.service = service_catalog.service
left join reached on changes.change_id = reached.change_id
left join services_live on changes.service = services_live.service
left join repositories_live on changes.repository = repositories_live.repository

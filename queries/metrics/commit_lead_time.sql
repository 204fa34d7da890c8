-- ---
-- title = "Commit lead time"
-- unit = "s"
-- better = "lower"
-- version = 1
-- source = "The finer unit beside change lead time: DORA's guide speaks of 'a change' and leaves its unit open"
-- definition = """
-- Time from the authoring of a commit to the first successful production deployment of a service that contains it,
-- of the commits deployed in the bucket; merge commits are left out. Squashed commits are seen as what they were
-- squashed into. Negative and unknown times are counted as excluded. Dependency bots are in or out as the
-- configuration says.
-- """
-- ---
with timed as (
    select
        production_deployments.service,
        production_deployments.team,
        production_deployments.period_start,
        production_deployments.month_start,
        (epoch_us(production_deployments.finished_at) - epoch_us(deployed_commits.authored_at)) / 1000000.0
            as lead_seconds
    from deployed_commits
    inner join production_deployments on deployed_commits.sequence_no = production_deployments.sequence_no
    cross join thresholds
    where
        deployed_commits.is_first
        and not deployed_commits.is_merge
        and thresholds.name = 'include_bots'
        and (thresholds.value = 1 or not deployed_commits.is_bot)
)

select
    case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
    coalesce(period_start, month_start) as starts_on,
    case
        when grouping(service) = 0 then 'service'
        when grouping(team) = 0 then 'team'
        else 'organisation'
    end as scope_type,
    coalesce(service, team, 'all') as scope,
    cast(null as varchar) as environment,
    'median' as statistic,
    quantile_cont(case when lead_seconds >= 0 then lead_seconds end, 0.5) as value,
    's' as unit,
    count(case when lead_seconds >= 0 then 1 end) as n,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    count(*) - count(case when lead_seconds >= 0 then 1 end) as excluded
from timed
group by
    grouping sets (
        (period_start),
        (period_start, team),
        (period_start, service),
        (month_start),
        (month_start, team)
    )
order by grain, starts_on, scope_type, scope, statistic

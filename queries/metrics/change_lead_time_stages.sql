-- ---
-- title = "Change lead time by stage"
-- unit = "s"
-- better = "lower"
-- rows = "change_lead_time"
-- version = 1
-- source = "Stages are our own division of the lead time; DORA's guide has none"
-- definition = """
-- Medians of the stages of the lead time, of requests deployed in the bucket: coding (first own commit authored to
-- request opened), review (opened to merged), waiting (merged to the start of the first production deployment that
-- contains it), deploying (its start to its first success). Each stage has its own n, because each needs its own
-- times; so the medians of the stages do not add up to the median of the whole. Negative stages are left out and
-- counted as excluded. Dependency bots are in or out as the configuration says.
-- """
-- ---
with deployed as (
    select
        change_deployments.*,
        (epoch_us(change_deployments.opened_at) - epoch_us(change_deployments.authored_at))
        / 1000000.0 as coding,
        (epoch_us(change_deployments.merged_at) - epoch_us(change_deployments.opened_at))
        / 1000000.0 as review,
        (epoch_us(change_deployments.started_at) - epoch_us(change_deployments.merged_at))
        / 1000000.0 as waiting,
        (epoch_us(change_deployments.deployed_at) - epoch_us(change_deployments.started_at))
        / 1000000.0 as deploying
    from change_deployments
    cross join thresholds
    where
        change_deployments.is_first
        and change_deployments.kind = 'change'
        and thresholds.name = 'include_bots'
        and (thresholds.value = 1 or not change_deployments.is_bot)
),

staged as (
    select
        period_start, month_start, service, team, 'coding' as stage, coding as seconds
    from deployed
    union all
    select
        period_start, month_start, service, team, 'review' as stage, review as seconds
    from deployed
    union all
    select
        period_start, month_start, service, team, 'waiting' as stage, waiting as seconds
    from deployed
    union all
    select
        period_start, month_start, service, team, 'deploying' as stage, deploying as seconds
    from deployed
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
    stage as statistic,
    quantile_cont(case when seconds >= 0 then seconds end, 0.5) as value,
    's' as unit,
    count(case when seconds >= 0 then 1 end) as n,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    count(case when seconds < 0 then 1 end) as excluded
from staged
group by
    grouping sets (
        (stage, period_start),
        (stage, period_start, team),
        (stage, period_start, service),
        (stage, month_start),
        (stage, month_start, team),
        (stage, month_start, service)
    )
order by grain, starts_on, scope_type, scope, statistic

-- ---
-- title = "Deployment frequency"
-- unit = "deployments"
-- better = "higher"
-- core = true
-- version = 1
-- source = "DORA (DevOps Research and Assessment), Software delivery metrics guide, January 2026"
-- definition = """
-- Successful production deployments: how many (count), how many per week (count divided by the calendar weeks of
-- the bucket, never rounded), on how many days there was at least one (deployment_days), and the median time
-- between one and the next (median_interval, seconds). Periods, months and weeks without one count as zero from the first
-- deployment on that a source knows of the service, a failed one too, if that source covers at least one of their days;
-- else nothing is known and nothing is shown. A bucket that had not ended when the report was made has the days
-- that had begun by then. Weeks are ISO weeks; one that the trend cuts has fewer than 7 days.
-- """
-- ---
with successes as (
    select
        service,
        team,
        environment,
        source,
        local_date,
        period_start,
        month_start,
        week_start
    from production_deployments
    where is_success
),

followed as (
    select
        service,
        environment,
        period_start,
        finished_at,
        lag(finished_at) over (
            partition by service, environment
            order by finished_at, deployment_id
        ) as previous_at
    from production_deployments
    where is_success
),

counted as (
    select
        'period' as grain,
        period_start as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        environment,
        count(*) as deployments,
        count(distinct local_date) as deployment_days
    from successes
    group by
        grouping sets (
            (period_start),
            (period_start, environment),
            (period_start, team),
            (period_start, service),
            (period_start, service, environment)
        )
    union all
    select
        case when grouping(month_start) = 0 then 'month' else 'week' end as grain,
        coalesce(month_start, week_start) as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        cast(null as varchar) as environment,
        count(*) as deployments,
        cast(null as bigint) as deployment_days
    from successes
    group by grouping sets (
        (month_start),
        (month_start, team),
        (month_start, service),
        (week_start),
        (week_start, team),
        (week_start, service)
    )
),

intervals as (
    select
        'period' as grain,
        period_start as starts_on,
        'service' as scope_type,
        service as scope,
        environment,
        count(*) as pairs,
        quantile_cont((epoch_us(finished_at) - epoch_us(previous_at)) / 1000000.0, 0.5) as median_interval
    from followed
    where previous_at is not null
    group by period_start, service, environment
),

origins as (
    select
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        environment,
        source,
        min(local_date) as first_date
    from production_deployments
    group by grouping sets (
        (source),
        (source, environment),
        (source, team),
        (source, service),
        (source, service, environment)
    )
),

days as (
    select
        calendar.*
    from calendar
    cross join period
    where calendar.starts_at < period.as_of
),

covered as (
    select distinct
        source_days.source,
        'period' as grain,
        days.period_start as starts_on
    from source_days
    inner join days on source_days.local_date = days.local_date
    union
    select distinct
        source_days.source,
        'month' as grain,
        days.month_start as starts_on
    from source_days
    inner join days on source_days.local_date = days.local_date
    union
    select distinct
        source_days.source,
        'week' as grain,
        days.week_start as starts_on
    from source_days
    inner join days on source_days.local_date = days.local_date
),

buckets as (
    select
        'period' as grain,
        period_start as starts_on,
        count(*) as days,
        max(local_date) as last_date
    from days
    group by period_start
    union all
    select
        'month' as grain,
        month_start as starts_on,
        count(*) as days,
        max(local_date) as last_date
    from days
    group by month_start
    union all
    select
        'week' as grain,
        week_start as starts_on,
        count(*) as days,
        max(local_date) as last_date
    from days
    group by week_start
),

expected as (
    select distinct
        buckets.grain,
        buckets.starts_on,
        buckets.days,
        origins.scope_type,
        origins.scope,
        origins.environment
    from origins
    inner join covered on origins.source = covered.source
    inner join buckets
        on
            covered.grain = buckets.grain
            and covered.starts_on = buckets.starts_on
            and origins.first_date <= buckets.last_date
    where
        buckets.grain = 'period'
        or origins.environment is null
    union
    select
        buckets.grain,
        buckets.starts_on,
        buckets.days,
        counted.scope_type,
        counted.scope,
        counted.environment
    from counted
    inner join buckets
        on
            counted.grain = buckets.grain
            and counted.starts_on = buckets.starts_on
),

filled as (
    select
        expected.grain,
        expected.starts_on,
        expected.days,
        expected.scope_type,
        expected.scope,
        expected.environment,
        coalesce(counted.deployments, 0) as deployments,
        coalesce(counted.deployment_days, 0) as deployment_days
    from expected
    left join counted
        on
            expected.grain = counted.grain
            and expected.starts_on = counted.starts_on
            and expected.scope_type = counted.scope_type
            and expected.scope = counted.scope
            and expected.environment is not distinct from counted.environment
),

statistics as (
    select
        grain,
        starts_on,
        scope_type,
        scope,
        environment,
        'count' as statistic,
        cast(deployments as double) as value,
        'deployments' as unit,
        deployments as n,
        cast(deployments as double) as numerator,
        cast(null as double) as denominator
    from filled
    union all
    select
        grain,
        starts_on,
        scope_type,
        scope,
        environment,
        'per_week' as statistic,
        deployments / (days / 7.0) as value,
        'per week' as unit,
        deployments as n,
        cast(deployments as double) as numerator,
        days / 7.0 as denominator
    from filled
    where grain <> 'week'
    union all
    select
        grain,
        starts_on,
        scope_type,
        scope,
        environment,
        'deployment_days' as statistic,
        cast(deployment_days as double) as value,
        'days' as unit,
        deployments as n,
        cast(deployment_days as double) as numerator,
        cast(days as double) as denominator
    from filled
    where grain = 'period'
    union all
    select
        grain,
        starts_on,
        scope_type,
        scope,
        environment,
        'median_interval' as statistic,
        median_interval as value,
        's' as unit,
        pairs as n,
        cast(null as double) as numerator,
        cast(null as double) as denominator
    from intervals
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    environment,
    statistic,
    value,
    unit,
    n,
    numerator,
    denominator,
    0 as excluded
from statistics
order by grain, starts_on, scope_type, scope, environment, statistic

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
-- between one and the next (median_interval, seconds). Days and weeks without a deployment count as zero from the
-- first deployment on that is known of a service; before it nothing is known and nothing is shown.
-- """
-- ---
with successes as (
    select
        *,
        lag(finished_at) over (
            partition by service, environment
            order by finished_at, deployment_id
        ) as previous_at
    from production_deployments
    where is_success
),

counted as (
    select
        case
            when grouping(period_start) = 0 then 'period'
            when grouping(month_start) = 0 then 'month'
            else 'week'
        end as grain,
        coalesce(period_start, month_start, week_start) as starts_on,
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
    group by grouping sets (
        (period_start),
        (period_start, environment),
        (period_start, team),
        (period_start, service),
        (period_start, service, environment),
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
    from successes
    where previous_at is not null
    group by period_start, service, environment
),

first_known as (
    select
        scope_type,
        scope,
        environment,
        min(starts_on) as first_start
    from counted
    where grain = 'period'
    group by scope_type, scope, environment
),

first_months_and_weeks as (
    select
        grain,
        scope_type,
        scope,
        min(starts_on) as first_start
    from counted
    where grain in ('month', 'week')
    group by grain, scope_type, scope
),

buckets as (
    select
        'period' as grain,
        period_start as starts_on,
        count(*) as days
    from calendar
    group by period_start
    union all
    select
        'month' as grain,
        month_start as starts_on,
        count(*) as days
    from calendar
    group by month_start
    union all
    select
        'week' as grain,
        week_start as starts_on,
        count(*) as days
    from calendar
    group by week_start
),

expected as (
    select
        buckets.grain,
        buckets.starts_on,
        buckets.days,
        first_known.scope_type,
        first_known.scope,
        first_known.environment
    from first_known
    inner join buckets on buckets.grain = 'period' and first_known.first_start <= buckets.starts_on
    union all
    select
        buckets.grain,
        buckets.starts_on,
        buckets.days,
        first_months_and_weeks.scope_type,
        first_months_and_weeks.scope,
        cast(null as varchar) as environment
    from first_months_and_weeks
    inner join buckets
        on first_months_and_weeks.grain = buckets.grain and first_months_and_weeks.first_start <= buckets.starts_on
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

-- ---
-- title = "Failed deployment recovery time"
-- unit = "s"
-- better = "lower"
-- core = true
-- version = 1
-- source = "DORA (DevOps Research and Assessment), Software delivery metrics guide, January 2026"
-- definition = """
-- Time from the end of a failed production deployment to recovery, of the failures that recovered in the bucket;
-- median and 90th percentile. from_detection measures from the moment the failure was noticed, where one is known.
-- open counts the failures that had not recovered when the period ended, oldest_open is their greatest age at that
-- moment, or when the report was made if that was earlier. Excluded: of the median the recoveries before the
-- deployment's end; of open the failures whose incident was closed while no record says when. Both are listed with the
-- data quality.
-- """
-- ---
with recovered as (
    select
        failed_deployments.service,
        failed_deployments.team,
        failed_deployments.environment,
        utc_dates.period_start,
        utc_dates.month_start,
        utc_dates.week_start,
        (epoch_us(failed_deployments.recovered_at) - epoch_us(failed_deployments.finished_at)) / 1000000.0 as seconds,
        (epoch_us(failed_deployments.recovered_at) - epoch_us(failed_deployments.detected_at)) / 1000000.0
            as seconds_from_detection
    from failed_deployments
    inner join utc_dates
        on
            cast(failed_deployments.recovered_at as date) = utc_dates.utc_date
            and failed_deployments.recovered_at >= utc_dates.starts_at
            and failed_deployments.recovered_at < utc_dates.ends_at
),

summed as (
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
        count(case when seconds >= 0 then 1 end) as n,
        count(case when seconds < 0 then 1 end) as negative,
        quantile_cont(case when seconds >= 0 then seconds end, 0.5) as median_seconds,
        quantile_cont(case when seconds >= 0 then seconds end, 0.9) as p90_seconds,
        quantile_cont(case when seconds_from_detection >= 0 then seconds_from_detection end, 0.5)
            as median_from_detection,
        count(case when seconds_from_detection >= 0 then 1 end) as n_from_detection,
        count(case when seconds_from_detection < 0 then 1 end) as negative_from_detection
    from recovered
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

waiting as (
    select
        periods.first_day as period_start,
        failed_deployments.service,
        failed_deployments.team,
        failed_deployments.is_recovery_unknown,
        case
            when not failed_deployments.is_recovery_unknown
                then (epoch_us(periods.known_until) - epoch_us(failed_deployments.finished_at)) / 1000000.0
        end as age
    from failed_deployments
    inner join periods
        on
            failed_deployments.finished_at < periods.known_until
            and (failed_deployments.recovered_at is null or failed_deployments.recovered_at >= periods.ends_at)
),

open_counted as (
    select
        'period' as grain,
        period_start as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        count(age) as n,
        count(case when is_recovery_unknown then 1 end) as unknown,
        max(age) as oldest
    from waiting
    group by grouping sets ((period_start), (period_start, team), (period_start, service))
),

statistics as (
    select
        grain, starts_on, scope_type, scope, environment, 'median' as statistic,
        median_seconds as value, 's' as unit, n, negative as excluded
    from summed
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'p90' as statistic, p90_seconds as value,
        's' as unit, n, negative as excluded
    from summed
    where grain = 'period'
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'median_from_detection' as statistic,
        median_from_detection as value, 's' as unit, n_from_detection as n,
        negative_from_detection as excluded
    from summed
    where grain = 'period'
    union all
    select
        grain, starts_on, scope_type, scope, cast(null as varchar) as environment, 'open' as statistic,
        cast(n as double) as value, 'deployments' as unit, n, unknown as excluded
    from open_counted
    union all
    select
        grain, starts_on, scope_type, scope, cast(null as varchar) as environment,
        'oldest_open' as statistic, oldest as value, 's' as unit, n, unknown as excluded
    from open_counted
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
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    excluded
from statistics
order by grain, starts_on, scope_type, scope, environment, statistic

-- ---
-- title = "Time to resolve an incident"
-- unit = "s"
-- better = "lower"
-- version = 1
-- source = "Incident management practice; SRE workbook, chapter 9. Not one of DORA's five: any incident counts, whatever its cause"
-- definition = """
-- Time from detection to resolution, of the incidents whose resolution fell into the bucket; median and
-- 90th percentile. open counts the incidents detected before the period ended that had no resolution by then
-- (value: how many), oldest_open is their greatest age at that moment, or when the report was made if that was
-- earlier. Excluded: of the median the negative times; of open the incidents whose state says that it happened
-- while no time does. Both are listed with the data quality.
-- """
-- ---
with ended as (
    select
        incident_scopes.scope_type,
        incident_scopes.scope,
        utc_dates.period_start,
        utc_dates.month_start,
        (epoch_us(incident_scopes.resolved_at) - epoch_us(incident_scopes.detected_at)) / 1000000.0 as seconds
    from incident_scopes
    inner join utc_dates
        on
            cast(incident_scopes.resolved_at as date) = utc_dates.utc_date
            and incident_scopes.resolved_at >= utc_dates.starts_at
            and incident_scopes.resolved_at < utc_dates.ends_at
),

summed as (
    select
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        scope_type,
        scope,
        quantile_cont(case when seconds >= 0 then seconds end, 0.5) as median_seconds,
        quantile_cont(case when seconds >= 0 then seconds end, 0.9) as p90_seconds,
        count(case when seconds >= 0 then 1 end) as n,
        count(case when seconds < 0 then 1 end) as negative
    from ended
    group by grouping sets (
        (scope_type, scope, period_start),
        (scope_type, scope, month_start)
    )
),

waiting as (
    select
        periods.first_day as starts_on,
        incident_scopes.scope_type,
        incident_scopes.scope,
        incident_scopes.is_resolved_untimed as is_untimed,
        case
            when not incident_scopes.is_resolved_untimed
                then (epoch_us(periods.known_until) - epoch_us(incident_scopes.detected_at)) / 1000000.0
        end as age
    from incident_scopes
    inner join periods on incident_scopes.detected_at < periods.known_until
    where incident_scopes.resolved_at is null or incident_scopes.resolved_at >= periods.ends_at
),

open_at_end as (
    select
        starts_on,
        scope_type,
        scope,
        count(age) as n,
        count(case when is_untimed then 1 end) as untimed,
        max(age) as oldest
    from waiting
    group by starts_on, scope_type, scope
),

statistics as (
    select
        grain, starts_on, scope_type, scope, 'median' as statistic, median_seconds as value, 's' as unit, n,
        negative as excluded
    from summed
    union all
    select
        grain, starts_on, scope_type, scope, 'p90' as statistic, p90_seconds as value, 's' as unit, n,
        negative as excluded
    from summed
    union all
    select
        'period' as grain, starts_on, scope_type, scope, 'open' as statistic, cast(n as double) as value,
        'incidents' as unit, n, untimed as excluded
    from open_at_end
    union all
    select
        'period' as grain, starts_on, scope_type, scope, 'oldest_open' as statistic, oldest as value,
        's' as unit, n,
        untimed as excluded
    from open_at_end
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    cast(null as varchar) as environment,
    statistic,
    value,
    unit,
    n,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    excluded
from statistics
order by grain, starts_on, scope_type, scope, statistic

-- ---
-- title = "Incidents acknowledged in time"
-- unit = "share"
-- better = "higher"
-- version = 1
-- source = "Response times per severity as declared in the configuration (response_targets)"
-- definition = """
-- Of the incidents detected in the bucket, the share acknowledged within the declared time of their severity. One
-- that is not acknowledged runs on: once it is older than its target when the period ends (or the report is made, if
-- that is earlier) it counts as missed, until then it is left out. Left out and counted as excluded, too: incidents
-- without a severity, with an acknowledgement before the detection, or acknowledged at a time that no record says.
-- """
-- ---
with judged as (
    select
        incident_scopes.scope_type,
        incident_scopes.scope,
        calendar.period_start,
        calendar.month_start,
        response_targets.seconds as target,
        (
            epoch_us(
                case
                    when incident_scopes.acknowledged_at < periods.ends_at then incident_scopes.acknowledged_at
                    else periods.known_until
                end
            ) - epoch_us(incident_scopes.detected_at)
        ) / 1000000.0 as seconds,
        coalesce(incident_scopes.acknowledged_at < periods.ends_at, false) as is_acknowledged,
        incident_scopes.is_acknowledged_untimed
    from incident_scopes
    inner join calendar on incident_scopes.local_date = calendar.local_date
    inner join periods on calendar.period = periods.period
    left join response_targets on incident_scopes.severity = response_targets.severity
),

decided as (
    select
        *,
        target is not null
        and not is_acknowledged_untimed
        and seconds >= 0
        and (is_acknowledged or seconds > target) as is_decided,
        is_acknowledged and seconds <= target as is_in_time
    from judged
),

summed as (
    select
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        scope_type,
        scope,
        count(case when is_decided then 1 end) as n,
        count(case when is_decided and is_in_time then 1 end) as in_time,
        count(*) - count(case when is_decided then 1 end) as excluded
    from decided
    group by grouping sets (
        (scope_type, scope, period_start),
        (scope_type, scope, month_start)
    )
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    cast(null as varchar) as environment,
    'rate' as statistic,
    case when n > 0 then cast(in_time as double) / n end as value,
    'share' as unit,
    n,
    cast(in_time as double) as numerator,
    cast(n as double) as denominator,
    excluded
from summed
order by grain, starts_on, scope_type, scope

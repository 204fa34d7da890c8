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
with summed as (
    select
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        scope_type,
        scope,
        count(case when is_decided then 1 end) as n,
        count(case when is_decided and is_in_time then 1 end) as in_time,
        count(*) - count(case when is_decided then 1 end) as excluded
    from incident_responses
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

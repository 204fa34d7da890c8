-- ---
-- title = "The incidents behind the share acknowledged in time; those in time stand in the numerator"
-- statistic = "rate"
-- ---
select
    scope_type,
    scope,
    cast(null as varchar) as environment,
    period_start,
    month_start,
    cast(null as date) as week_start,
    incident_id as resource,
    detected_at as happened_at,
    cast(null as double) as value,
    cast(case when is_in_time then 1 else 0 end as double) as numerator,
    cast(1 as double) as denominator,
    not coalesce(is_decided, false) as is_excluded,
    case
        when not coalesce(is_decided, false) then concat(severity, ', not decided')
        when is_in_time then concat(severity, ', in time')
        else concat(severity, ', too late')
    end as note,
    [extract_id] as extract_ids
from incident_responses
order by scope_type, scope, happened_at, resource

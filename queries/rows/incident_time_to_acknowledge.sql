-- ---
-- title = "The incidents behind a time to acknowledge, each with the seconds from its detection"
-- statistic = "median"
-- ---
with ended as (
    select
        incident_scopes.*,
        utc_dates.period_start,
        utc_dates.month_start,
        (epoch_us(incident_scopes.acknowledged_at) - epoch_us(incident_scopes.detected_at)) / 1000000.0 as seconds
    from incident_scopes
    inner join utc_dates
        on
            cast(incident_scopes.acknowledged_at as date) = utc_dates.utc_date
            and incident_scopes.acknowledged_at >= utc_dates.starts_at
            and incident_scopes.acknowledged_at < utc_dates.ends_at
)

select
    scope_type,
    scope,
    cast(null as varchar) as environment,
    period_start,
    month_start,
    cast(null as date) as week_start,
    incident_id as resource,
    acknowledged_at as happened_at,
    seconds as value,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    seconds < 0 as is_excluded,
    case when seconds < 0 then 'acknowledged before its detection' else severity end as note,
    [extract_id] as extract_ids
from ended
where seconds is not null
order by scope_type, scope, happened_at, resource

-- ---
-- title = "The incidents behind a number of incidents"
-- statistic = "detected"
-- ---
select
    incident_scopes.scope_type,
    incident_scopes.scope,
    cast(null as varchar) as environment,
    calendar.period_start,
    calendar.month_start,
    cast(null as date) as week_start,
    incident_scopes.incident_id as resource,
    incident_scopes.detected_at as happened_at,
    cast(null as double) as value,
    cast(1 as double) as numerator,
    cast(null as double) as denominator,
    false as is_excluded,
    incident_scopes.severity as note,
    [incident_scopes.extract_id] as extract_ids
from incident_scopes
inner join calendar on incident_scopes.local_date = calendar.local_date
order by incident_scopes.scope_type, incident_scopes.scope, happened_at, resource

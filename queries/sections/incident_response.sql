-- ---
-- title = "Response"
-- chapter = "incidents"
-- order = 1
-- ---
with figures as (
    select metrics.*
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'severity'
),

per_severity as (
    select
        scope as severity,
        max(case when metric = 'incidents' and statistic = 'detected' then n end) as incidents,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'open' then n end) as still_open,
        max(case when metric = 'incident_time_to_acknowledge' and statistic = 'median' then value end) as acknowledge,
        max(case when metric = 'incident_time_to_acknowledge' and statistic = 'median' then n end) as acknowledged,
        max(case when metric = 'incident_time_to_acknowledge' and statistic = 'p90' then value end) as acknowledge_p90,
        max(case when metric = 'incident_response_in_target' and statistic = 'rate' then value end) as in_time,
        max(case when metric = 'incident_time_to_mitigate' and statistic = 'median' then value end) as mitigate,
        max(case when metric = 'incident_time_to_mitigate' and statistic = 'median' then n end) as mitigated,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'median' then value end) as resolve,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'median' then n end) as resolved,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'p90' then value end) as resolve_p90
    from figures
    group by scope
),

told as (
    select count(*) > 0 as is_told
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.metric = 'incidents'
        and metrics.statistic = 'detected'
        and metrics.grain = 'period'
        and metrics.scope_type = 'organisation'
),

severities as (
    select
        severity,
        position
    from response_targets
    union all
    select
        per_severity.severity,
        9 as position
    from per_severity
    where not exists (
        select 1 from response_targets
        where response_targets.severity = per_severity.severity
    )
)

select
    severities.severity,
    coalesce(per_severity.incidents, case when told.is_told then 0 end) as incidents,
    coalesce(per_severity.still_open, 0) as open,
    per_severity.acknowledge,
    per_severity.acknowledged,
    per_severity.acknowledge_p90,
    per_severity.in_time,
    per_severity.mitigate,
    per_severity.mitigated,
    per_severity.resolve,
    per_severity.resolved,
    per_severity.resolve_p90
from severities
cross join told
left join per_severity on severities.severity = per_severity.severity
where exists (select 1 from incidents)
order by severities.position, severities.severity

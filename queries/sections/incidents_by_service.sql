-- ---
-- title = "Incidents per service"
-- chapter = "incidents"
-- order = 3
-- ---
with figures as (
    select metrics.*
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
),

per_service as (
    select
        scope as service,
        max(case when metric = 'incidents' and statistic = 'detected' then value end) as incidents,
        max(case when metric = 'incidents' and statistic = 'linked' then value end) as linked,
        max(case when metric = 'incidents' and statistic = 'with_postmortem' then value end) as with_postmortem,
        max(case when metric = 'incidents' and statistic = 'reopened' then value end) as reopened,
        max(case when metric = 'incidents' and statistic = 'median_between' then value end) as between_incidents,
        max(case when metric = 'incident_time_to_mitigate' and statistic = 'median' then value end) as mitigate,
        max(case when metric = 'incident_time_to_mitigate' and statistic = 'median' then n end) as mitigated,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'median' then value end) as resolve,
        max(case when metric = 'incident_time_to_resolve' and statistic = 'median' then n end) as resolved
    from figures
    group by scope
)

select
    service,
    incidents,
    linked,
    with_postmortem,
    reopened,
    between_incidents,
    mitigate,
    mitigated,
    resolve,
    resolved
from per_service
where incidents > 0 or resolved is not null
order by service

-- ---
-- title = "Results per service"
-- chapter = "delivery"
-- order = 1
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
        max(case when metric = 'change_lead_time' and statistic = 'median' then value end) as lead_time,
        max(case when metric = 'change_lead_time' and statistic = 'median' then n end) as lead_time_n,
        max(case when metric = 'change_lead_time' and statistic = 'p90' then value end) as lead_time_p90,
        max(case when metric = 'deployment_frequency' and statistic = 'per_week' then value end) as per_week,
        max(case when metric = 'deployment_frequency' and statistic = 'count' then n end) as deployments,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then value end) as fail_rate,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then n end) as completed,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then value end) as recovery,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then n end) as failures,
        max(case when metric = 'deployment_rework_rate' and statistic = 'rate' then value end) as rework
    from figures
    group by scope
),

names as (
    select
        service,
        team
    from service_catalog
    union
    select distinct
        service,
        team
    from production_deployments
)

select
    names.team,
    names.service,
    per_service.lead_time,
    per_service.lead_time_n,
    per_service.lead_time_p90,
    per_service.per_week,
    per_service.deployments,
    per_service.fail_rate,
    per_service.completed,
    per_service.recovery,
    per_service.failures,
    per_service.rework
from names
left join per_service on names.service = per_service.service
order by names.team, names.service

-- ---
-- title = "Production environments"
-- chapter = "delivery"
-- order = 4
-- note = "Services that run in more than one production environment. Everywhere else a change counts at the first of them that it reached."
-- ---
with figures as (
    select metrics.*
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is not null
),

environments as (
    select
        scope as service,
        environment,
        max(case when metric = 'change_lead_time' and statistic = 'median' then value end) as lead_time,
        max(case when metric = 'change_lead_time' and statistic = 'median' then n end) as changes,
        max(case when metric = 'deployment_frequency' and statistic = 'per_week' then value end) as per_week,
        max(case when metric = 'deployment_frequency' and statistic = 'count' then n end) as deployments,
        max(case when metric = 'deployment_frequency' and statistic = 'median_interval' then value end)
            as median_interval,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then value end) as fail_rate,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then n end) as completed,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then value end) as recovery,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then n end) as recovered
    from figures
    group by scope, environment
),

counted as (
    select
        service,
        count(*) as environments
    from environments
    group by service
)

select
    environments.service,
    environments.environment,
    environments.lead_time,
    environments.changes,
    environments.per_week,
    environments.deployments,
    environments.median_interval,
    environments.fail_rate,
    environments.completed,
    environments.recovery,
    environments.recovered
from environments
inner join counted on environments.service = counted.service
where counted.environments > 1
order by environments.service, environments.environment

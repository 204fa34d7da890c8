-- ---
-- title = "The deployments behind a change fail rate; those that failed stand in the numerator"
-- statistic = "rate"
-- ---
with incidents_of as (
    select
        deployment_incidents.deployment_id,
        min(deployment_incidents.incident_id) as incident_id,
        min(incidents.extract_id) as extract_id
    from deployment_incidents
    inner join incidents on deployment_incidents.incident_id = incidents.incident_id
    group by deployment_incidents.deployment_id
)

select
    deployment_scopes.scope_type,
    deployment_scopes.scope,
    deployment_scopes.scope_environment as environment,
    deployment_scopes.period_start,
    deployment_scopes.month_start,
    deployment_scopes.week_start,
    deployment_scopes.deployment_id as resource,
    deployment_scopes.finished_at as happened_at,
    cast(null as double) as value,
    cast(case when failed_deployments.deployment_id is null then 0 else 1 end as double) as numerator,
    cast(1 as double) as denominator,
    false as is_excluded,
    case
        when failed_deployments.deployment_id is null then deployment_scopes.outcome
        when failed_deployments.ended_as_failed then 'ended as failed'
        when failed_deployments.was_rolled_back then 'rolled back'
        when failed_deployments.caused_incident then concat('laid to it: ', incidents_of.incident_id)
        else 'hotfixed'
    end as note,
    case
        when incidents_of.extract_id is null then [deployment_scopes.extract_id]
        else [deployment_scopes.extract_id, incidents_of.extract_id]
    end as extract_ids
from deployment_scopes
left join failed_deployments on deployment_scopes.deployment_id = failed_deployments.deployment_id
left join incidents_of on deployment_scopes.deployment_id = incidents_of.deployment_id
order by deployment_scopes.scope_type, deployment_scopes.scope, environment, happened_at, resource

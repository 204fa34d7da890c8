-- ---
-- title = "Which deployment an incident is laid to"
-- grain = "one deployment and one incident"
-- definition = """
-- Explicit: the incident's record names the deployment. Inferred, only for incidents that name none: the latest
-- completed production deployment of a service the incident names, finished at most the causal window (printed
-- with the thresholds) before the incident was detected. Never across services, never without a limit.
-- """
-- ---
with incident_services as (
    select
        incident_id,
        caused_by_deployment,
        coalesce(detected_at, created_at) as detected_at,
        unnest(services) as service
    from incidents
),

explicit_links as (
    select
        production_deployments.deployment_id,
        incidents.incident_id
    from incidents
    inner join production_deployments on incidents.caused_by_deployment = production_deployments.deployment_id
),

causal_window as (
    select value * 1000000 as microseconds
    from thresholds
    where name = 'causal_window'
),

candidates as (
    select
        production_deployments.deployment_id,
        incident_services.incident_id,
        row_number() over (
            partition by incident_services.incident_id, incident_services.service
            order by production_deployments.finished_at desc, production_deployments.deployment_id desc
        ) as distance
    from incident_services
    inner join production_deployments
        on
            incident_services.service = production_deployments.service
            and incident_services.detected_at >= production_deployments.finished_at
    cross join causal_window
    where
        incident_services.caused_by_deployment is null
        and epoch_us(incident_services.detected_at) - epoch_us(production_deployments.finished_at)
        <= causal_window.microseconds
),

inferred_links as (
    select distinct
        deployment_id,
        incident_id
    from candidates
    where distance = 1
),

links as (
    select
        deployment_id,
        incident_id,
        'explicit' as basis
    from explicit_links
    union all
    select
        deployment_id,
        incident_id,
        'inferred' as basis
    from inferred_links
)

select
    links.deployment_id,
    links.incident_id,
    links.basis,
    coalesce(incidents.detected_at, incidents.created_at) as detected_at,
    coalesce(incidents.mitigated_at, incidents.resolved_at) as recovered_at
from links
inner join incidents on links.incident_id = incidents.incident_id

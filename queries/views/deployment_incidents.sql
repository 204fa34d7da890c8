-- ---
-- title = "Which deployment an incident is laid to"
-- grain = "one deployment and one incident"
-- version = 1
-- definition = """
-- Explicit: the incident's record names the deployment. Inferred, only for incidents that name none: the latest
-- completed production deployment of a service the incident names, finished at most the causal window (printed
-- with the thresholds) before the incident was detected, and not made as its fix. Never across services, never
-- without a limit.
-- """
-- ---
with incident_services as (
    select
        incident_id,
        detected_at,
        unnest(services) as service
    from incident_times
    where caused_by_deployment is null
),

explicit_links as (
    select
        production_deployments.deployment_id,
        incident_times.incident_id
    from incident_times
    inner join production_deployments on incident_times.caused_by_deployment = production_deployments.deployment_id
),

causal_window as (
    select
        value * 1000000 as microseconds,
        value * 1000000 + 1000000 as stretch_microseconds
    from thresholds
    where name = 'causal_window'
),

searched as (
    select
        incident_services.incident_id,
        incident_services.detected_at,
        incident_services.service,
        causal_window.microseconds,
        floor(epoch_us(incident_services.detected_at) / causal_window.stretch_microseconds) as stretch,
        unnest([0, 1]) as earlier
    from incident_services
    cross join causal_window
),

-- time cut into stretches a little longer than the window: what finished in it lies in the same or the one before
placed as (
    select
        production_deployments.deployment_id,
        production_deployments.sequence_no,
        production_deployments.service,
        production_deployments.finished_at,
        production_deployments.fixes_incident,
        floor(epoch_us(production_deployments.finished_at) / causal_window.stretch_microseconds) as stretch
    from production_deployments
    cross join causal_window
    where production_deployments.service <> '(no service)'
),

candidates as (
    select
        placed.deployment_id,
        searched.incident_id,
        row_number() over (
            partition by searched.incident_id, searched.service
            order by placed.sequence_no desc
        ) as distance
    from searched
    inner join placed
        on
            searched.service = placed.service
            and searched.stretch - searched.earlier = placed.stretch
    where
        placed.finished_at <= searched.detected_at
        and epoch_us(searched.detected_at) - epoch_us(placed.finished_at) <= searched.microseconds
        and coalesce(placed.fixes_incident <> searched.incident_id, true)
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
    incident_times.detected_at,
    incident_times.mitigated_at as recovered_at,
    incident_times.is_mitigated_untimed as is_recovered_untimed
from links
inner join incident_times on links.incident_id = incident_times.incident_id

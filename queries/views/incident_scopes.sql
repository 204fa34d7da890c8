-- ---
-- title = "Incidents with their times, once for each scope they count in"
-- grain = "one incident and scope (organisation, severity, team or service)"
-- version = 1
-- definition = """
-- An incident that names two services counts once in each of them, once in each of their teams and once in the
-- organisation. One that names none counts under (no service). is_linked: it is laid to a deployment.
-- """
-- ---
with named_services as (
    select
        incident_id,
        unnest(services) as service
    from incident_times
),

scopes as (
    select
        incident_id,
        'organisation' as scope_type,
        'all' as scope
    from incident_times
    union
    select
        incident_id,
        'severity' as scope_type,
        severity as scope
    from incident_times
    union
    select
        incident_id,
        'service' as scope_type,
        service as scope
    from named_services
    union
    select
        named_services.incident_id,
        'team' as scope_type,
        coalesce(service_catalog.team, '(no team)') as scope
    from named_services
    left join service_catalog on named_services.service = service_catalog.service
),

linked as (
    select distinct incident_id
    from deployment_incidents
)

select
    scopes.scope_type,
    scopes.scope,
    incident_times.*,
    linked.incident_id is not null as is_linked
from scopes
inner join incident_times on scopes.incident_id = incident_times.incident_id
left join linked on incident_times.incident_id = linked.incident_id

-- ---
-- title = "Incidents with their times, once for each scope they count in"
-- grain = "one incident and scope (organisation, severity, team or service)"
-- version = 1
-- definition = """
-- Detection is the record's own time, else its creation. Acknowledgement is the provider's, else the first status
-- change away from open in the incident's timeline. Mitigation and resolution are the record's own.
-- An incident that names two services counts once in each of them and once in the organisation.
-- """
-- ---
with first_response as (
    select
        incident_id,
        min(occurred_at) as responded_at
    from incident_events
    where type = 'status_change'
    group by incident_id
),

timed as (
    select
        incidents.incident_id,
        coalesce(incidents.severity, '(no severity)') as severity,
        incidents.status,
        incidents.services,
        incidents.local_date,
        incidents.postmortem_url,
        coalesce(incidents.detected_at, incidents.created_at) as detected_at,
        coalesce(incidents.acknowledged_at, first_response.responded_at) as acknowledged_at,
        coalesce(incidents.mitigated_at, incidents.resolved_at) as mitigated_at,
        incidents.resolved_at,
        deployment_links.incident_id is not null as is_linked
    from incidents
    left join first_response on incidents.incident_id = first_response.incident_id
    left join (select distinct incident_id from deployment_incidents) as deployment_links
        on incidents.incident_id = deployment_links.incident_id
),

named_services as (
    select
        incident_id,
        unnest(services) as service
    from timed
),

scopes as (
    select
        incident_id,
        'organisation' as scope_type,
        'all' as scope
    from timed
    union all
    select
        incident_id,
        'severity' as scope_type,
        severity as scope
    from timed
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
)

select
    scopes.scope_type,
    scopes.scope,
    timed.*
from scopes
inner join timed on scopes.incident_id = timed.incident_id

-- ---
-- title = "Incidents with the times that their state bears out"
-- grain = "one incident"
-- version = 1
-- definition = """
-- Detection is the record's own time, else its creation. Mitigation is the record's own time, else its resolution;
-- either counts only if the incident's state says that it happened, so that one opened again is open. Acknowledgement is
-- the record's own time, else the earliest of: the first status change away from open in its timeline, its
-- mitigation, its resolution. *_untimed: the state says that it happened and no time does.
-- """
-- ---
with first_response as (
    select
        incident_id,
        min(occurred_at) as responded_at
    from incident_events
    where
        type = 'status_change'
        and metadata like '%"from":"open"%'
    group by incident_id
),

stated as (
    select
        incidents.*,
        coalesce(
            incidents.status,
            case
                when incidents.resolved_at is not null then 'resolved'
                when incidents.mitigated_at is not null then 'mitigated'
                else 'open'
            end
        ) as state,
        first_response.responded_at
    from incidents
    left join first_response on incidents.incident_id = first_response.incident_id
),

ended as (
    select
        *,
        case when state = 'resolved' then resolved_at end as resolved_when,
        case
            when state = 'resolved' then coalesce(mitigated_at, resolved_at)
            when state = 'mitigated' then mitigated_at
        end as mitigated_when
    from stated
),

answered as (
    select
        *,
        coalesce(acknowledged_at, least(responded_at, mitigated_when, resolved_when)) as acknowledged_when
    from ended
)

select
    incident_id,
    coalesce(severity, '(no severity)') as severity,
    state,
    case when coalesce(array_length(services), 0) = 0 then ['(no service)'] else services end as services,
    local_date,
    caused_by_deployment,
    postmortem_url,
    source,
    extract_id,
    coalesce(detected_at, created_at) as detected_at,
    acknowledged_when as acknowledged_at,
    mitigated_when as mitigated_at,
    resolved_when as resolved_at,
    acknowledged_when is null and state <> 'open' as is_acknowledged_untimed,
    mitigated_when is null and state in ('mitigated', 'resolved') as is_mitigated_untimed,
    resolved_when is null and state = 'resolved' as is_resolved_untimed
from answered

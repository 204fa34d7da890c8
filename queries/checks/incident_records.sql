-- ---
-- title = "Every incident left a complete record"
-- severity = "medium"
-- controls = ["soc2:CC7.4", "iso27001:A.5.26", "iso27001:A.5.27", "hipaa:164.308(a)(6)(ii)", "pci_dss:12.10.5", "soc2:CC7.5", "sox_itgc:ITGC-OP-2", "sox_itgc:DSS02", "iso9001:8.7"]
-- why = "What was not written down cannot be learned from, nor shown to anybody."
-- remedy = "Complete the incidents named here: severity, who handled it, a timeline, and for critical and high ones a review."
-- definition = """
-- Population: incidents detected in the period. Complete: a severity, at least one service, somebody it was assigned to, at
-- least one entry in its timeline; when it is resolved the time of that, and for critical and high ones a root cause or a
-- post-incident review. One that is still open is not asked for the last two.
-- """
-- ---
with in_period as (
    select incidents.*
    from incidents
    inner join period on incidents.local_date between period.first_day and period.last_day
),

timelines as (
    select
        incident_id,
        count(*) as entries
    from incident_events
    group by incident_id
),

gaps as (
    select
        in_period.incident_id,
        in_period.status,
        case when in_period.severity is null then 'no severity; ' else '' end as severity_gap,
        case when coalesce(array_length(in_period.services), 0) = 0 then 'no service; ' else '' end as service_gap,
        case when in_period.assigned_to is null then 'nobody assigned; ' else '' end as owner_gap,
        case when coalesce(timelines.entries, 0) = 0 then 'no timeline; ' else '' end as timeline_gap,
        case
            when in_period.status = 'resolved' and in_period.resolved_at is null then 'no time of resolution; ' else ''
        end as resolution_gap,
        case
            when
                in_period.status = 'resolved'
                and in_period.severity in ('critical', 'high')
                and in_period.root_cause is null
                and in_period.postmortem_url is null
                then 'no root cause or review; '
            else ''
        end as review_gap
    from in_period
    left join timelines on in_period.incident_id = timelines.incident_id
),

listed as (
    select
        incident_id,
        status,
        concat(severity_gap, service_gap, owner_gap, timeline_gap, resolution_gap, review_gap) as missing
    from gaps
)

select
    incident_id as resource,
    case when missing = '' then 'pass' else 'fail' end as status,
    case
        when missing <> '' then concat('Its record lacks: ', missing, 'nothing else.')
        when status = 'resolved' then 'Its record is complete.'
        else 'Its record is complete so far; it is still open.'
    end as reason,
    'severity, service, assignee, timeline, resolution and review' as expected,
    'policy: every incident is recorded' as basis
from listed
order by resource

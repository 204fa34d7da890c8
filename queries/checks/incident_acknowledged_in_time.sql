-- ---
-- title = "Every incident was acknowledged within the time of its severity"
-- severity = "medium"
-- controls = ["soc2:CC7.3", "soc2:CC7.4", "iso27001:A.5.26", "hipaa:164.308(a)(6)(ii)", "pci_dss:12.10.3", "sox_itgc:ITGC-OP-2", "sox_itgc:DSS02"]
-- why = "An alarm that nobody takes is as good as none."
-- remedy = "Look at who was on call and how they were reached for the incidents named here; page, do not post."
-- definition = """
-- Population: incidents detected in the period. In time: acknowledged within the declared response time of the severity.
-- One that nobody acknowledged runs on: older than its target when the period ends (or the report is made, if that is
-- earlier) it is late. Without a severity, with an acknowledgement before the detection, or acknowledged at a time
-- that no record says, an incident cannot be judged.
-- """
-- ---
with population as (
    select
        incident_scopes.incident_id,
        incident_scopes.severity,
        incident_scopes.acknowledged_at,
        incident_scopes.is_acknowledged_untimed,
        response_targets.seconds as target,
        response_targets.basis,
        coalesce(incident_scopes.acknowledged_at < period.ends_at, false) as is_acknowledged,
        (
            epoch_us(
                case
                    when incident_scopes.acknowledged_at < period.ends_at then incident_scopes.acknowledged_at
                    else period.known_until
                end
            ) - epoch_us(incident_scopes.detected_at)
        ) / 1000000.0 as seconds
    from incident_scopes
    inner join calendar on incident_scopes.local_date = calendar.local_date
    inner join period on calendar.period = period.label
    left join response_targets on incident_scopes.severity = response_targets.severity
    where incident_scopes.scope_type = 'organisation'
)

select
    incident_id as resource,
    case
        when target is null or is_acknowledged_untimed or seconds < 0 then 'not assessed'
        when is_acknowledged and seconds <= target then 'pass'
        when seconds <= target then 'not assessed'
        else 'fail'
    end as status,
    case
        when target is null then 'The incident has no severity with a declared response time.'
        when is_acknowledged_untimed then 'It was acknowledged, but no record says when.'
        when seconds < 0 then 'The acknowledgement is recorded before the detection.'
        when is_acknowledged and seconds <= target then 'Acknowledged in time.'
        when is_acknowledged then 'Acknowledged late.'
        when seconds <= target then 'Its time had not run out when the period ended.'
        else 'Nobody had acknowledged it when the period ended.'
    end as reason,
    case
        when target is null then 'a severity with a declared response time'
        when target > floor(target) then concat('within ', cast(target as varchar), ' s (', severity, ')')
        else concat('within ', cast(cast(target as bigint) as varchar), ' s (', severity, ')')
    end as expected,
    case
        when is_acknowledged_untimed then 'acknowledged at an unknown time'
        when is_acknowledged then concat(cast(cast(floor(seconds) as bigint) as varchar), ' s')
        else concat('open for ', cast(cast(floor(seconds) as bigint) as varchar), ' s')
    end as observed,
    basis
from population
order by resource

-- ---
-- title = "Every incident was resolved in time"
-- severity = "medium"
-- controls = ["soc2:CC7.5", "sox_itgc:ITGC-OP-2", "sox_itgc:DSS02", "iso9001:8.7", "hipaa:164.308(a)(6)(ii)"]
-- why = "An incident that nobody ends goes on costing customers, and hides the next one."
-- remedy = "End the incidents named here: restore the service, remove the cause and record when; close those that are over."
-- definition = """
-- Population: incidents that were detected in the period or before it and were not resolved when it began. In time:
-- resolved within the limit after the detection. One that is not resolved runs on until the period ends (or the report
-- is made); within its limit it cannot be judged yet. One that is resolved at a time that no record says, or before its
-- detection, cannot be judged, nor one that is not resolved and was detected nobody knows when. What caused it is asked
-- by the check of incident records.
-- """
-- ---
with allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'incident_resolution'
),

population as (
    select
        incident_times.incident_id,
        incident_times.severity,
        incident_times.is_resolved_untimed,
        incident_times.resolved_at < incident_times.detected_at as is_backwards,
        coalesce(incident_times.resolved_at <= period.known_until, false) as is_resolved,
        (
            epoch_us(least(coalesce(incident_times.resolved_at, period.known_until), period.known_until))
            - epoch_us(incident_times.detected_at)
        ) / 1000000.0 as seconds
    from incident_times
    cross join period
    where
        (incident_times.detected_at is null and incident_times.state <> 'resolved')
        or (
            incident_times.detected_at < period.known_until
            and (
                incident_times.local_date >= period.first_day
                or incident_times.resolved_at >= period.starts_at
                or (incident_times.resolved_at is null and incident_times.state <> 'resolved')
            )
        )
),

judged as (
    select
        population.*,
        allowed.limit_seconds,
        allowed.basis,
        case
            when population.is_resolved_untimed or coalesce(population.is_backwards, false) then 'not assessed'
            when population.seconds > allowed.limit_seconds then 'fail'
            when population.is_resolved then 'pass'
            else 'not assessed'
        end as status,
        concat(cast(cast(population.seconds / 86400 as decimal(12, 1)) as varchar), ' days') as length
    from population
    cross join allowed
)

select
    incident_id as resource,
    status,
    case
        when is_resolved_untimed then 'It is resolved, and no record says when.'
        when is_backwards then 'The resolution is recorded before the detection.'
        when seconds is null then 'It was not resolved, and no record says when it was detected.'
        when status = 'fail' and is_resolved then 'It was resolved late.'
        when status = 'fail' then 'It was not resolved, and its time has run out.'
        when status = 'pass' then 'It was resolved in time.'
        else 'It was not resolved; its time had not run out.'
    end as reason,
    concat(
        'resolved within ', cast(cast(limit_seconds / 86400 as decimal(12, 1)) as varchar), ' days (', severity, ')'
    ) as expected,
    case
        when is_resolved_untimed or coalesce(is_backwards, false) or seconds is null then null
        when is_resolved then concat('resolved after ', length)
        else concat('open for ', length)
    end as observed,
    basis
from judged
order by resource

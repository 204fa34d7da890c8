-- ---
-- title = "Incidents with what decides whether they were acknowledged in time, once for each scope they count in"
-- grain = "one incident and scope (organisation, severity, team or service)"
-- version = 1
-- materialised = false
-- definition = """
-- seconds: from detection to acknowledgement, or to the end of the period (or the report, if that is earlier) while
-- there is none. Decided: acknowledged, or not and older than the target. Undecided are those that still have time,
-- that have no severity, a negative time, or an acknowledgement that no record dates.
-- """
-- ---
with judged as (
    select
        incident_scopes.scope_type,
        incident_scopes.scope,
        incident_scopes.incident_id,
        incident_scopes.extract_id,
        incident_scopes.detected_at,
        incident_scopes.severity,
        calendar.period_start,
        calendar.month_start,
        response_targets.seconds as target,
        (
            epoch_us(
                case
                    when incident_scopes.acknowledged_at < periods.ends_at then incident_scopes.acknowledged_at
                    else periods.known_until
                end
            ) - epoch_us(incident_scopes.detected_at)
        ) / 1000000.0 as seconds,
        coalesce(incident_scopes.acknowledged_at < periods.ends_at, false) as is_acknowledged,
        incident_scopes.is_acknowledged_untimed
    from incident_scopes
    inner join calendar on incident_scopes.local_date = calendar.local_date
    inner join periods on calendar.period = periods.period
    left join response_targets on incident_scopes.severity = response_targets.severity
)

select
    *,
    target is not null
    and not is_acknowledged_untimed
    and seconds >= 0
    and (is_acknowledged or seconds > target) as is_decided,
    is_acknowledged and seconds <= target as is_in_time
from judged

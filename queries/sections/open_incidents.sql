-- ---
-- title = "Open incidents"
-- chapter = "incidents"
-- order = 2
-- ---
select
    incident_times.incident_id as incident,
    incident_times.severity,
    array_to_string(list_sort(incident_times.services), ', ') as service,
    incidents.title,
    incident_times.detected_at,
    (epoch_us(period.known_until) - epoch_us(incident_times.detected_at)) / 1000000.0 as age
from incident_times
inner join incidents on incident_times.incident_id = incidents.incident_id
cross join period
where
    incident_times.detected_at < period.known_until
    and not incident_times.is_resolved_untimed
    and (incident_times.resolved_at is null or incident_times.resolved_at >= period.ends_at)
order by age desc, incident asc

-- ---
-- title = "Open incidents"
-- chapter = "incidents"
-- order = 2
-- ---
select
    incidents.incident_id as incident,
    coalesce(incidents.severity, '(no severity)') as severity,
    coalesce(array_to_string(list_sort(incidents.services), ', '), '(no service)') as service,
    incidents.title,
    coalesce(incidents.detected_at, incidents.created_at) as detected_at,
    (epoch_us(period.ends_at) - epoch_us(coalesce(incidents.detected_at, incidents.created_at))) / 1000000.0 as age
from incidents
cross join period
where
    coalesce(incidents.detected_at, incidents.created_at) < period.ends_at
    and (incidents.resolved_at is null or incidents.resolved_at >= period.ends_at)
    and not (incidents.status = 'resolved' and incidents.resolved_at is null)
order by age desc, incident

-- ---
-- title = "Approved maintenance"
-- chapter = "slo"
-- order = 3
-- note = "Taken out of the expected time of the service. Only windows with an approver and a reason are."
-- ---
select
    maintenance_windows.service,
    maintenance_windows.starts_at,
    maintenance_windows.ends_at,
    (epoch_us(maintenance_windows.ends_at) - epoch_us(maintenance_windows.starts_at)) / 1000000.0 as duration,
    maintenance_windows.approver,
    maintenance_windows.reason
from maintenance_windows
cross join period
where
    maintenance_windows.starts_at < period.ends_at
    and maintenance_windows.ends_at > period.starts_at
order by maintenance_windows.starts_at, maintenance_windows.service

-- ---
-- title = "Service level indicators by hour, in the report's period"
-- grain = "one objective and hour in UTC"
-- version = 1
-- definition = """
-- Good and valid events of the windows that start in the hour, approved maintenance left out. An objective whose
-- windows are longer than an hour has a row for each hour in which one starts.
-- """
-- ---
select
    sli_windows.slo_id,
    slo_objectives.objective,
    date_trunc('hour', sli_windows.window_start) as hour_start,
    sum(sli_windows.good) as good_events,
    sum(sli_windows.valid) as valid_events,
    1 - sum(sli_windows.good) / sum(sli_windows.valid) as bad_share
from sli_windows
inner join slo_objectives on sli_windows.slo_id = slo_objectives.slo_id
cross join period
where
    sli_windows.window_start >= period.starts_at
    and sli_windows.window_start < period.ends_at
    and sli_windows.valid > 0
    and not exists (
        select 1 from maintenance_windows
        where
            maintenance_windows.service = slo_objectives.service
            and sli_windows.window_start >= maintenance_windows.starts_at
            and sli_windows.window_start < maintenance_windows.ends_at
    )
group by sli_windows.slo_id, slo_objectives.objective, date_trunc('hour', sli_windows.window_start)

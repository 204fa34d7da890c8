-- ---
-- title = "Service level indicators by hour, in the report's period"
-- grain = "one objective and hour in UTC"
-- version = 1
-- definition = """
-- Good and valid events of the windows that start in the hour and hold any, approved maintenance and counts that are
-- no counts left out. An objective whose windows are longer than an hour has a row for each hour in which one starts.
-- """
-- ---
with in_maintenance as (
    select distinct
        sli_windows.slo_id,
        sli_windows.window_start
    from approved_maintenance
    inner join slo_objectives on approved_maintenance.service = slo_objectives.service
    inner join sli_windows
        on
            slo_objectives.slo_id = sli_windows.slo_id
            and approved_maintenance.starts_at <= sli_windows.window_start
            and approved_maintenance.ends_at > sli_windows.window_start
),

hours as (
    select
        sli_windows.slo_id,
        slo_objectives.objective,
        date_trunc('hour', sli_windows.window_start) as hour_start,
        cast(sum(cast(sli_windows.good as decimal(38, 6))) as double) as good_events,
        cast(sum(cast(sli_windows.valid as decimal(38, 6))) as double) as valid_events
    from sli_windows
    inner join slo_objectives on sli_windows.slo_id = slo_objectives.slo_id
    cross join period
    where
        sli_windows.window_start >= period.starts_at
        and sli_windows.window_start < period.ends_at
        and sli_windows.good between 0 and 1000000000000000.0
        and sli_windows.valid between 0.000001 and 1000000000000000.0
        and not exists (
            select 1 from in_maintenance
            where
                in_maintenance.slo_id = sli_windows.slo_id
                and in_maintenance.window_start = sli_windows.window_start
        )
    group by sli_windows.slo_id, slo_objectives.objective, date_trunc('hour', sli_windows.window_start)
)

select
    slo_id,
    objective,
    hour_start,
    good_events,
    valid_events,
    1 - good_events / valid_events as bad_share
from hours

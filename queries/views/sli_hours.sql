-- ---
-- title = "Service level indicators by hour, in the report's period"
-- grain = "one objective and hour in UTC"
-- version = 1
-- definition = """
-- What the objective's budgeting method counts (events, or time slices) of the known windows that start in the hour, how
-- much of it was bad, and their events. An hour in which nothing is counted has no row. An objective whose windows
-- are longer than an hour has a row for each hour in which one starts.
-- """
-- ---
with hours as (
    select
        judged_windows.slo_id,
        judged_windows.objective,
        judged_windows.budgeting,
        date_trunc('hour', judged_windows.window_start) as hour_start,
        count(*) as known_windows,
        cast(sum(judged_windows.slice_points) as double) as slice_points,
        cast(sum(cast(judged_windows.good as decimal(38, 6))) as double) as good_events,
        cast(sum(cast(judged_windows.valid as decimal(38, 6))) as double) as valid_events
    from judged_windows
    cross join period
    where
        judged_windows.window_start >= period.starts_at
        and judged_windows.window_start < period.ends_at
        and judged_windows.is_known
    group by
        judged_windows.slo_id,
        judged_windows.objective,
        judged_windows.budgeting,
        date_trunc('hour', judged_windows.window_start)
),

budgeted as (
    select
        slo_id,
        objective,
        hour_start,
        good_events,
        valid_events,
        case when budgeting = 'occurrences' then valid_events else cast(known_windows as double) end as counted,
        case when budgeting = 'occurrences' then good_events else slice_points end as good
    from hours
)

select
    slo_id,
    objective,
    hour_start,
    good_events,
    valid_events,
    counted,
    counted - good as bad,
    1 - good / counted as bad_share
from budgeted
where counted > 0

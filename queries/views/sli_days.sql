-- ---
-- title = "Service level indicators by local day"
-- grain = "one objective and local day"
-- version = 1
-- definition = """
-- Good and valid events of the windows that are known. A window is unknown if it is absent, if it saw no event and the
-- policy calls silence unknown, or if its counts are no counts (negative, infinite, not a number; unsound_windows).
-- Approved maintenance is neither known nor expected. A known window counts with its own length. slice_points is the
-- sum over known windows of what the objective's budgeting method counts: for timeslices 1 for each window
-- at or above the slice target, for ratio timeslices the window's own ratio. Events are summed to six decimals, so that
-- no order of adding changes a sum.
-- """
-- ---
with policy as (
    select value = 1 as silence_is_good
    from thresholds
    where name = 'zero_traffic_is_good'
),

in_maintenance as (
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

windows as (
    select
        sli_windows.slo_id,
        sli_windows.local_date,
        sli_windows.good,
        sli_windows.valid,
        slo_objectives.timeslice_target,
        slo_objectives.budgeting,
        slo_objectives.objective,
        policy.silence_is_good,
        case
            when sli_windows.window_end > sli_windows.window_start
                then epoch_us(sli_windows.window_end) - epoch_us(sli_windows.window_start)
            else slo_objectives.window_seconds * 1000000
        end as length_us,
        coalesce(
            sli_windows.good between 0 and 1000000000000000.0
            and sli_windows.valid between 0.000001 and 1000000000000000.0,
            false
        ) as has_events,
        coalesce(sli_windows.good = 0 and sli_windows.valid = 0, false) as is_silent
    from sli_windows
    inner join slo_objectives on sli_windows.slo_id = slo_objectives.slo_id
    cross join policy
    where not exists (
        select 1 from in_maintenance
        where
            in_maintenance.slo_id = sli_windows.slo_id
            and in_maintenance.window_start = sli_windows.window_start
    )
),

judged as (
    select
        *,
        has_events or (is_silent and silence_is_good) as is_known,
        case when has_events then good / valid end as ratio
    from windows
)

select
    slo_id,
    local_date,
    count(case when is_known then 1 end) as known_windows,
    cast(sum(case when is_known then length_us else 0 end) as double) / 1000000.0 as known_seconds,
    count(case when is_silent then 1 end) as silent_windows,
    count(case when not has_events and not is_silent then 1 end) as unsound_windows,
    count(case when ratio > 1.000000001 then 1 end) as windows_above_one,
    count(case when ratio < objective then 1 end) as windows_below_objective,
    cast(sum(case when has_events then cast(good as decimal(38, 6)) end) as double) as good_events,
    cast(sum(case when has_events then cast(valid as decimal(38, 6)) end) as double) as valid_events,
    cast(
        sum(
            case
                when not is_known then 0
                when is_silent then 1
                when budgeting = 'timeslices' and ratio >= timeslice_target then 1
                when budgeting = 'timeslices' then 0
                else cast(ratio as decimal(38, 12))
            end
        ) as double
    ) as slice_points
from judged
group by slo_id, local_date

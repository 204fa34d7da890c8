-- ---
-- title = "Windows of service level indicators and what is known of them"
-- grain = "one window of one objective, outside approved maintenance"
-- version = 1
-- materialised = false
-- definition = """
-- A window is unknown if it is absent, if it saw no event and the policy calls silence unknown, or if its counts are no
-- counts (negative, infinite, not a number). One that starts in approved maintenance is not in it. slice_points is what
-- the objective's budgeting method counts of a known window: for timeslices 1 at or above the slice target and 0 below,
-- for ratio timeslices the window's own ratio; silence that the policy calls good has 1.
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
        sli_windows.window_start,
        sli_windows.extract_id,
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
    objective,
    budgeting,
    local_date,
    window_start,
    extract_id,
    length_us,
    good,
    valid,
    has_events,
    is_silent,
    is_known,
    ratio,
    case
        when not is_known then 0
        when is_silent then 1
        when budgeting = 'timeslices' and ratio >= timeslice_target then 1
        when budgeting = 'timeslices' then 0
        else cast(ratio as decimal(38, 12))
    end as slice_points
from judged

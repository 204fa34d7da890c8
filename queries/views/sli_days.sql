-- ---
-- title = "Service level indicators by local day"
-- grain = "one objective and local day"
-- version = 1
-- definition = """
-- Good and valid events of the windows that are known. A window is unknown if it is absent, or if it saw no event
-- and the policy calls silence unknown. Approved maintenance is neither known nor expected. slice_points is the
-- sum over known windows of what the objective's budgeting method counts: for timeslices 1 for each window
-- at or above the slice target, for ratio timeslices the window's own ratio.
-- """
-- ---
with policy as (
    select value = 1 as silence_is_good
    from thresholds
    where name = 'zero_traffic_is_good'
),

windows as (
    select
        sli_windows.slo_id,
        sli_windows.local_date,
        sli_windows.good,
        sli_windows.valid,
        slo_objectives.timeslice_target,
        slo_objectives.budgeting,
        slo_objectives.window_seconds,
        slo_objectives.objective,
        sli_windows.valid > 0 as has_events,
        sli_windows.valid > 0 or (sli_windows.valid = 0 and policy.silence_is_good) as is_known
    from sli_windows
    inner join slo_objectives on sli_windows.slo_id = slo_objectives.slo_id
    cross join policy
    where not exists (
        select 1 from maintenance_windows
        where
            maintenance_windows.service = slo_objectives.service
            and sli_windows.window_start >= maintenance_windows.starts_at
            and sli_windows.window_start < maintenance_windows.ends_at
    )
)

select
    slo_id,
    local_date,
    count(case when is_known then 1 end) as known_windows,
    count(case when is_known then 1 end) * min(window_seconds) as known_seconds,
    count(case when not has_events then 1 end) as silent_windows,
    count(case when has_events and good > valid then 1 end) as windows_above_one,
    count(case when has_events and good / valid < objective then 1 end) as windows_below_objective,
    sum(case when has_events then good else 0 end) as good_events,
    sum(case when has_events then valid else 0 end) as valid_events,
    sum(
        case
            when not is_known then 0
            when not has_events then 1
            when budgeting = 'timeslices' and good / valid >= timeslice_target then 1
            when budgeting = 'timeslices' then 0
            else good / valid
        end
    ) as slice_points
from windows
group by slo_id, local_date

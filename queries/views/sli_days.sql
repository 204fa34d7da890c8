-- ---
-- title = "Service level indicators by local day"
-- grain = "one objective and local day"
-- version = 1
-- definition = """
-- Good and valid events of the windows that are known, and the time that is. Approved maintenance is neither known nor
-- expected. A known window counts with its own length. slice_points is the sum over known windows of what the objective's
-- budgeting method counts; unsound_windows had counts that are no counts. Events are summed to six decimals, so that no
-- order of adding changes a sum.
-- """
-- ---
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
    cast(sum(slice_points) as double) as slice_points
from judged_windows
group by slo_id, local_date

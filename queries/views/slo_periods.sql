-- ---
-- title = "Objectives in each period and month: what is good, bad and unknown"
-- grain = "one objective and calendar bucket (grain period or month)"
-- version = 1
-- definition = """
-- Expected time is the bucket's calendar time without approved maintenance. Coverage is known time divided by it.
-- Attainment is good events divided by valid events (budgeting by occurrences), or points divided by known windows
-- (by time slices). Attainment with the unknown counted as bad is attainment times coverage: unknown time is
-- taken to hold events at the same rate, all of them bad; an attainment above 1 counts as 1 there. With the unknown
-- counted as good it is one less the known bad share times coverage. Verdict: met if the worst case reaches the
-- objective, missed if the best case does not (the bad events in the known time spend the budget of the whole bucket);
-- else, from the policy's minimum of coverage on, what is known decides. Below that minimum it is partial where what
-- is known meets the objective, and not assessed where it does not.
-- """
-- ---
with summed as (
    select
        slo_id,
        objective,
        budgeting,
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        cast(sum(cast(expected_seconds as decimal(38, 6))) as double) as expected_seconds,
        cast(sum(cast(known_seconds as decimal(38, 6))) as double) as known_seconds,
        cast(sum(known_windows) as bigint) as known_windows,
        cast(sum(silent_windows) as bigint) as silent_windows,
        cast(sum(unsound_windows) as bigint) as unsound_windows,
        cast(sum(windows_above_one) as bigint) as windows_above_one,
        cast(sum(windows_below_objective) as bigint) as windows_below_objective,
        cast(sum(cast(good_events as decimal(38, 6))) as double) as good_events,
        cast(sum(cast(valid_events as decimal(38, 6))) as double) as valid_events,
        cast(sum(cast(slice_points as decimal(38, 12))) as double) as slice_points,
        count(case when is_breach_day then 1 end) as breach_days
    from slo_days
    group by grouping sets (
        (slo_id, objective, budgeting, period_start),
        (slo_id, objective, budgeting, month_start)
    )
),

rated as (
    select
        *,
        least(known_seconds / expected_seconds, 1.0) as coverage,
        case
            when budgeting = 'occurrences' and valid_events > 0 then good_events / valid_events
            when budgeting <> 'occurrences' and known_windows > 0 then slice_points / known_windows
        end as attainment
    from summed
    where expected_seconds > 0
),

bounded as (
    select
        *,
        case when attainment is not null then least(attainment, 1.0) * coverage end as attainment_worst,
        case when attainment is not null then 1.0 - (1.0 - least(attainment, 1.0)) * coverage end as attainment_best
    from rated
)

select
    bounded.*,
    case
        when bounded.attainment is null then 'not assessed'
        when bounded.attainment_worst >= bounded.objective then 'pass'
        when bounded.attainment_best < bounded.objective then 'fail'
        when bounded.coverage >= thresholds.value and bounded.attainment >= bounded.objective then 'pass'
        when bounded.coverage >= thresholds.value then 'fail'
        when bounded.attainment >= bounded.objective then 'partial'
        else 'not assessed'
    end as verdict
from bounded
cross join thresholds
where thresholds.name = 'minimum_coverage'

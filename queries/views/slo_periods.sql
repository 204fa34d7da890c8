-- ---
-- title = "Objectives in each period and month: what is good, bad and unknown"
-- grain = "one objective and calendar bucket (grain period or month)"
-- version = 1
-- definition = """
-- Expected time is the bucket's calendar time without approved maintenance. Coverage is known time divided by it.
-- Attainment is good events divided by valid events (budgeting by occurrences), or points divided by known windows
-- (by time slices). Attainment with the unknown counted as bad is attainment times coverage: unknown time is
-- taken to hold events at the same rate, all of them bad.
-- """
-- ---
with maintenance_days as (
    select
        slo_objectives.slo_id,
        calendar.local_date,
        sum(
            (
                epoch_us(least(maintenance_windows.ends_at, calendar.ends_at))
                - epoch_us(greatest(maintenance_windows.starts_at, calendar.starts_at))
            ) / 1000000.0
        ) as seconds
    from maintenance_windows
    inner join slo_objectives on maintenance_windows.service = slo_objectives.service
    inner join calendar
        on
            maintenance_windows.starts_at < calendar.ends_at
            and maintenance_windows.ends_at > calendar.starts_at
    group by slo_objectives.slo_id, calendar.local_date
),

days as (
    select
        slo_objectives.slo_id,
        slo_objectives.objective,
        slo_objectives.budgeting,
        calendar.local_date,
        calendar.period_start,
        calendar.month_start,
        calendar.seconds - coalesce(maintenance_days.seconds, 0) as expected_seconds,
        coalesce(sli_days.known_seconds, 0) as known_seconds,
        coalesce(sli_days.known_windows, 0) as known_windows,
        coalesce(sli_days.silent_windows, 0) as silent_windows,
        coalesce(sli_days.windows_above_one, 0) as windows_above_one,
        coalesce(sli_days.windows_below_objective, 0) as windows_below_objective,
        coalesce(sli_days.good_events, 0) as good_events,
        coalesce(sli_days.valid_events, 0) as valid_events,
        coalesce(sli_days.slice_points, 0) as slice_points,
        case
            when slo_objectives.budgeting = 'occurrences' and sli_days.valid_events > 0
                then sli_days.good_events / sli_days.valid_events < slo_objectives.objective
            when slo_objectives.budgeting <> 'occurrences' and sli_days.known_windows > 0
                then sli_days.slice_points / sli_days.known_windows < slo_objectives.objective
            else false
        end as is_breach_day
    from slo_objectives
    cross join calendar
    left join maintenance_days
        on
            slo_objectives.slo_id = maintenance_days.slo_id
            and calendar.local_date = maintenance_days.local_date
    left join sli_days
        on
            slo_objectives.slo_id = sli_days.slo_id
            and calendar.local_date = sli_days.local_date
),

summed as (
    select
        slo_id,
        objective,
        budgeting,
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        sum(expected_seconds) as expected_seconds,
        sum(known_seconds) as known_seconds,
        sum(known_windows) as known_windows,
        sum(silent_windows) as silent_windows,
        sum(windows_above_one) as windows_above_one,
        sum(windows_below_objective) as windows_below_objective,
        sum(good_events) as good_events,
        sum(valid_events) as valid_events,
        sum(slice_points) as slice_points,
        count(case when is_breach_day then 1 end) as breach_days
    from days
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
)

select
    rated.*,
    rated.attainment * rated.coverage as attainment_worst,
    case
        when rated.attainment is null then 'not assessed'
        when rated.attainment < rated.objective then 'fail'
        when rated.attainment * rated.coverage >= rated.objective then 'pass'
        when rated.coverage >= thresholds.value then 'pass'
        else 'partial'
    end as verdict
from rated
cross join thresholds
where thresholds.name = 'minimum_coverage'

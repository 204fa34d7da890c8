-- ---
-- title = "Objectives on each local day: what is expected and what is known"
-- grain = "one objective and local day of the trend"
-- version = 1
-- definition = """
-- Expected time is the day's own length (23 or 25 hours where the clocks change) without approved maintenance. No day is
-- known for longer than it is expected, so that doubled windows of one day cannot make up for the gap of another; only
-- the windows of an objective that declares them longer than a day keep their length.
-- """
-- ---
with maintenance_days as (
    select
        slo_objectives.slo_id,
        calendar.local_date,
        sum(
            (
                epoch_us(least(approved_maintenance.ends_at, calendar.ends_at))
                - epoch_us(greatest(approved_maintenance.starts_at, calendar.starts_at))
            )
        ) / 1000000.0 as seconds
    from approved_maintenance
    inner join slo_objectives on approved_maintenance.service = slo_objectives.service
    inner join calendar
        on
            approved_maintenance.starts_at < calendar.ends_at
            and approved_maintenance.ends_at > calendar.starts_at
    group by slo_objectives.slo_id, calendar.local_date
),

expected as (
    select
        slo_objectives.slo_id,
        slo_objectives.objective,
        slo_objectives.budgeting,
        slo_objectives.window_seconds,
        calendar.local_date,
        calendar.period_start,
        calendar.month_start,
        calendar.seconds - coalesce(maintenance_days.seconds, 0) as expected_seconds
    from slo_objectives
    cross join calendar
    left join maintenance_days
        on
            slo_objectives.slo_id = maintenance_days.slo_id
            and calendar.local_date = maintenance_days.local_date
)

select
    expected.slo_id,
    expected.objective,
    expected.budgeting,
    expected.local_date,
    expected.period_start,
    expected.month_start,
    expected.expected_seconds,
    case
        when expected.window_seconds > 86400 then coalesce(sli_days.known_seconds, 0)
        else least(coalesce(sli_days.known_seconds, 0), expected.expected_seconds)
    end as known_seconds,
    coalesce(sli_days.known_windows, 0) as known_windows,
    coalesce(sli_days.silent_windows, 0) as silent_windows,
    coalesce(sli_days.unsound_windows, 0) as unsound_windows,
    coalesce(sli_days.windows_above_one, 0) as windows_above_one,
    coalesce(sli_days.windows_below_objective, 0) as windows_below_objective,
    coalesce(sli_days.good_events, 0) as good_events,
    coalesce(sli_days.valid_events, 0) as valid_events,
    coalesce(sli_days.slice_points, 0) as slice_points,
    case
        when expected.budgeting = 'occurrences' and sli_days.valid_events > 0
            then sli_days.good_events / sli_days.valid_events < expected.objective
        when expected.budgeting <> 'occurrences' and sli_days.known_windows > 0
            then sli_days.slice_points / sli_days.known_windows < expected.objective
        else false
    end as is_breach_day
from expected
left join sli_days
    on
        expected.slo_id = sli_days.slo_id
        and expected.local_date = sli_days.local_date

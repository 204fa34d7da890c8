-- ---
-- title = "Rolling service level attainment"
-- unit = "ratio"
-- better = "higher"
-- version = 1
-- source = "OpenSLO v1 (rolling time windows); SRE workbook, chapter 2"
-- definition = """
-- Attainment over the 7, 28 and 30 days that end with the period. It differs from the calendar attainment by nature,
-- because it covers other days. Shown only where those days lie inside the trend.
-- """
-- ---
with spans as (
    select
        periods.first_day,
        periods.after_day,
        lengths.days,
        periods.after_day - lengths.days as from_day
    from periods
    cross join (select unnest([7, 28, 30]) as days) as lengths
),

days as (
    select
        spans.first_day,
        spans.days,
        sli_days.slo_id,
        slo_objectives.budgeting,
        sli_days.good_events,
        sli_days.valid_events,
        sli_days.slice_points,
        sli_days.known_windows
    from spans
    inner join sli_days
        on
            sli_days.local_date < spans.after_day
            and sli_days.local_date >= spans.from_day
    inner join slo_objectives on sli_days.slo_id = slo_objectives.slo_id
),

summed as (
    select
        first_day,
        days,
        slo_id,
        budgeting,
        sum(good_events) as good_events,
        sum(valid_events) as valid_events,
        sum(slice_points) as slice_points,
        sum(known_windows) as known_windows
    from days
    group by first_day, days, slo_id, budgeting
)

select
    'period' as grain,
    first_day as starts_on,
    'slo' as scope_type,
    slo_id as scope,
    cast(null as varchar) as environment,
    concat('attainment_', cast(days as varchar), 'd') as statistic,
    case
        when budgeting = 'occurrences' and valid_events > 0 then good_events / valid_events
        when budgeting <> 'occurrences' and known_windows > 0 then slice_points / known_windows
    end as value,
    'ratio' as unit,
    known_windows as n,
    case when budgeting = 'occurrences' then good_events else slice_points end as numerator,
    case when budgeting = 'occurrences' then valid_events else cast(known_windows as double) end as denominator,
    0 as excluded
from summed
order by grain, starts_on, scope, statistic

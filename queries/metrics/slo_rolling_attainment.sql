-- ---
-- title = "Rolling service level attainment"
-- unit = "ratio"
-- better = "higher"
-- rows = "slo_attainment"
-- version = 1
-- source = "OpenSLO v1 (rolling time windows); SRE workbook, chapter 2"
-- definition = """
-- Attainment over the 7, 28 and 30 days that end with the period, and over the objective's own rolling window. It differs
-- from the calendar attainment by nature, because it covers other days. coverage_* is the known share of those days'
-- expected time. Shown only where all of those days lie inside the trend, so that none is shorter than it says.
-- """
-- ---
with lengths as (
    select
        slo_objectives.slo_id,
        unnest([7, 28, 30]) as days
    from slo_objectives
    union
    select
        slo_id,
        rolling_days as days
    from slo_objectives
    where rolling_days is not null
),

spans as (
    select
        lengths.slo_id,
        lengths.days,
        periods.first_day,
        periods.after_day,
        periods.after_day - cast(lengths.days as integer) as from_day
    from periods
    cross join lengths
),

summed as (
    select
        spans.slo_id,
        spans.first_day,
        spans.days,
        slo_days.budgeting,
        cast(sum(slo_days.known_windows) as bigint) as known_windows,
        cast(sum(cast(slo_days.expected_seconds as decimal(38, 6))) as double) as expected_seconds,
        cast(sum(cast(slo_days.known_seconds as decimal(38, 6))) as double) as known_seconds,
        cast(sum(cast(slo_days.good_events as decimal(38, 6))) as double) as good_events,
        cast(sum(cast(slo_days.valid_events as decimal(38, 6))) as double) as valid_events,
        cast(sum(cast(slo_days.slice_points as decimal(38, 12))) as double) as slice_points
    from spans
    inner join slo_days
        on
            spans.slo_id = slo_days.slo_id
            and spans.after_day > slo_days.local_date
            and spans.from_day <= slo_days.local_date
    where spans.from_day >= (select min(periods.first_day) from periods)
    group by spans.slo_id, spans.first_day, spans.days, slo_days.budgeting
),

statistics as (
    select
        first_day,
        slo_id,
        concat('attainment_', cast(days as varchar), 'd') as statistic,
        case
            when budgeting = 'occurrences' and valid_events > 0 then good_events / valid_events
            when budgeting <> 'occurrences' and known_windows > 0 then slice_points / known_windows
        end as value,
        'ratio' as unit,
        known_windows as n,
        case when budgeting = 'occurrences' then good_events else slice_points end as numerator,
        case when budgeting = 'occurrences' then valid_events else cast(known_windows as double) end as denominator
    from summed
    union all
    select
        first_day,
        slo_id,
        concat('coverage_', cast(days as varchar), 'd') as statistic,
        case when expected_seconds > 0 then least(known_seconds / expected_seconds, 1.0) end as value,
        'share' as unit,
        known_windows as n,
        known_seconds as numerator,
        expected_seconds as denominator
    from summed
)

select
    'period' as grain,
    first_day as starts_on,
    'slo' as scope_type,
    slo_id as scope,
    cast(null as varchar) as environment,
    statistic,
    value,
    unit,
    n,
    numerator,
    denominator,
    0 as excluded
from statistics
order by grain, starts_on, scope, statistic

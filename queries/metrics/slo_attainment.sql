-- ---
-- title = "Service level attainment"
-- unit = "ratio"
-- better = "higher"
-- version = 1
-- source = "OpenSLO v1 (budgeting methods); SRE workbook, chapter 2"
-- definition = """
-- Good events divided by valid events of a calendar period or month (budgeting by occurrences), or time slices in
-- order divided by known ones. Known apart: the share of expected time that is known (coverage), the
-- attainment if all unknown time had been bad (attainment_worst), good and bad events, unknown minutes. An
-- attainment above 1 comes from counters that were extrapolated; it is shown and its windows are listed.
-- """
-- ---
with statistics as (
    select
        grain, starts_on, slo_id, 'attainment' as statistic, attainment as value, 'ratio' as unit,
        known_windows as n,
        case when budgeting = 'occurrences' then good_events else slice_points end as numerator,
        case when budgeting = 'occurrences' then valid_events else known_windows end as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'attainment_worst' as statistic, attainment_worst as value, 'ratio' as unit,
        known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'coverage' as statistic, coverage as value, 'share' as unit, known_windows as n,
        cast(known_seconds as double) as numerator, cast(expected_seconds as double) as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'good_events' as statistic, good_events as value, 'events' as unit,
        known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'bad_events' as statistic, valid_events - good_events as value,
        'events' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'unknown_minutes' as statistic,
        (1 - coverage) * expected_seconds / 60.0 as value, 'min' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from slo_periods
    union all
    select
        grain, starts_on, slo_id, 'breach_days' as statistic, cast(breach_days as double) as value,
        'days' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from slo_periods
)

select
    grain,
    starts_on,
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

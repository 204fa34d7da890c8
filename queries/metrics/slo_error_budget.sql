-- ---
-- title = "Error budget"
-- unit = "ratio"
-- better = "lower"
-- rows = "slo_attainment"
-- version = 1
-- source = "SRE workbook, chapters 2 and 5"
-- definition = """
-- The budget of a calendar period is what the objective allows to go wrong: (1 - objective) of its valid events, or
-- of its expected minutes. spent is the bad share of what is known divided by the allowed share: 1 means that all of
-- it is used if the unknown time went like the known; whether the objective is missed, its check says. left_events and
-- left_minutes are what remains; minutes stretch the bad share over the whole of the expected time. A budget of time
-- slices is one of time: it has no events.
-- """
-- ---
with budgets as (
    select
        *,
        1 - objective as allowed_share,
        1 - attainment as bad_share
    from slo_periods
    where attainment is not null
),

statistics as (
    select
        grain, starts_on, slo_id, 'spent' as statistic, bad_share / allowed_share as value, 'ratio' as unit,
        known_windows as n,
        bad_share as numerator, allowed_share as denominator
    from budgets
    where grain = 'period'
    union all
    select
        grain, starts_on, slo_id, 'allowed_events' as statistic, allowed_share * valid_events as value,
        'events' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from budgets
    where grain = 'period' and budgeting = 'occurrences'
    union all
    select
        grain, starts_on, slo_id, 'left_events' as statistic,
        (allowed_share - bad_share) * valid_events as value, 'events' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from budgets
    where grain = 'period' and budgeting = 'occurrences'
    union all
    select
        grain, starts_on, slo_id, 'allowed_minutes' as statistic,
        allowed_share * expected_seconds / 60.0 as value, 'min' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from budgets
    where grain = 'period'
    union all
    select
        grain, starts_on, slo_id, 'left_minutes' as statistic,
        (allowed_share - bad_share) * expected_seconds / 60.0 as value, 'min' as unit, known_windows as n,
        cast(null as double) as numerator, cast(null as double) as denominator
    from budgets
    where grain = 'period'
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

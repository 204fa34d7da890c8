-- ---
-- title = "Error budget burn"
-- unit = "ratio"
-- better = "lower"
-- rows = "slo_attainment"
-- version = 1
-- source = "SRE workbook, chapter 5: burn rates 14.4 (1 h), 6 (6 h), 3 (1 d) and 1 (3 d) for a 30 day budget"
-- definition = """
-- Burn rate is the bad share, of events or of time slices as the objective budgets, divided by the allowed share: at
-- 1 the budget lasts exactly its 30 days. The report's period is cut into blocks of 1, 6, 24 and 72 hours (UTC); over_*
-- counts the blocks whose burn rate reached the SRE workbook's alerting rate for that length, highest_1h is the highest
-- rate of any hour. longest_breach is the longest run of hours in a row, without a gap, that were each below the
-- objective (seconds).
-- """
-- ---
with lengths as (
    select unnest([1, 6, 24, 72]) as hours
),

blocks as (
    select
        sli_hours.slo_id,
        sli_hours.objective,
        lengths.hours,
        floor(epoch_us(sli_hours.hour_start) / (lengths.hours * 3600000000.0)) as block_no,
        sum(sli_hours.bad) / sum(sli_hours.counted) as bad_share
    from sli_hours
    cross join lengths
    group by
        sli_hours.slo_id,
        sli_hours.objective,
        lengths.hours,
        floor(epoch_us(sli_hours.hour_start) / (lengths.hours * 3600000000.0))
),

burning as (
    select
        slo_id,
        hours,
        bad_share / (1 - objective) as burn_rate,
        case hours when 1 then 14.4 when 6 then 6.0 when 24 then 3.0 else 1.0 end as alerting_rate
    from blocks
),

counted as (
    select
        slo_id,
        hours,
        count(*) as n,
        count(case when burn_rate >= alerting_rate - 0.000000001 then 1 end) as over,
        max(burn_rate) as highest
    from burning
    group by slo_id, hours
),

breached_hours as (
    select
        slo_id,
        hour_start,
        epoch_us(hour_start) / 3600000000.0 - row_number() over (
            partition by slo_id
            order by hour_start
        ) as run_no
    from sli_hours
    where bad_share > 1 - objective + 0.000000000001
),

runs as (
    select
        slo_id,
        run_no,
        count(*) as hours
    from breached_hours
    group by slo_id, run_no
),

longest as (
    select
        slo_id,
        max(hours) as hours
    from runs
    group by slo_id
),

known as (
    select
        slo_id,
        count(*) as n
    from sli_hours
    group by slo_id
),

statistics as (
    select
        slo_id,
        concat('over_', cast(hours as varchar), 'h') as statistic,
        cast(over as double) as value,
        'blocks' as unit,
        n
    from counted
    union all
    select
        slo_id,
        'highest_1h' as statistic,
        highest as value,
        'ratio' as unit,
        n
    from counted
    where hours = 1
    union all
    select
        known.slo_id,
        'longest_breach' as statistic,
        coalesce(longest.hours, 0) * 3600.0 as value,
        's' as unit,
        known.n
    from known
    left join longest on known.slo_id = longest.slo_id
)

select
    'period' as grain,
    period.first_day as starts_on,
    'slo' as scope_type,
    statistics.slo_id as scope,
    cast(null as varchar) as environment,
    statistics.statistic,
    statistics.value,
    statistics.unit,
    statistics.n,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    0 as excluded
from statistics
cross join period
order by grain, starts_on, scope, statistics.statistic

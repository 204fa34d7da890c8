-- ---
-- title = "Deployment rework rate"
-- unit = "share"
-- better = "lower"
-- core = true
-- version = 1
-- source = "DORA (DevOps Research and Assessment), Software delivery metrics guide, January 2026"
-- definition = """
-- Unplanned production deployments, made because of an incident or a bug that users saw, divided by all completed
-- production deployments. Unplanned: the source calls it so (hotfix, revert or emergency in its ref or labels), it
-- is a rollback, or it is linked as the fix of an incident. rate_six_months looks back 26 weeks from the
-- end of the period, the window that DORA's survey asks about; a period of which a source of deployments does not
-- cover each of those 182 days has none.
-- """
-- ---
with judged as (
    select
        *,
        is_unplanned or is_rollback or fixes_incident is not null as is_rework
    from production_deployments
),

covered_days as (
    select distinct source_days.local_date
    from source_days
    where exists (
        select 1 from judged
        where judged.source = source_days.source
    )
),

known_half_years as (
    select
        periods.first_day,
        periods.after_day
    from periods
    inner join covered_days
        on
            periods.after_day > covered_days.local_date
            and periods.after_day - interval 182 day <= covered_days.local_date
    group by periods.first_day, periods.after_day
    having count(*) = 182
),

last_half_year as (
    select
        known_half_years.first_day as period_start,
        judged.service,
        judged.team,
        judged.is_rework
    from known_half_years
    inner join judged
        on
            known_half_years.after_day > judged.local_date
            and known_half_years.after_day - interval 182 day <= judged.local_date
),

counted as (
    select
        case
            when grouping(period_start) = 0 then 'period'
            when grouping(month_start) = 0 then 'month'
            else 'week'
        end as grain,
        coalesce(period_start, month_start, week_start) as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        environment,
        'rate' as statistic,
        count(*) as completed,
        count(case when is_rework then 1 end) as reworked
    from judged
    group by grouping sets (
        (period_start),
        (period_start, environment),
        (period_start, team),
        (period_start, service),
        (period_start, service, environment),
        (month_start),
        (month_start, team),
        (month_start, service),
        (week_start),
        (week_start, team),
        (week_start, service)
    )
),

counted_half_year as (
    select
        'period' as grain,
        period_start as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        cast(null as varchar) as environment,
        'rate_six_months' as statistic,
        count(*) as completed,
        count(case when is_rework then 1 end) as reworked
    from last_half_year
    group by grouping sets ((period_start), (period_start, team), (period_start, service))
),

together as (
    select * from counted
    union all
    select * from counted_half_year
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    environment,
    statistic,
    cast(reworked as double) / completed as value,
    'share' as unit,
    completed as n,
    cast(reworked as double) as numerator,
    cast(completed as double) as denominator,
    0 as excluded
from together
order by grain, starts_on, scope_type, scope, environment, statistic

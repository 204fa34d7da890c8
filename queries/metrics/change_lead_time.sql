-- ---
-- title = "Change lead time"
-- unit = "s"
-- better = "lower"
-- core = true
-- version = 1
-- source = "DORA (DevOps Research and Assessment), Software delivery metrics guide, January 2026"
-- definition = """
-- Time from the authoring of a change's earliest own commit to the first successful production deployment that
-- contains it, of the changes deployed in the bucket; median and 90th percentile. A change that touches several
-- services counts once for each. DORA's guide says neither median nor first commit: both are our choice.
-- Left out and counted as excluded: changes without a known authoring time (not_attributable) and negative times
-- (negative), which are listed with the data quality. Dependency bots are in or out as the configuration says;
-- median_with_bots, median_without_bots and bot_share (their part of the changes) are printed either way. not_deployed
-- counts the requests merged in the period, bots' too, that no known production deployment contains by its end; those
-- merged before the first known deployment of their service, or of their repository if they name no service, cannot
-- be told and are excluded from it.
-- """
-- ---
with deployed as (
    select
        change_deployments.*,
        coalesce(change_deployments.lead_seconds >= 0, false) as is_known,
        thresholds.value as include_bots,
        thresholds.value = 1 or not change_deployments.is_bot as is_counted
    from change_deployments
    cross join thresholds
    where thresholds.name = 'include_bots'
),

in_service as (
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
        count(case when is_counted and is_known then 1 end) as n,
        count(case when is_counted and not is_known then 1 end) as excluded,
        quantile_cont(case when is_counted and is_known then lead_seconds end, 0.9) as p90_seconds,
        count(case when is_counted and lead_seconds < 0 then 1 end) as negative,
        quantile_cont(case when is_known then lead_seconds end, 0.5) as median_with_bots,
        count(case when is_known then 1 end) as n_with_bots,
        quantile_cont(case when is_known and not is_bot then lead_seconds end, 0.5) as median_without_bots,
        count(case when is_known and not is_bot then 1 end) as n_without_bots,
        count(case when not is_bot then 1 end) as without_bots,
        count(case when is_bot then 1 end) as from_bots,
        count(*) as in_all,
        min(include_bots) = 1 as are_bots_counted
    from deployed
    where is_first
    group by grouping sets (
        (period_start),
        (period_start, team),
        (period_start, service)
    )
),

in_bucket as (
    select
        case when grouping(month_start) = 0 then 'month' else 'week' end as grain,
        coalesce(month_start, week_start) as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        coalesce(service, team, 'all') as scope,
        cast(null as varchar) as environment,
        count(case when is_counted and is_known then 1 end) as n,
        count(case when is_counted and not is_known then 1 end) as excluded,
        quantile_cont(case when is_counted and is_known then lead_seconds end, 0.5) as median_seconds
    from deployed
    where is_first
    group by grouping sets (
        (month_start),
        (month_start, team),
        (month_start, service),
        (week_start),
        (week_start, team),
        (week_start, service)
    )
),

in_environment as (
    select
        'period' as grain,
        period_start as starts_on,
        'service' as scope_type,
        service as scope,
        environment,
        count(case when is_counted and is_known then 1 end) as n,
        count(case when is_counted and not is_known then 1 end) as excluded,
        quantile_cont(case when is_counted and is_known then lead_seconds end, 0.5) as median_seconds,
        quantile_cont(case when is_counted and is_known then lead_seconds end, 0.9) as p90_seconds
    from deployed
    group by period_start, service, environment
),

not_deployed as (
    select
        'period' as grain,
        period_start as starts_on,
        case
            when grouping(service) = 0 then 'service'
            when grouping(team) = 0 then 'team'
            else 'organisation'
        end as scope_type,
        case
            when grouping(service) = 0 then coalesce(service, '(no service)')
            when grouping(team) = 0 then team
            else 'all'
        end as scope,
        count(case when not is_before_baseline then 1 end) as in_all,
        count(case when not is_before_baseline and not is_deployed then 1 end) as waiting,
        count(case when is_before_baseline then 1 end) as before_baseline
    from merged_changes
    group by grouping sets (
        (period_start),
        (period_start, team),
        (period_start, service)
    )
),

statistics as (
    select
        grain, starts_on, scope_type, scope, environment, 'median' as statistic,
        case when are_bots_counted then median_with_bots else median_without_bots end as value,
        's' as unit, n, cast(null as double) as numerator, cast(null as double) as denominator, excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'median' as statistic, median_seconds as value,
        's' as unit, n, cast(null as double) as numerator, cast(null as double) as denominator, excluded
    from in_bucket
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'p90' as statistic, p90_seconds as value,
        's' as unit, n, cast(null as double) as numerator, cast(null as double) as denominator, excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'median_without_bots' as statistic,
        median_without_bots as value, 's' as unit, n_without_bots as n, cast(null as double) as numerator,
        cast(null as double) as denominator, without_bots - n_without_bots as excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'median_with_bots' as statistic,
        median_with_bots as value, 's' as unit, n_with_bots as n, cast(null as double) as numerator,
        cast(null as double) as denominator, in_all - n_with_bots as excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'negative' as statistic,
        cast(negative as double) as value,
        'changes' as unit, n + excluded as n, cast(negative as double) as numerator,
        cast(n + excluded as double) as denominator, 0 as excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'not_attributable' as statistic,
        cast(excluded - negative as double) as value, 'changes' as unit, n + excluded as n,
        cast(excluded - negative as double) as numerator, cast(n + excluded as double) as denominator, 0 as excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'bot_share' as statistic,
        cast(from_bots as double) / in_all as value, 'share' as unit, in_all as n,
        cast(from_bots as double) as numerator, cast(in_all as double) as denominator, 0 as excluded
    from in_service
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'median' as statistic, median_seconds as value,
        's' as unit, n, cast(null as double) as numerator, cast(null as double) as denominator, excluded
    from in_environment
    union all
    select
        grain, starts_on, scope_type, scope, environment, 'p90' as statistic, p90_seconds as value,
        's' as unit, n, cast(null as double) as numerator, cast(null as double) as denominator, excluded
    from in_environment
    union all
    select
        grain, starts_on, scope_type, scope, cast(null as varchar) as environment, 'not_deployed' as statistic,
        cast(waiting as double) as value, 'changes' as unit, in_all as n, cast(waiting as double) as numerator,
        cast(in_all as double) as denominator, before_baseline as excluded
    from not_deployed
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    environment,
    statistic,
    value,
    unit,
    n,
    numerator,
    denominator,
    excluded
from statistics
order by grain, starts_on, scope_type, scope, environment, statistic

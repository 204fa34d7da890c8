-- ---
-- title = "Change fail rate"
-- unit = "share"
-- better = "lower"
-- core = true
-- version = 1
-- source = "DORA (DevOps Research and Assessment), Software delivery metrics guide, January 2026"
-- definition = """
-- Production deployments that failed in production or have a causal link to an incident, a rollback or a hotfix,
-- divided by all completed production deployments. Each deployment counts once, however many incidents it has.
-- rate_of_successful leaves the deployments that ended as failed out of both counts; rate_explicit counts only
-- links that a record names, none that were inferred from time.
-- """
-- ---
with judged as (
    select
        production_deployments.*,
        failed_deployments.deployment_id is not null as is_failure,
        coalesce(failed_deployments.is_explicit, false) as is_explicit,
        coalesce(failed_deployments.deployment_id is not null and production_deployments.is_success, false)
            as is_failed_success
    from production_deployments
    left join failed_deployments on production_deployments.deployment_id = failed_deployments.deployment_id
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
        count(*) as completed,
        count(case when is_failure then 1 end) as failures,
        count(case when is_explicit then 1 end) as explicit_failures,
        count(case when is_success then 1 end) as successes,
        count(case when is_failed_success then 1 end) as failed_successes
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

statistics as (
    select
        *,
        'rate' as statistic,
        failures as numerator,
        completed as denominator
    from counted
    union all
    select
        *,
        'rate_explicit' as statistic,
        explicit_failures as numerator,
        completed as denominator
    from counted
    where grain = 'period'
    union all
    select
        *,
        'rate_of_successful' as statistic,
        failed_successes as numerator,
        successes as denominator
    from counted
    where grain = 'period'
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    environment,
    statistic,
    case when denominator > 0 then cast(numerator as double) / denominator end as value,
    'share' as unit,
    denominator as n,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    0 as excluded
from statistics
order by grain, starts_on, scope_type, scope, environment, statistic

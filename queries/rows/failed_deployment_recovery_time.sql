-- ---
-- title = "The failed deployments behind a recovery time, each with the seconds until it had recovered"
-- statistic = "median"
-- ---
with recovered as (
    select
        failed_deployments.deployment_id,
        failed_deployments.recovered_at,
        utc_dates.period_start,
        utc_dates.month_start,
        utc_dates.week_start,
        (epoch_us(failed_deployments.recovered_at) - epoch_us(failed_deployments.finished_at)) / 1000000.0 as seconds
    from failed_deployments
    inner join utc_dates
        on
            cast(failed_deployments.recovered_at as date) = utc_dates.utc_date
            and failed_deployments.recovered_at >= utc_dates.starts_at
            and failed_deployments.recovered_at < utc_dates.ends_at
)

select
    deployment_scopes.scope_type,
    deployment_scopes.scope,
    deployment_scopes.scope_environment as environment,
    recovered.period_start,
    recovered.month_start,
    recovered.week_start,
    deployment_scopes.deployment_id as resource,
    recovered.recovered_at as happened_at,
    recovered.seconds as value,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    recovered.seconds < 0 as is_excluded,
    case when recovered.seconds < 0 then 'recovered before its end' else 'recovered' end as note,
    [deployment_scopes.extract_id] as extract_ids
from recovered
inner join deployment_scopes on recovered.deployment_id = deployment_scopes.deployment_id
order by deployment_scopes.scope_type, deployment_scopes.scope, environment, happened_at, resource

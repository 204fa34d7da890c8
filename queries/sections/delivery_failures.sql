-- ---
-- title = "Failures and recovery"
-- chapter = "delivery"
-- order = 3
-- note = "Recovery counts in the period in which it happened. A failure that had not recovered when the period ended is shown as open, with its age then."
-- ---
with figures as (
    select metrics.*
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
),

failures as (
    select
        scope as service,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then value end) as rate,
        max(case when metric = 'change_fail_rate' and statistic = 'rate_explicit' then value end) as rate_explicit,
        max(case when metric = 'change_fail_rate' and statistic = 'rate_of_successful' then value end)
            as rate_of_successful,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then numerator end) as failed,
        max(case when metric = 'change_fail_rate' and statistic = 'rate' then denominator end) as completed,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then value end) as recovery,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'median' then n end) as recovered,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'p90' then value end) as recovery_p90,
        max(
            case when metric = 'failed_deployment_recovery_time' and statistic = 'median_from_detection' then value end
        ) as from_detection,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'open' then n end) as still_open,
        max(case when metric = 'failed_deployment_recovery_time' and statistic = 'oldest_open' then value end)
            as oldest_open,
        max(case when metric = 'deployment_rework_rate' and statistic = 'rate_six_months' then value end)
            as rework_six_months
    from figures
    group by scope
)

select
    service,
    failed,
    completed,
    rate,
    rate_explicit,
    rate_of_successful,
    recovery,
    recovered,
    recovery_p90,
    from_detection,
    coalesce(still_open, 0) as still_open,
    oldest_open,
    rework_six_months
from failures
where completed is not null or recovered is not null or still_open is not null
order by service

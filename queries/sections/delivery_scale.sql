-- ---
-- title = "On DORA's own answer scale"
-- chapter = "delivery"
-- order = 5
-- version = 1
-- note = "DORA published no tiers since 2025, and its earlier clusters were centres, not thresholds; so no service is called elite or low here. Each figure is put where DORA's survey would have put it. The survey's scores run from 0 to 10: (answer - 1) x 2."
-- definition = """
-- Lead time and recovery: more than six months, one to six months, one week to one month, one day to one week, less
-- than one day, less than one hour (30.44 days a month). Frequency: less than once in six months, monthly to
-- six-monthly, weekly to monthly, daily to weekly, hourly to daily, on demand (more than hourly).
-- """
-- ---
with figures as (
    select
        metrics.scope as service,
        metrics.metric,
        metrics.value,
        metrics.n
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
        and (
            (metrics.metric in (
                'change_lead_time',
                'failed_deployment_recovery_time'
            ) and metrics.statistic = 'median')
            or (metrics.metric = 'deployment_frequency' and metrics.statistic = 'per_week')
        )
),

answered as (
    select
        service,
        metric,
        n,
        case
            when value is null then null
            when metric = 'deployment_frequency' and value >= 168 then 6
            when metric = 'deployment_frequency' and value >= 7 then 5
            when metric = 'deployment_frequency' and value >= 1 then 4
            when metric = 'deployment_frequency' and value >= 7 / 30.44 then 3
            when metric = 'deployment_frequency' and value >= 7 / 182.62 then 2
            when metric = 'deployment_frequency' then 1
            when value < 3600 then 6
            when value < 86400 then 5
            when value < 7 * 86400 then 4
            when value < 30.44 * 86400 then 3
            when value < 182.62 * 86400 then 2
            else 1
        end as answer
    from figures
),

worded as (
    select
        service,
        metric,
        n,
        answer,
        case
            when metric = 'deployment_frequency'
                then
                    case answer
                        when 6 then 'on demand'
                        when 5 then 'hourly to daily'
                        when 4 then 'daily to weekly'
                        when 3 then 'weekly to monthly'
                        when 2 then 'monthly to six-monthly'
                        when 1 then 'less than six-monthly'
                    end
            else case answer
                when 6 then 'less than an hour'
                when 5 then 'less than a day'
                when 4 then 'a day to a week'
                when 3 then 'a week to a month'
                when 2 then 'one to six months'
                when 1 then 'more than six months'
            end
        end as words
    from answered
),

per_service as (
    select
        service,
        max(case when metric = 'change_lead_time' then words end) as lead_time,
        max(case when metric = 'change_lead_time' then n end) as changes,
        max(case when metric = 'deployment_frequency' then words end) as frequency,
        max(case when metric = 'deployment_frequency' then n end) as deployments,
        max(case when metric = 'failed_deployment_recovery_time' then words end) as recovery,
        max(case when metric = 'failed_deployment_recovery_time' then n end) as recovered
    from worded
    group by service
),

published_means as (
    select
        edition,
        industry,
        max(case when measure = 'change_lead_time' then mean end) as lead_time,
        max(case when measure = 'deployment_frequency' then mean end) as frequency,
        max(case when measure = 'failed_deployment_recovery_time' then mean end) as recovery,
        max(case when measure = 'change_fail_rate' then mean end) as fail_rate,
        max(case when measure = 'deployment_rework_rate' then mean end) as rework_rate
    from dora_quick_check
    group by edition, industry
),

together as (
    select
        'service' as kind,
        service as name,
        lead_time,
        changes,
        frequency,
        deployments,
        recovery,
        recovered,
        cast(null as double) as lead_time_score,
        cast(null as double) as frequency_score,
        cast(null as double) as recovery_score,
        cast(null as double) as fail_rate,
        cast(null as double) as rework_rate,
        1 as position
    from per_service
    union all
    select
        'reference' as kind,
        concat(cast(edition as varchar), ', ', industry) as name,
        cast(null as varchar) as lead_time,
        cast(null as bigint) as changes,
        cast(null as varchar) as frequency,
        cast(null as bigint) as deployments,
        cast(null as varchar) as recovery,
        cast(null as bigint) as recovered,
        lead_time as lead_time_score,
        frequency as frequency_score,
        recovery as recovery_score,
        fail_rate,
        rework_rate,
        case when industry = 'all industries' then 2 else 3 end as position
    from published_means
)

select
    kind,
    name,
    lead_time,
    changes,
    frequency,
    deployments,
    recovery,
    recovered,
    lead_time_score,
    frequency_score,
    recovery_score,
    fail_rate,
    rework_rate
from together
order by position, name

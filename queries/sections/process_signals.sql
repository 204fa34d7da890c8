-- ---
-- title = "Signals beyond routine variation"
-- chapter = "trends"
-- order = 2
-- note = "A signal is a whole month of this period outside the limits set by the months before it, or the last of eight on one side of their mean. Limits: mean ± 2.66 mean moving ranges (XmR chart; Shewhart, Wheeler); of shares ± 3 standard errors at the month's n (p-chart). No median of fewer than five, and nothing from fewer than six months before the period."
-- ---
with measures as (
    select
        1 as position,
        'Lead time, median' as measure,
        'change_lead_time' as metric,
        'median' as statistic
    union all
    select
        2 as position,
        'Deployments per week' as measure,
        'deployment_frequency' as metric,
        'per_week' as statistic
    union all
    select
        3 as position,
        'Change fail rate' as measure,
        'change_fail_rate' as metric,
        'rate' as statistic
    union all
    select
        4 as position,
        'Recovery, median' as measure,
        'failed_deployment_recovery_time' as metric,
        'median' as statistic
    union all
    select
        5 as position,
        'Rework rate' as measure,
        'deployment_rework_rate' as metric,
        'rate' as statistic
),

whole_months as (
    select
        calendar.month_start,
        min(calendar.local_date) >= min(period.first_day) as is_judged
    from calendar
    cross join period
    group by calendar.month_start
    having
        count(*) >= 28
        and max(calendar.ends_at) <= min(period.known_until)
),

monthly as (
    select
        measures.position,
        measures.measure,
        measures.metric,
        metrics.scope as service,
        metrics.starts_on,
        case when metrics.unit = 'per week' then 'deployments' else metrics.unit end as unit,
        metrics.value,
        metrics.n,
        metrics.numerator,
        metrics.denominator,
        whole_months.is_judged,
        abs(metrics.value - lag(metrics.value) over (
            partition by measures.position, metrics.scope, whole_months.is_judged
            order by metrics.starts_on
        )) as moving_range,
        row_number() over (
            partition by measures.position, metrics.scope
            order by metrics.starts_on desc
        ) as back
    from metrics
    inner join measures on metrics.metric = measures.metric and metrics.statistic = measures.statistic
    inner join whole_months on metrics.starts_on = whole_months.month_start
    cross join thresholds
    where
        metrics.grain = 'month'
        and metrics.scope_type = 'service'
        and metrics.environment is null
        and metrics.value is not null
        and thresholds.name = 'small_n'
        and (metrics.statistic <> 'median' or metrics.n >= thresholds.value)
),

-- summed to nine decimals, so that no order of adding changes a limit
baselines as (
    select
        position,
        service,
        count(*) as months,
        case
            when min(unit) = 'share' then sum(numerator) / sum(denominator)
            else cast(sum(cast(value as decimal(38, 9))) as double) / count(*)
        end as mean_value,
        cast(sum(cast(moving_range as decimal(38, 9))) as double) / count(moving_range) as mean_range
    from monthly
    where not is_judged
    group by position, service
    having count(*) >= 6
),

spread as (
    select
        monthly.*,
        baselines.months,
        baselines.mean_value,
        case
            when monthly.unit = 'share'
                then 3 * sqrt(baselines.mean_value * (1 - baselines.mean_value) / monthly.denominator)
            else 2.66 * baselines.mean_range
        end as reach
    from monthly
    inner join baselines
        on
            monthly.position = baselines.position
            and monthly.service = baselines.service
),

compared as (
    select
        *,
        greatest(mean_value - reach, 0) as lower_limit,
        case when unit = 'share' then least(mean_value + reach, 1) else mean_value + reach end as upper_limit
    from spread
),

runs as (
    select
        position,
        service
    from compared
    where
        back <= 8
        -- where less than one is expected, none says nothing
        and (unit <> 'share' or denominator * mean_value >= 1)
    group by position, service
    having
        count(*) = 8
        and max(case when is_judged then 1 else 0 end) = 1
        and (
            count(case when value > mean_value then 1 end) = 8
            or count(case when value < mean_value then 1 end) = 8
        )
),

signals as (
    select
        compared.*,
        case
            when compared.value > compared.upper_limit then 'above the limits'
            when compared.value < compared.lower_limit then 'below the limits'
            when runs.position is not null and compared.back = 1 and compared.value > compared.mean_value
                then 'eight above the mean'
            when runs.position is not null and compared.back = 1 then 'eight below the mean'
        end as signal
    from compared
    left join runs
        on
            compared.position = runs.position
            and compared.service = runs.service
    where compared.is_judged
),

latest as (
    select
        *,
        count(*) over (partition by position, service) as signal_months,
        row_number() over (
            partition by position, service
            order by starts_on desc
        ) as from_latest
    from signals
    where signal is not null
),

series as (
    select
        count(*) as all_series,
        count(case when has_baseline and has_month then 1 end) as judged_series
    from (
        select
            monthly.position,
            monthly.service,
            max(case when baselines.position is not null then 1 else 0 end) = 1 as has_baseline,
            max(case when monthly.is_judged then 1 else 0 end) = 1 as has_month
        from monthly
        left join baselines
            on
                monthly.position = baselines.position
                and monthly.service = baselines.service
        group by monthly.position, monthly.service
    ) as each_series
)

select
    series.all_series,
    series.judged_series,
    latest.service,
    latest.position,
    latest.metric,
    latest.measure,
    latest.starts_on,
    latest.signal,
    latest.signal_months,
    latest.unit,
    latest.value,
    latest.n,
    latest.mean_value,
    latest.lower_limit,
    latest.upper_limit,
    latest.months
from series
left join latest on latest.from_latest = 1
order by latest.service, latest.position

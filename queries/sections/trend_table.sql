-- ---
-- title = "All measures"
-- chapter = "trends"
-- order = 1
-- ---
with measures as (
    select
        1 as position,
        'Change lead time, median' as measure,
        'change_lead_time' as metric,
        'median' as statistic
    union all
    select
        2 as position,
        'Deployment frequency' as measure,
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
        'Recovery time, median' as measure,
        'failed_deployment_recovery_time' as metric,
        'median' as statistic
    union all
    select
        5 as position,
        'Deployment rework rate' as measure,
        'deployment_rework_rate' as metric,
        'rate' as statistic
    union all
    select
        6 as position,
        'Incidents detected' as measure,
        'incidents' as metric,
        'detected' as statistic
),

positions as (
    select
        periods.period,
        periods.first_day,
        max(periods.position) over () - periods.position as back,
        periods.position > min(periods.position) over ()
        or periods.position = max(periods.position) over () as is_comparable
    from periods
),

figures as (
    select
        measures.position,
        measures.measure,
        measures.metric,
        metrics.scope as service,
        metrics.unit,
        metrics.value,
        metrics.n,
        positions.back,
        positions.is_comparable
        and coalesce(
            abs(published.value - metrics.value) > 1e-9 * abs(published.value),
            published.scope is not null and (published.value is null) <> (metrics.value is null)
        ) as is_restated
    from metrics
    inner join measures on metrics.metric = measures.metric and metrics.statistic = measures.statistic
    inner join positions on metrics.starts_on = positions.first_day
    left join published
        on
            metrics.metric = published.metric
            and metrics.statistic = published.statistic
            and metrics.starts_on = published.starts_on
            and metrics.scope_type = published.scope_type
            and metrics.scope = published.scope
            and published.environment is null
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
),

folded as (
    select
        service,
        position,
        measure,
        metric,
        min(unit) as unit,
        [
            max(case when back = 7 then value end),
            max(case when back = 6 then value end),
            max(case when back = 5 then value end),
            max(case when back = 4 then value end),
            max(case when back = 3 then value end),
            max(case when back = 2 then value end),
            max(case when back = 1 then value end),
            max(case when back = 0 then value end)
        ] as series,
        max(case when back = 7 then value end) as first,
        max(case when back = 1 then value end) as previous,
        max(case when back = 0 then value end) as value,
        max(case when back = 0 then n end) as n,
        count(case when is_restated then 1 end) as restated
    from figures
    group by service, position, measure, metric
)

select
    service,
    position,
    measure,
    metric,
    unit,
    series,
    first,
    previous,
    value,
    n,
    case when restated > 0 then concat(cast(restated as varchar), ' restated') end as restated
from folded
order by service, position

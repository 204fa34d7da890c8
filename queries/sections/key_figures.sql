-- ---
-- title = "Key figures"
-- chapter = "summary"
-- order = 2
-- note = "All services taken together; each stands by itself in its chapter."
-- ---
with positions as (
    select
        periods.first_day,
        max(periods.position) over () - periods.position as back
    from periods
),

objectives as (
    select
        starts_on,
        count(case when verdict = 'pass' then 1 end) / cast(count(*) as double) as value,
        count(*) as n
    from slo_periods
    where grain = 'period' and verdict <> 'not assessed'
    group by starts_on
),

severe as (
    select
        starts_on,
        sum(value) as value,
        cast(sum(value) as bigint) as n
    from metrics
    where
        grain = 'period'
        and metric = 'incidents'
        and statistic = 'detected'
        and scope_type = 'severity'
        and scope in ('critical', 'high')
    group by starts_on
),

measured as (
    select 1 as position, 'slo_attainment' as metric, 'Objectives met' as measure, 'share' as unit, starts_on, value, n
    from objectives
    union all
    select
        case metric
            when 'deployment_frequency' then 2
            when 'change_lead_time' then 3
            when 'change_fail_rate' then 4
            when 'failed_deployment_recovery_time' then 5
            when 'deployment_rework_rate' then 6
            else 8
        end as position,
        metric,
        case metric
            when 'deployment_frequency' then 'Production deployments'
            when 'change_lead_time' then 'Change lead time, median'
            when 'change_fail_rate' then 'Change fail rate'
            when 'failed_deployment_recovery_time' then 'Failed deployment recovery, median'
            when 'deployment_rework_rate' then 'Deployment rework rate'
            else 'Incidents acknowledged in time'
        end as measure,
        unit,
        starts_on,
        value,
        n
    from metrics
    where
        grain = 'period'
        and scope_type = 'organisation'
        and environment is null
        and (
            (metric = 'deployment_frequency' and statistic = 'count')
            or (metric = 'change_lead_time' and statistic = 'median')
            or (metric = 'change_fail_rate' and statistic = 'rate')
            or (metric = 'failed_deployment_recovery_time' and statistic = 'median')
            or (metric = 'deployment_rework_rate' and statistic = 'rate')
            or (metric = 'incident_response_in_target' and statistic = 'rate')
        )
    union all
    select
        7 as position, 'incidents' as metric, 'Incidents, critical and high' as measure, 'incidents' as unit,
        starts_on, value, n
    from severe
),

placed as (
    select
        measured.*,
        positions.back
    from measured
    inner join positions on measured.starts_on = positions.first_day
)

select
    metric,
    measure,
    min(unit) as unit,
    max(case when back = 0 then value end) as value,
    max(case when back = 0 then n end) as n,
    max(case when back = 1 then value end) as previous,
    [
        max(case when back = 7 then value end),
        max(case when back = 6 then value end),
        max(case when back = 5 then value end),
        max(case when back = 4 then value end),
        max(case when back = 3 then value end),
        max(case when back = 2 then value end),
        max(case when back = 1 then value end),
        max(case when back = 0 then value end)
    ] as series
from placed
group by position, metric, measure
order by position

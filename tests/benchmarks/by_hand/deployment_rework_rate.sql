-- The part of completed production deployments that nobody had planned.
with completed as (
    select
        deployments.service,
        services.team,
        cast(timezone('Europe/Berlin', deployments.finished_at) as date) as day,
        deployments.is_unplanned or deployments.is_rollback or deployments.fixes_incident is not null as is_rework
    from 'deployments.parquet' as deployments
    left join 'services.parquet' as services on deployments.service = services.service
    where
        deployments.environment in ('production', 'production-eu')
        and deployments.outcome in ('succeeded', 'failed')
        and day between date '2024-07-01' and date '2026-06-30'
),

daily as (
    select
        service,
        team,
        cast(date_trunc('quarter', day) as date) as quarter,
        cast(date_trunc('month', day) as date) as month,
        cast(date_trunc('week', day) as date) as week,
        count(*) as completed,
        count(*) filter (where is_rework) as reworked
    from completed
    group by service, team, day
)

select
    case when quarter is not null then 'period' when month is not null then 'month' else 'week' end as grain,
    coalesce(quarter, month, week) as starts_on,
    case when service is not null then 'service' when team is not null then 'team' else 'organisation' end
        as scope_type,
    coalesce(service, team, 'all') as scope,
    sum(reworked) / sum(completed) as value
from daily
group by grouping sets (
    (quarter), (quarter, team), (quarter, service), (month), (month, team), (month, service),
    (week), (week, team), (week, service)
)

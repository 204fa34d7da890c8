-- Successful production deployments of each week, month and quarter: of all, of each team, of each service.
-- A service counts zero from its first deployment on.
with successes as (
    select
        deployments.service,
        services.team,
        cast(timezone('Europe/Berlin', deployments.finished_at) as date) as day
    from 'deployments.parquet' as deployments
    left join 'services.parquet' as services on deployments.service = services.service
    where
        deployments.environment in ('production', 'production-eu')
        and deployments.outcome = 'succeeded'
        and day between date '2024-07-01' and date '2026-06-30'
),

days as (
    select cast(unnest(generate_series(date '2024-07-01', date '2026-06-30', interval 1 day)) as date) as day
),

buckets as (
    select 'period' as grain, cast(date_trunc('quarter', day) as date) as starts_on, max(day) as last_day
    from days group by all
    union all
    select 'month' as grain, cast(date_trunc('month', day) as date) as starts_on, max(day) as last_day
    from days group by all
    union all
    select 'week' as grain, cast(date_trunc('week', day) as date) as starts_on, max(day) as last_day
    from days group by all
),

daily as (
    select service, team, day, count(*) as deployments from successes group by all
),

counted as (
    select
        case when quarter is not null then 'period' when month is not null then 'month' else 'week' end as grain,
        coalesce(quarter, month, week) as starts_on,
        case when service is not null then 'service' when team is not null then 'team' else 'organisation' end
            as scope_type,
        coalesce(service, team, 'all') as scope,
        sum(deployments) as deployments
    from (
        select
            *,
            cast(date_trunc('quarter', day) as date) as quarter,
            cast(date_trunc('month', day) as date) as month,
            cast(date_trunc('week', day) as date) as week
        from daily
    )
    group by grouping sets (
        (quarter), (quarter, team), (quarter, service), (month), (month, team), (month, service),
        (week), (week, team), (week, service)
    )
),

scopes as (
    select
        case when service is not null then 'service' when team is not null then 'team' else 'organisation' end
            as scope_type,
        coalesce(service, team, 'all') as scope,
        min(day) as first_day
    from daily
    group by grouping sets ((), (team), (service))
)

select
    buckets.grain,
    buckets.starts_on,
    scopes.scope_type,
    scopes.scope,
    cast(coalesce(counted.deployments, 0) as double) as value
from scopes
inner join buckets on scopes.first_day <= buckets.last_day
left join counted
    on
        buckets.grain = counted.grain
        and buckets.starts_on = counted.starts_on
        and scopes.scope_type = counted.scope_type
        and scopes.scope = counted.scope

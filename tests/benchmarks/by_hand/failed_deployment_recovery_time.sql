-- The median time from a failed production deployment's end to its recovery, in seconds, by the day it recovered:
-- when the last of its incidents was mitigated, else with the lane's next success. Here each closed incident has a time.
with
completed as (
    select
        deployments.deployment_id,
        deployments.service,
        services.team,
        deployments.environment,
        deployments.repository,
        deployments.commit_sha,
        deployments.finished_at,
        cast(timezone('Europe/Berlin', deployments.finished_at) as date) as day,
        deployments.outcome = 'succeeded' as is_success,
        deployments.is_rollback,
        deployments.is_unplanned,
        deployments.fixes_incident
    from 'deployments.parquet' as deployments
    left join 'services.parquet' as services on deployments.service = services.service
    where
        deployments.environment in ('production', 'production-eu')
        and deployments.outcome in ('succeeded', 'failed')
        and day between date '2024-07-01' and date '2026-06-30'
),

followed as (
    select
        *,
        -- what a repair repairs is the last one that is not itself a repair that failed
        last_value(
            case when is_success or not (is_rollback or is_unplanned)
                then { 'id': deployment_id, 'sha': commit_sha, 'at': finished_at } end
            ignore nulls
        ) over (lane rows between unbounded preceding and 1 preceding) as before,
        first_value(case when is_success then finished_at end ignore nulls)
            over (lane rows between 1 following and unbounded following) as next_success_at
    from completed
    window lane as (partition by service, environment, repository order by finished_at, deployment_id)
),

known_incidents as (
    select
        incident_id,
        services,
        coalesce(detected_at, created_at) as noticed_at,
        caused_by_deployment,
        case
            when status = 'resolved' then coalesce(mitigated_at, resolved_at)
            when status = 'mitigated' then mitigated_at
        end as recovered_at
    from 'incidents.parquet'
    where noticed_at < timestamptz '2026-06-30 22:00:00+00'
),

unlinked as (
    select incident_id, noticed_at, recovered_at, unnest(services) as service
    from known_incidents
    where caused_by_deployment is null
),

links as (
    select completed.deployment_id, known_incidents.incident_id, known_incidents.recovered_at
    from known_incidents
    inner join completed on known_incidents.caused_by_deployment = completed.deployment_id
    union
    select completed.deployment_id, unlinked.incident_id, unlinked.recovered_at
    from unlinked
    asof join completed on unlinked.service = completed.service and unlinked.noticed_at >= completed.finished_at
    where
        unlinked.noticed_at - completed.finished_at <= interval 24 hour
        and completed.fixes_incident is distinct from unlinked.incident_id
),

failed as (
    select deployment_id from completed where not is_success
    union
    select deployment_id from links
    union
    select before.id as deployment_id
    from followed
    where
        (is_rollback and before.sha <> commit_sha)
        or (
            is_unplanned
            and not is_rollback
            and finished_at - before.at <= interval 24 hour
            and (fixes_incident is null or fixes_incident not in (select incident_id from known_incidents))
        )
),

laid as (
    select
        deployment_id,
        case when count(*) = count(recovered_at) then max(recovered_at) end as recovered_at
    from links
    group by deployment_id
),

recovered as (
    select
        followed.service,
        followed.team,
        case when laid.deployment_id is null then followed.next_success_at else laid.recovered_at end as ended_at,
        cast(timezone('Europe/Berlin', ended_at) as date) as ended_on,
        date_diff('microsecond', followed.finished_at, ended_at) / 1e6 as seconds
    from failed
    inner join followed on failed.deployment_id = followed.deployment_id
    left join laid on failed.deployment_id = laid.deployment_id
    where ended_on between date '2024-07-01' and date '2026-06-30'
),

dated as (
    select
        *,
        cast(date_trunc('quarter', ended_on) as date) as quarter,
        cast(date_trunc('month', ended_on) as date) as month,
        cast(date_trunc('week', ended_on) as date) as week
    from recovered
)

select
    case when quarter is not null then 'period' when month is not null then 'month' else 'week' end as grain,
    coalesce(quarter, month, week) as starts_on,
    case when service is not null then 'service' when team is not null then 'team' else 'organisation' end
        as scope_type,
    coalesce(service, team, 'all') as scope,
    quantile_cont(seconds, 0.5) filter (where seconds >= 0) as value
from dated
group by grouping sets (
    (quarter), (quarter, team), (quarter, service), (month), (month, team), (month, service),
    (week), (week, team), (week, service)
)

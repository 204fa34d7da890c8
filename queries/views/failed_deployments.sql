-- ---
-- title = "Production deployments that failed"
-- grain = "one failed production deployment"
-- version = 1
-- definition = """
-- A completed production deployment failed if it ended as failed, if an incident is laid to it, if it was rolled
-- back, or if an unplanned deployment repaired it within the causal window. Several reasons count once.
-- Recovery: the last of its incidents to be mitigated, else resolved; without an incident, the next successful
-- deployment of the same service and environment. With an incident still open it has not recovered.
-- """
-- ---
with sequence as (
    select
        *,
        lag(deployment_id) over (
            partition by service, environment, is_success
            order by finished_at, deployment_id
        ) as previous_success,
        lag(finished_at) over (
            partition by service, environment, is_success
            order by finished_at, deployment_id
        ) as previous_success_at,
        min(case when is_success then finished_at end) over (
            partition by service, environment
            order by finished_at, deployment_id
            rows between 1 following and unbounded following
        ) as next_success_at
    from production_deployments
),

causal_window as (
    select value * 1000000 as microseconds
    from thresholds
    where name = 'causal_window'
),

ended_as_failed as (
    select
        deployment_id,
        'failed' as reason,
        'explicit' as basis,
        finished_at as detected_at
    from sequence
    where not is_success
),

rolled_back as (
    select
        previous_success as deployment_id,
        'rolled back' as reason,
        'explicit' as basis,
        finished_at as detected_at
    from sequence
    where
        is_success
        and is_rollback
        and previous_success is not null
),

hotfixed as (
    select
        sequence.previous_success as deployment_id,
        'hotfixed' as reason,
        'inferred' as basis,
        sequence.finished_at as detected_at
    from sequence
    cross join causal_window
    where
        sequence.is_success
        and sequence.is_unplanned
        and not sequence.is_rollback
        and sequence.fixes_incident is null
        and sequence.previous_success is not null
        and epoch_us(sequence.finished_at) - epoch_us(sequence.previous_success_at) <= causal_window.microseconds
),

caused_incident as (
    select
        deployment_id,
        'incident' as reason,
        basis,
        detected_at
    from deployment_incidents
),

reasons as (
    select * from ended_as_failed
    union all
    select * from rolled_back
    union all
    select * from hotfixed
    union all
    select * from caused_incident
),

incident_recovery as (
    select
        deployment_id,
        count(*) as incidents,
        max(recovered_at) as recovered_at,
        max(case when recovered_at is null then 1 else 0 end) = 1 as is_open
    from deployment_incidents
    group by deployment_id
),

once_each as (
    select
        deployment_id,
        max(case when basis = 'explicit' then 1 else 0 end) = 1 as is_explicit,
        min(detected_at) as detected_at,
        max(case when reason = 'failed' then 1 else 0 end) = 1 as ended_as_failed,
        max(case when reason = 'incident' then 1 else 0 end) = 1 as caused_incident,
        max(case when reason = 'rolled back' then 1 else 0 end) = 1 as was_rolled_back,
        max(case when reason = 'hotfixed' then 1 else 0 end) = 1 as was_hotfixed
    from reasons
    group by deployment_id
)

select
    once_each.*,
    sequence.service,
    sequence.team,
    sequence.environment,
    sequence.finished_at,
    sequence.period,
    sequence.period_start,
    coalesce(incident_recovery.incidents, 0) as incidents,
    case
        when incident_recovery.deployment_id is null then sequence.next_success_at
        when not incident_recovery.is_open then incident_recovery.recovered_at
    end as recovered_at
from once_each
inner join sequence on once_each.deployment_id = sequence.deployment_id
left join incident_recovery on once_each.deployment_id = incident_recovery.deployment_id

-- ---
-- title = "Production deployments that failed"
-- grain = "one failed production deployment"
-- version = 1
-- definition = """
-- A completed production deployment failed if it ended as failed, if an incident is laid to it, if the deployment after
-- it is a rollback (unless to the same commit), or if the one after it is unplanned, as its source calls it, and
-- followed within the causal window. Either of these is a repair; one that failed is not what the next repairs. Several
-- reasons count once. An unplanned deployment that names a known incident speaks through that incident's own link.
-- Recovery: the last of its incidents to be mitigated, else resolved; without an incident the next successful
-- deployment from the same repository into the same environment of the service, which stands in, too, for an incident
-- that was closed while no record says when. With an incident still open it has not recovered. Noticed: the end of a
-- failed one, an incident's detection, at the latest the start of its repair.
-- """
-- ---
with sequence as (
    select
        *,
        max(case when is_success or not (is_rollback or is_unplanned) then sequence_no end) over (
            partition by lane_no
            order by sequence_no
            rows between unbounded preceding and 1 preceding
        ) as before_no,
        min(case when is_success then finished_at end) over (
            partition by lane_no
            order by sequence_no
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
        sequence.deployment_id,
        'rolled back' as reason,
        'explicit' as basis,
        repairs.started_at as detected_at
    from sequence
    inner join sequence as repairs on sequence.sequence_no = repairs.before_no
    where
        repairs.is_rollback
        and coalesce(repairs.commit_sha <> sequence.commit_sha, true)
),

hotfixed as (
    select
        sequence.deployment_id,
        'hotfixed' as reason,
        'inferred' as basis,
        repairs.started_at as detected_at
    from sequence
    inner join sequence as repairs on sequence.sequence_no = repairs.before_no
    cross join causal_window
    where
        repairs.is_unplanned
        and not repairs.is_rollback
        and not exists (
            select 1 from incidents
            where incidents.incident_id = repairs.fixes_incident
        )
        and epoch_us(repairs.finished_at) - epoch_us(sequence.finished_at) <= causal_window.microseconds
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
        max(case when recovered_at is null and not is_recovered_untimed then 1 else 0 end) = 1 as is_open,
        max(case when is_recovered_untimed then 1 else 0 end) = 1 as is_untimed
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
        when incident_recovery.is_open then null
        when not incident_recovery.is_untimed then incident_recovery.recovered_at
        when sequence.next_success_at is not null
            then greatest(incident_recovery.recovered_at, sequence.next_success_at)
    end as recovered_at,
    coalesce(
        incident_recovery.is_untimed and not incident_recovery.is_open and sequence.next_success_at is null, false
    ) as is_recovery_unknown
from once_each
inner join sequence on once_each.deployment_id = sequence.deployment_id
left join incident_recovery on once_each.deployment_id = incident_recovery.deployment_id

-- ---
-- title = "The commits behind a commit lead time, each with the seconds from its authoring to production"
-- statistic = "median"
-- ---
with timed as (
    select
        deployed_commits.commit_sha,
        production_deployments.deployment_id,
        (epoch_us(production_deployments.finished_at) - epoch_us(deployed_commits.authored_at)) / 1000000.0
            as lead_seconds
    from deployed_commits
    inner join production_deployments on deployed_commits.sequence_no = production_deployments.sequence_no
    cross join thresholds
    where
        deployed_commits.is_first
        and not deployed_commits.is_merge
        and thresholds.name = 'include_bots'
        and (thresholds.value = 1 or not deployed_commits.is_bot)
),

written as (
    select
        commit_sha,
        min(extract_id) as extract_id
    from commits
    group by commit_sha
)

select
    deployment_scopes.scope_type,
    deployment_scopes.scope,
    cast(null as varchar) as environment,
    deployment_scopes.period_start,
    deployment_scopes.month_start,
    deployment_scopes.week_start,
    timed.commit_sha as resource,
    deployment_scopes.finished_at as happened_at,
    timed.lead_seconds as value,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    not coalesce(timed.lead_seconds >= 0, false) as is_excluded,
    concat('deployed by ', timed.deployment_id) as note,
    case
        when written.extract_id is null then [deployment_scopes.extract_id]
        else [deployment_scopes.extract_id, written.extract_id]
    end as extract_ids
from timed
inner join deployment_scopes on timed.deployment_id = deployment_scopes.deployment_id
left join written on timed.commit_sha = written.commit_sha
where deployment_scopes.scope_environment is null
order by deployment_scopes.scope_type, deployment_scopes.scope, happened_at, resource

-- ---
-- title = "The changes behind a lead time, each with the seconds from its first own commit to production"
-- statistic = "median"
-- ---
with counted as (
    select change_deployments.*
    from change_deployments
    cross join thresholds
    where
        thresholds.name = 'include_bots'
        and (thresholds.value = 1 or not change_deployments.is_bot)
),

written as (
    select
        'change' as kind,
        change_id as unit_id,
        min(extract_id) as extract_id
    from changes
    group by change_id
    union all
    select
        'commit' as kind,
        commit_sha as unit_id,
        min(extract_id) as extract_id
    from commits
    group by commit_sha
)

select
    deployment_scopes.scope_type,
    deployment_scopes.scope,
    deployment_scopes.scope_environment as environment,
    deployment_scopes.period_start,
    deployment_scopes.month_start,
    deployment_scopes.week_start,
    counted.unit_id as resource,
    counted.deployed_at as happened_at,
    counted.lead_seconds as value,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    not coalesce(counted.lead_seconds >= 0, false) as is_excluded,
    case
        when counted.lead_seconds is null then concat('authoring unknown; deployed by ', counted.deployment_id)
        when counted.lead_seconds < 0 then concat('authored after its deployment by ', counted.deployment_id)
        else concat('deployed by ', counted.deployment_id)
    end as note,
    case
        when written.extract_id is null then [deployment_scopes.extract_id]
        else [deployment_scopes.extract_id, written.extract_id]
    end as extract_ids
from counted
inner join deployment_scopes on counted.deployment_id = deployment_scopes.deployment_id
left join written
    on
        counted.kind = written.kind
        and counted.unit_id = written.unit_id
where
    (counted.is_first and deployment_scopes.scope_environment is null)
    or (deployment_scopes.scope_type = 'service' and deployment_scopes.scope_environment is not null)
order by deployment_scopes.scope_type, deployment_scopes.scope, environment, happened_at, resource

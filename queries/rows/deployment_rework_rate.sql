-- ---
-- title = "The deployments behind a deployment rework rate; unplanned ones stand in the numerator"
-- statistic = "rate"
-- ---
select
    scope_type,
    scope,
    scope_environment as environment,
    period_start,
    month_start,
    week_start,
    deployment_id as resource,
    finished_at as happened_at,
    cast(null as double) as value,
    cast(
        case when is_unplanned or is_rollback or fixes_incident is not null then 1 else 0 end as double
    ) as numerator,
    cast(1 as double) as denominator,
    false as is_excluded,
    case
        when is_rollback then 'rollback'
        when fixes_incident is not null then concat('fixes ', fixes_incident)
        when is_unplanned then 'unplanned'
        else 'planned'
    end as note,
    [extract_id] as extract_ids
from deployment_scopes
order by scope_type, scope, environment, happened_at, resource

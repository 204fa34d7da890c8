-- ---
-- title = "The deployments behind a deployment frequency"
-- statistic = "count"
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
    cast(1 as double) as numerator,
    cast(null as double) as denominator,
    false as is_excluded,
    outcome as note,
    [extract_id] as extract_ids
from deployment_scopes
where is_success
order by scope_type, scope, environment, happened_at, resource

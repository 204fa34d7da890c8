-- ---
-- title = "Completed production deployments, once for each scope they count in"
-- grain = "one deployment and scope, for all production environments together and for its own"
-- version = 1
-- materialised = false
-- definition = """
-- A deployment counts in the organisation, in the team and in the service, in all production environments together
-- (scope_environment is null) and in its own; a team has no figures of single environments.
-- """
-- ---
with scope_types as (
    select
        'organisation' as scope_type,
        false as is_own_environment
    union all
    select
        'organisation' as scope_type,
        true as is_own_environment
    union all
    select
        'team' as scope_type,
        false as is_own_environment
    union all
    select
        'service' as scope_type,
        false as is_own_environment
    union all
    select
        'service' as scope_type,
        true as is_own_environment
)

select
    scope_types.scope_type,
    case scope_types.scope_type
        when 'service' then production_deployments.service
        when 'team' then production_deployments.team
        else 'all'
    end as scope,
    case when scope_types.is_own_environment then production_deployments.environment end as scope_environment,
    production_deployments.*
from production_deployments
cross join scope_types

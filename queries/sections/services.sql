-- ---
-- title = "Services"
-- chapter = "scope"
-- order = 1
-- ---
with deployed as (
    select
        production_deployments.service,
        count(*) as deployments,
        min(production_deployments.repository) as repository,
        count(distinct production_deployments.repository) as repositories
    from production_deployments
    inner join period on production_deployments.period = period.label
    group by production_deployments.service
),

places as (
    select
        service,
        array_to_string(list_sort(list(distinct environment)), ', ') as environments
    from production_deployments
    group by service
),

objectives as (
    select
        service,
        count(*) as objectives
    from slo_objectives
    group by service
),

names as (
    select
        service,
        team
    from service_catalog
    union
    select distinct
        service,
        team
    from production_deployments
)

select
    names.service,
    names.team,
    places.environments,
    case
        when deployed.repositories > 1
            then concat(deployed.repository, ' and ', cast(deployed.repositories - 1 as varchar), ' more')
        else deployed.repository
    end as repository,
    coalesce(deployed.deployments, 0) as deployments,
    coalesce(objectives.objectives, 0) as objectives
from names
left join places on names.service = places.service
left join deployed on names.service = deployed.service
left join objectives on names.service = objectives.service
order by names.service

-- ---
-- title = "Every production deployment traces to a change"
-- severity = "high"
-- controls = ["soc2:CC8.1", "iso27001:A.8.32", "pci_dss:6.5.1", "sox_itgc:ITGC-CM-1", "sox_itgc:BAI06"]
-- mandatory = true
-- why = "What reaches production outside a pull or merge request was reviewed by nobody."
-- remedy = "File a retrospective request for each deployment named here, and protect the branch against direct pushes."
-- definition = """
-- Population: successful production deployments of the period. Traced: the deployed commit, or one it brought in,
-- belongs to a merged request (by its merge, squash, head or own commits). Whether all that it brought in does is the
-- check of deployed commits. A deployment without a commit id cannot be judged; where no request was ever
-- recorded, none can.
-- """
-- ---
with population as (
    select production_deployments.*
    from production_deployments
    inner join period on production_deployments.period = period.label
    where production_deployments.is_success
),

deployed_shas as (
    select
        deployment_id,
        commit_sha
    from population
    where commit_sha is not null
    union
    select
        population.deployment_id,
        deployment_commits.commit_sha
    from population
    inner join deployment_commits on population.deployment_id = deployment_commits.deployment_id
),

traced as (
    select
        deployed_shas.deployment_id,
        count(distinct change_shas.change_id) as changes,
        min(change_shas.change_id) as first_change
    from deployed_shas
    inner join change_shas on deployed_shas.commit_sha = change_shas.commit_sha
    group by deployed_shas.deployment_id
),

recorded as (
    select count(*) as changes
    from changes
)

select
    population.deployment_id as resource,
    case
        when traced.deployment_id is not null then 'pass'
        when recorded.changes = 0 or population.commit_sha is null then 'not assessed'
        else 'fail'
    end as status,
    case
        when traced.changes = 1 then concat('Traces to ', traced.first_change, '.')
        when traced.changes > 1
            then concat(
                'Traces to ', cast(traced.changes as varchar), ' changes, ', traced.first_change,
                ' among them.'
            )
        when recorded.changes = 0 then 'No change was ever recorded, so none can be found.'
        when population.commit_sha is null then 'The deployment names no commit.'
        else concat(
            'No merged change holds what was deployed to ', population.environment, ' by ',
            population.service, '.'
        )
    end as reason,
    'at least 1 merged change' as expected,
    concat(cast(coalesce(traced.changes, 0) as varchar), ' changes') as observed,
    'policy: all production deployments follow a reviewed change' as basis
from population
cross join recorded
left join traced on population.deployment_id = traced.deployment_id
order by resource

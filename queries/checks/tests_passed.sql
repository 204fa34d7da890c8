-- ---
-- title = "Every deployed change had passed its tests"
-- severity = "high"
-- controls = ["soc2:CC8.1", "iso27001:A.8.29", "pci_dss:6.5.1", "sox_itgc:ITGC-CM-2", "sox_itgc:BAI07"]
-- why = "What was never tested is tested by the customers."
-- remedy = "Require the checks in branch protection; look at the changes named here and say why they went out."
-- definition = """
-- Population: changes that reached production for the first time in the period. Passed: the checks of the merged state
-- succeeded, as the source says it. Where it says nothing, none is judged.
-- """
-- ---
with population as (
    select
        deployed_changes.change_id,
        min(production_deployments.finished_at) as deployed_at
    from deployed_changes
    inner join production_deployments on deployed_changes.sequence_no = production_deployments.sequence_no
    group by deployed_changes.change_id
),

in_period as (
    select
        changes.change_id,
        changes.checks_passed
    from population
    inner join changes on population.change_id = changes.change_id
    inner join period
        on
            population.deployed_at >= period.starts_at
            and population.deployed_at < period.ends_at
)

select
    change_id as resource,
    case
        when checks_passed is null then 'not assessed'
        when checks_passed then 'pass'
        else 'fail'
    end as status,
    case
        when checks_passed is null then 'The source does not say whether its checks passed.'
        when checks_passed then 'Its checks had passed.'
        else 'It was deployed although its checks had not passed.'
    end as reason,
    'passed checks' as expected,
    'policy: tests pass before deployment' as basis
from in_period
order by resource

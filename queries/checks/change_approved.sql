-- ---
-- title = "Every deployed change was approved by a second person"
-- severity = "high"
-- controls = ["soc2:CC8.1", "iso27001:A.5.3", "iso27001:A.8.32", "pci_dss:6.2.3.1", "sox_itgc:ITGC-CM-3", "sox_itgc:BAI06", "sox_itgc:BAI07"]
-- mandatory = true
-- why = "One person alone can put a mistake, or worse, in front of customers."
-- remedy = "Require an approval of somebody other than the author in the branch's rules; approve in retrospect what is named here."
-- definition = """
-- Population: requests that first reached production in the period. Approved: somebody other than the author
-- approved it, no later than its first production deployment. Where the source does not say who approved, or who
-- wrote it, the change is not assessed.
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
        changes.*,
        population.deployed_at
    from population
    inner join changes on population.change_id = changes.change_id
    inner join period on population.deployed_at >= period.starts_at and population.deployed_at < period.ends_at
),

approvals as (
    select
        change_id,
        author,
        unnest(approvers) as approver
    from in_period
),

second_people as (
    select
        change_id,
        count(distinct approver) as people
    from approvals
    where approver <> author
    group by change_id
)

select
    in_period.change_id as resource,
    case
        when in_period.approvers is null or in_period.author is null then 'not assessed'
        when second_people.people is null then 'fail'
        when in_period.approved_at is null then 'not assessed'
        when in_period.approved_at <= in_period.deployed_at then 'pass'
        else 'fail'
    end as status,
    case
        when in_period.author is null then 'The source does not say who wrote it.'
        when in_period.approvers is null then 'The source does not say who approved it.'
        when array_length(in_period.approvers) = 0 then 'It was deployed without any approval.'
        when second_people.people is null then 'Its only approval is the author''s own.'
        when in_period.approved_at is null then 'It was approved, but the source does not say when.'
        when in_period.approved_at <= in_period.deployed_at
            then concat('Approved by ', cast(second_people.people as varchar), ' other than the author.')
        when in_period.is_emergency then 'An emergency change, approved only after it was deployed.'
        else 'It was approved only after it was deployed.'
    end as reason,
    'an approval of somebody else, before deployment' as expected,
    concat(cast(coalesce(second_people.people, 0) as varchar), ' approvals of others') as observed,
    'policy: segregation of duties' as basis
from in_period
left join second_people on in_period.change_id = second_people.change_id
order by resource

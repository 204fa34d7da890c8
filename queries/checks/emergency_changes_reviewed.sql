-- ---
-- title = "Every emergency change was reviewed afterwards"
-- severity = "high"
-- controls = ["soc2:CC8.1", "sox_itgc:ITGC-CM-4", "iso27001:A.8.32", "sox_itgc:BAI06"]
-- why = "An emergency excuses the order of the steps, not their absence."
-- remedy = "Have somebody else than the author review the changes named here, and record the approval in the request."
-- definition = """
-- Population: emergency changes that reached production for the first time in the period. In order: approved by somebody else
-- than the author, at the latest within the limit after it went live. One whose time had not run out when the period ended
-- cannot be judged yet.
-- """
-- ---
with arrived as (
    select
        deployed_changes.change_id,
        min(production_deployments.finished_at) as deployed_at
    from deployed_changes
    inner join production_deployments on deployed_changes.sequence_no = production_deployments.sequence_no
    group by deployed_changes.change_id
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'emergency_review'
),

population as (
    select
        changes.change_id,
        changes.author,
        changes.approvers,
        changes.approved_at,
        (epoch_us(coalesce(changes.approved_at, period.known_until)) - epoch_us(arrived.deployed_at)) / 1000000.0
            as seconds
    from arrived
    inner join changes on arrived.change_id = changes.change_id
    inner join period
        on
            arrived.deployed_at >= period.starts_at
            and arrived.deployed_at < period.ends_at
    where changes.is_emergency
),

approvals as (
    select
        change_id,
        author,
        unnest(approvers) as approver
    from population
),

seconders as (
    select
        change_id,
        count(distinct approver) as people
    from approvals
    where approver <> author
    group by change_id
)

select
    population.change_id as resource,
    case
        when population.approvers is null or population.author is null then 'not assessed'
        when seconders.people is null and population.seconds <= allowed.limit_seconds then 'not assessed'
        when seconders.people is null then 'fail'
        when population.approved_at is null then 'not assessed'
        when population.seconds <= allowed.limit_seconds then 'pass'
        else 'fail'
    end as status,
    case
        when population.author is null then 'The source does not say who wrote it.'
        when population.approvers is null then 'The source does not say who approved it.'
        when seconders.people is null and population.seconds <= allowed.limit_seconds
            then 'Nobody else has approved it yet; its time had not run out.'
        when seconders.people is null then 'Nobody else than the author has approved it.'
        when population.approved_at is null then 'It was approved, but the source does not say when.'
        when population.seconds <= 0 then 'It was approved before it went live.'
        when population.seconds <= allowed.limit_seconds then 'It was approved afterwards, in time.'
        else 'It was approved too late.'
    end as reason,
    concat(
        'approved by somebody else within ', cast(cast(allowed.limit_seconds / 86400 as bigint) as varchar), ' days'
    ) as expected,
    allowed.basis
from population
cross join allowed
left join seconders on population.change_id = seconders.change_id
order by resource

-- ---
-- title = "Records set aside or in conflict"
-- chapter = "quality"
-- order = 1
-- note = "Every record is listed with its id, its values and its origin in data/data_quality.csv."
-- ---
with numbered as (
    select
        kind,
        resource,
        row_number() over (
            partition by kind
            order by resource, detail
        ) as place
    from data_quality
),

counted as (
    select
        kind,
        count(*) as rows,
        max(case when place = 1 then resource end) as first_example,
        max(case when place = 2 then resource end) as second_example
    from numbered
    group by kind
)

select
    kind as defect,
    rows,
    case kind
        when 'merged, not deployed' then 'in no lead time yet; counted as not deployed'
        when 'merged before records of deployments begin' then 'in no lead time'
        when 'baseline deployment' then 'brings no change; counted as a deployment'
        when 'deployment of no service' then 'counted under (no service)'
        when 'deployment without a commit' then 'traces to no change; not assessed'
        when 'deployment still running' then 'not completed: in no metric'
        when 'deployment without an end time' then 'not completed: in no metric'
        when 'negative recovery time' then 'left out of the recovery time'
        when 'recovery at an unknown time' then 'neither recovered nor open'
        when 'acknowledged before detection' then 'left out of the time to acknowledge'
        when 'mitigated before detection' then 'left out of the time to mitigate'
        when 'resolved before detection' then 'left out of the time to resolve'
        when 'incident state contradicts its times' then 'times taken only as far as the state bears them out'
        when 'incident of no service' then 'counted in the organisation, under (no service)'
        when 'incident without any time' then 'in no figure'
        when 'incident names an unknown deployment' then 'laid to no deployment'
        when 'service level above 1' then 'counted as it is'
        when 'windows whose counts are no counts' then 'counted as unknown'
        when 'windows of an unknown objective' then 'in no figure'
        when 'row set aside' then 'in no figure'
        when 'two sources disagree' then 'the source configured first is kept'
        else 'left out of the lead time'
    end as effect,
    case
        when second_example is null then [first_example]
        else [first_example, second_example]
    end as examples
from counted
order by defect

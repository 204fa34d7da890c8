-- ---
-- title = "Nonconformities and where they stand"
-- grain = "one nonconformity of the registers"
-- definition = """
-- As of the report's cut-off of knowledge: closed if its closing day has begun, else overdue if its due day has ended,
-- else open. Age runs from the day it was opened, to the closure or the cut-off. A closure has a gap if nobody verified it,
-- its owner did, or no one found its actions effective. An action is overdue if it is not done and its due day has ended.
-- """
-- ---
with dated as (
    select
        nonconformities.*,
        period.as_of,
        coalesce(nonconformities.closed_at <= period.as_of, false) as is_closed
    from nonconformities
    cross join period
),

actions as (
    select
        corrective_actions.nonconformity_id,
        count(*) as actions,
        count(case when corrective_actions.done_at <= period.as_of then 1 end) as actions_done,
        count(
            case
                when
                    not coalesce(corrective_actions.done_at <= period.as_of, false)
                    and corrective_actions.due_at <= period.as_of
                    then 1
            end
        ) as actions_overdue
    from corrective_actions
    cross join period
    group by corrective_actions.nonconformity_id
),

overdue_actions as (
    select
        corrective_actions.nonconformity_id,
        array_to_string(list_sort(list(distinct corrective_actions.action_id)), ', ') as names
    from corrective_actions
    cross join period
    where
        corrective_actions.due_at <= period.as_of
        and not coalesce(corrective_actions.done_at <= period.as_of, false)
    group by corrective_actions.nonconformity_id
)

select
    dated.nonconformity_id,
    dated.title,
    dated.grade,
    dated.fingerprint,
    dated.check_id,
    dated.resource,
    dated.control,
    dated.requirement,
    dated.evidence,
    dated.deviation,
    dated.repeat_of,
    dated.cause_category,
    dated.opened_at,
    dated.due_at,
    dated.closed_at,
    dated.owner,
    dated.verifier,
    dated.effective,
    case
        when dated.is_closed then 'closed'
        when dated.due_at <= dated.as_of then 'overdue'
        else 'open'
    end as state,
    case
        when not dated.is_closed then cast(null as varchar)
        when dated.verifier is null then 'nobody verified the closure'
        when lower(dated.verifier) = lower(dated.owner) then 'its owner verified the closure'
        when dated.effective is null then 'whether it was effective is not known'
        when not dated.effective then 'its actions were not effective'
    end as closure_gap,
    floor(
        (epoch_us(case when dated.is_closed then dated.closed_at else dated.as_of end) - epoch_us(dated.opened_at))
        / 86400000000.0
    ) as age_days,
    coalesce(actions.actions, 0) as actions,
    coalesce(actions.actions_done, 0) as actions_done,
    coalesce(actions.actions_overdue, 0) as actions_overdue,
    overdue_actions.names as overdue_actions
from dated
left join actions on dated.nonconformity_id = actions.nonconformity_id
left join overdue_actions on dated.nonconformity_id = overdue_actions.nonconformity_id

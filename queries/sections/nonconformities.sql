-- ---
-- title = "Nonconformities and their actions"
-- chapter = "exceptions"
-- order = 2
-- note = "As the registers say at the report's cut-off of knowledge, the overdue ones first. Age runs from the day a nonconformity was opened to its closure or the cut-off. Only people open and close one; a closure that nobody but the owner verified, or whose actions were not shown effective, is marked."
-- ---
with statements as (
    select
        *,
        concat(
            coalesce(title, '(no title)'), '.',
            case when requirement is not null then concat(' Required: ', requirement) else '' end,
            case when evidence is not null then concat(' Evidence: ', evidence, '.') else '' end,
            case when deviation is not null then concat(' Deviation: ', deviation) else '' end,
            case when repeat_of is not null then concat(' Repeat of ', repeat_of, '.') else '' end,
            case when closure_gap is not null then concat(' Closed, but ', closure_gap, '.') else '' end
        ) as statement,
        case
            when state = 'closed' and closure_gap is not null then 'closed, not shown effective'
            else state
        end as standing,
        case
            when actions = 0 then 'none'
            else
                concat(
                    cast(actions_done as varchar), ' of ', cast(actions as varchar), ' done',
                    case when actions_overdue > 0 then concat('; overdue: ', overdue_actions) else '' end
                )
        end as progress
    from nonconformity_states
)

select
    nonconformity_id,
    grade,
    statement,
    opened_at,
    age_days,
    owner,
    due_at,
    standing,
    progress,
    check_id,
    resource,
    control,
    cause_category,
    closed_at,
    verifier,
    effective
from statements
order by
    case state when 'overdue' then 1 when 'open' then 2 else 3 end,
    case grade when 'major' then 1 when 'minor' then 2 else 3 end,
    due_at,
    nonconformity_id

-- ---
-- title = "Nonconformities were acted on in time"
-- severity = "medium"
-- controls = ["iso9001:10.2", "iso27001:10.2", "soc2:CC4.2"]
-- why = "What was found and not mended is found again, by the auditor."
-- remedy = "Do the actions named here, or move their days with a reason; let somebody else than the owner verify that they worked, then close it."
-- definition = """
-- Population: nonconformities of the registers that were open at any time of the period. It fails if it is overdue, or one
-- of its actions is; if it was closed before its actions were done, or without somebody else than its owner having found
-- them effective. Open and nothing overdue passes. One without an action, or open without a day to be done by, cannot be
-- judged, and that none is recorded says nothing. The registers are the facts: no statement stands in for them.
-- """
-- ---
with population as (
    select nonconformity_states.*
    from nonconformity_states
    cross join period
    where
        coalesce(nonconformity_states.opened_at < period.ends_at, true)
        and (nonconformity_states.state <> 'closed' or nonconformity_states.closed_at >= period.starts_at)
),

judged as (
    select
        *,
        case
            when closure_gap is not null then concat('It was closed, and ', closure_gap, '.')
            when state = 'closed' and actions_done < actions then 'It was closed before its actions were done.'
            when state = 'overdue' then 'It is not closed, and its day has passed.'
            when actions_overdue > 0 then concat('Overdue of its actions: ', overdue_actions, '.')
        end as fault,
        case
            when actions = 0 then 'No action is recorded for it.'
            when state = 'open' and due_at is null then 'It is open, and no day is set by which it is to be done.'
        end as gap
    from population
)

select
    nonconformity_id as resource,
    case
        when fault is not null then 'fail'
        when gap is not null then 'not assessed'
        else 'pass'
    end as status,
    case
        when fault is not null then fault
        when gap is not null then gap
        when state = 'closed' then 'It was closed after its actions, which somebody else found effective.'
        else 'It is open, and nothing of it is overdue.'
    end as reason,
    'done by its day, and verified by another' as expected,
    concat(
        state, '; ', cast(actions_done as varchar), ' of ', cast(actions as varchar), ' actions done'
    ) as observed,
    'standard: ISO 9001:2015 10.2' as basis
from judged
order by resource

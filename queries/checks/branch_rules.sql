-- ---
-- title = "Branch rules enforce review"
-- severity = "high"
-- controls = ["soc2:CC8.1", "soc2:CC6.8", "iso27001:A.8.32", "iso27001:A.5.3", "pci_dss:6.2.3.1", "sox_itgc:ITGC-CM-3"]
-- why = "A review that can be skipped is skipped on the day it matters."
-- remedy = "Require an approval of somebody else that a later push takes back, and passed checks, for administrators too; empty the list of those who may go round it, and forbid force pushes and deletion of the branch."
-- definition = """
-- Population: protected branches as their settings say (keys change.* of a subject). In order: at least one approval
-- (required_approvals), binding administrators (enforced_for_administrators), no force push (force_push), no deletion
-- (deletion); an approval does not outlive a later push (stale_approvals_dismissed), nobody approves a push of their own
-- (last_push_approved), at least one check must pass (required_checks_count), and nobody may go round the rules
-- (bypass_actors). A rule that no source tells cannot be judged: the branch is then partial at best.
-- """
-- ---
with rules as (
    select
        subject,
        max(case when key = 'change.required_approvals' then value end) as approvals,
        max(case when key = 'change.enforced_for_administrators' then value end) as administrators,
        max(case when key = 'change.force_push' then value end) as force_push,
        max(case when key = 'change.deletion' then value end) as deletion,
        max(case when key = 'change.stale_approvals_dismissed' then value end) as dismissed,
        max(case when key = 'change.last_push_approved' then value end) as last_push,
        max(case when key = 'change.required_checks_count' then value end) as checks,
        max(case when key = 'change.bypass_actors' then value end) as bypass
    from settings
    where
        layer = 'effective'
        and key in (
            'change.required_approvals', 'change.enforced_for_administrators', 'change.force_push', 'change.deletion',
            'change.stale_approvals_dismissed', 'change.last_push_approved', 'change.required_checks_count',
            'change.bypass_actors'
        )
    group by subject
),

gaps as (
    select
        subject,
        concat(
            case when approvals is null then 'approvals, ' else '' end,
            case when administrators is null then 'administrators, ' else '' end,
            case when force_push is null then 'force pushes, ' else '' end,
            case when deletion is null then 'deletion, ' else '' end,
            case when dismissed is null then 'stale approvals, ' else '' end,
            case when last_push is null then 'approval of the last push, ' else '' end,
            case when checks is null then 'checks, ' else '' end,
            case when bypass is null then 'who may go round them, ' else '' end
        ) as unknown,
        concat(
            case when approvals = '0' then 'no approval is required; ' else '' end,
            case when administrators = 'false' then 'administrators are exempt; ' else '' end,
            case when force_push = 'true' then 'history can be rewritten; ' else '' end,
            case when deletion = 'true' then 'the branch can be deleted; ' else '' end,
            case when dismissed = 'false' then 'an approval outlives later pushes; ' else '' end,
            case when last_push = 'false' then 'who pushed last may approve it; ' else '' end,
            case when checks = '0' then 'no check must pass; ' else '' end,
            case when bypass <> '0' then concat(bypass, ' may go round the rules; ') else '' end
        ) as broken
    from rules
)

select
    subject as resource,
    case
        when broken <> '' then 'fail'
        when unknown <> '' then 'partial'
        else 'pass'
    end as status,
    case
        when broken <> '' then concat('Not enforced: ', broken, 'a point in time.')
        when unknown <> ''
            then concat('What is known of its rules is in order; not known: ', unknown, 'a point in time.')
        else 'Approval is required of everybody, checks must pass, and its history is kept.'
    end as reason,
    'an approval of somebody else that a later push takes back, and passed checks, for everybody, with history kept'
        as expected,
    'policy: review is enforced, not asked for' as basis
from gaps
order by resource

-- ---
-- title = "Branch rules enforce review"
-- severity = "high"
-- controls = ["soc2:CC8.1", "soc2:CC6.8", "iso27001:A.8.32", "iso27001:A.5.3", "pci_dss:6.2.3.1", "sox_itgc:ITGC-CM-3"]
-- why = "A review that can be skipped is skipped on the day it matters."
-- remedy = "Require an approval of somebody else, for administrators too, and forbid force pushes and deletion of the branch."
-- definition = """
-- Population: protected branches as their settings say (keys change.required_approvals, change.enforced_for_administrators,
-- change.force_push and change.deletion of a subject). In order: at least one approval, binding administrators, no force push,
-- no deletion. A rule that no source tells cannot be judged: the branch is then partial at best.
-- """
-- ---
with rules as (
    select
        subject,
        max(case when key = 'change.required_approvals' then value end) as approvals,
        max(case when key = 'change.enforced_for_administrators' then value end) as administrators,
        max(case when key = 'change.force_push' then value end) as force_push,
        max(case when key = 'change.deletion' then value end) as deletion
    from settings
    where
        layer = 'effective'
        and key in (
            'change.required_approvals', 'change.enforced_for_administrators', 'change.force_push', 'change.deletion'
        )
    group by subject
),

gaps as (
    select
        subject,
        approvals is null or administrators is null or force_push is null or deletion is null as is_unknown,
        case when approvals = '0' then 'no approval is required; ' else '' end as approval_gap,
        case when administrators = 'false' then 'administrators are exempt; ' else '' end as administrator_gap,
        case when force_push = 'true' then 'history can be rewritten; ' else '' end as force_gap,
        case when deletion = 'true' then 'the branch can be deleted; ' else '' end as deletion_gap
    from rules
),

listed as (
    select
        subject,
        is_unknown,
        concat(approval_gap, administrator_gap, force_gap, deletion_gap) as broken
    from gaps
)

select
    subject as resource,
    case
        when broken <> '' then 'fail'
        when is_unknown then 'partial'
        else 'pass'
    end as status,
    case
        when broken <> '' then concat('Not enforced: ', broken, 'a point in time.')
        when is_unknown then 'What is known of its rules is in order; some are not known.'
        else 'Approval is required of everybody, and its history is kept.'
    end as reason,
    'an approval of somebody else, for everybody, with history kept' as expected,
    'policy: review is enforced, not asked for' as basis
from listed
order by resource

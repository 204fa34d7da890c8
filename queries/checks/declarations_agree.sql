-- ---
-- title = "Documents do not contradict each other"
-- severity = "medium"
-- controls = ["iso9001:7.5.3", "iso27001:7.5.3", "iso27001:A.5.36"]
-- why = "Where two documents in force say different things, nobody can keep to both, and anybody can claim to."
-- remedy = "Let somebody decide which value holds and record it in the register of decisions, or set the order of precedence in the configuration; then mend the other document."
-- definition = """
-- Population: settings declared in more than one place. They agree if all places say the same value, if a recorded
-- decision (approved and dated) says which holds, or if the first document of the configured precedence does. Else a
-- decision is needed; until then the stricter value is evaluated. A document that the precedence names and that
-- declares nothing was not found: it cannot be judged.
-- """
-- ---
with unknown_authorities as (
    select policy_authority.document
    from policy_authority
    where not exists (
        select 1 from setting_values
        where
            setting_values.layer = 'declared'
            and setting_values.owner = policy_authority.document
    )
)

select
    key as resource,
    case when is_resolved then 'pass' else 'fail' end as status,
    case resolution
        when 'one value' then concat(cast(places as varchar), ' places say ', written, '.')
        when 'decision'
            then concat(
                'Decision ', decision_id, ' of ', cast(cast(decided_at as date) as varchar), ' by ', approver,
                ': ', written, ' holds. Declared are ', statements, '.'
            )
        when 'authority'
            then concat(
                authority, ' takes precedence by the configuration: ', written, ' holds. Declared are ', statements, '.'
            )
        when 'stricter'
            then concat(
                'Decision needed: declared are ', statements, '. Until then the stricter, ', written, ', is evaluated.'
            )
        else concat('Decision needed: declared are ', statements, '. None is stricter, so none is evaluated.')
    end as reason,
    'one value, or a decision which one holds' as expected,
    statements as observed,
    'policy: documents in force agree' as basis
from declared_settings
where places > 1
union all
select
    concat('policy.authority ', document) as resource,
    'not assessed' as status,
    'The configuration gives this document precedence, and nothing that it declares is known.' as reason,
    'a document that declares something' as expected,
    'nothing' as observed,
    'policy: policy.authority in the configuration' as basis
from unknown_authorities
order by resource

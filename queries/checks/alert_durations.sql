-- ---
-- title = "Alerts wait as long as declared before they fire"
-- severity = "medium"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "pci_dss:10.7.2", "sox_itgc:ITGC-OP-1"]
-- why = "A rule that waits longer than declared tells people later than they were promised."
-- remedy = "Set the waiting time of the rule named here to the declared one and switch it on; label a rule that was not recognised with the name of its setting."
-- definition = """
-- Population: alert rules for which a waiting time is declared: those that carry a label setting with the setting's name,
-- else those whose name, in small letters without signs, fits a pattern of the reference table alert_patterns; the first
-- that fits. A rule passes if it waits as long as declared; any difference is drift, and a rule that is switched off
-- fails. A declared time that no rule is recognised for is not assessed.
-- """
-- ---
with rules as (
    select
        *,
        lower(replace(replace(replace(replace(name, '_', ''), '-', ''), ' ', ''), '.', '')) as plain_name
    from alert_rules
),

fits as (
    select
        rules.rule_id,
        setting_keys.key,
        0 as position
    from rules
    inner join setting_keys on rules.labels like concat('%"setting":"', setting_keys.key, '"%')
    where setting_keys.key like 'alert_duration.%'
    union all
    select
        rules.rule_id,
        alert_patterns.key,
        alert_patterns.position
    from rules
    inner join alert_patterns on rules.plain_name like alert_patterns.pattern
),

numbered as (
    select
        rule_id,
        key,
        row_number() over (partition by rule_id order by position asc, key asc) as place
    from fits
),

compared as (
    select
        declared_settings.key,
        declared_settings.number as declared_number,
        declared_settings.written as declared,
        declared_settings.statements,
        declared_settings.is_resolved,
        declared_settings.basis,
        rules.rule_id,
        rules.for_seconds,
        rules.enabled,
        case
            when rules.for_seconds = floor(rules.for_seconds)
                then cast(cast(rules.for_seconds as bigint) as varchar) || ' s'
            else cast(cast(rules.for_seconds as decimal(12, 3)) as varchar) || ' s'
        end as waits,
        abs(rules.for_seconds - declared_settings.number) <= 0.000001 as is_same
    from declared_settings
    left join numbered on declared_settings.key = numbered.key and numbered.place = 1
    left join rules on numbered.rule_id = rules.rule_id
    where declared_settings.key like 'alert_duration.%'
)

select
    concat(key, coalesce(' ' || rule_id, '')) as resource,
    case
        when rule_id is null then 'not assessed'
        when not enabled then 'fail'
        when is_same is null then 'not assessed'
        when is_same then 'pass'
        else 'fail'
    end as status,
    case
        when rule_id is null then 'It is declared, and no alert rule that was read is recognised as its own.'
        when not enabled then 'The rule is switched off.'
        when declared_number is null then concat('What is declared is no number of seconds: ', statements, '.')
        when for_seconds is null then 'How long the rule waits is not known.'
        when is_same then 'It waits as long as declared.'
        else concat(
            'It waits ', waits, ', declared are ', declared,
            case when is_resolved then '' else ', the shorter of several (decision needed)' end, '.'
        )
    end as reason,
    coalesce(declared, statements) as expected,
    waits as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from compared
order by resource

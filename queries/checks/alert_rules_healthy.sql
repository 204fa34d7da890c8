-- ---
-- title = "Every alerting rule is evaluated"
-- severity = "high"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "pci_dss:10.7.2", "pci_dss:10.4.1.1"]
-- why = "A rule that fails or is not evaluated stays silent, and silence looks like health."
-- remedy = "Mend the expression of the rules named here, and raise an alert when the evaluation of a rule fails."
-- definition = """
-- Population: alerting rules known at the end of the period. In order: enabled, healthy, and evaluated within the limit before
-- it was read. A rule that was switched off fails; one whose health is unknown cannot be judged.
-- """
-- ---
with read_at as (
    select
        alert_rules.*,
        extracts.finished_at as asked_at
    from alert_rules
    left join extracts on alert_rules.extract_id = extracts.extract_id
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'rule_evaluation'
),

judged as (
    select
        read_at.rule_id,
        coalesce(read_at.enabled, true) as is_enabled,
        lower(read_at.health) as health,
        (epoch_us(read_at.asked_at) - epoch_us(read_at.last_evaluated_at)) / 1000000.0 > allowed.limit_seconds
            as is_late,
        allowed.basis
    from read_at
    cross join allowed
)

select
    rule_id as resource,
    case
        when not is_enabled then 'fail'
        when health is null or health = 'unknown' then 'not assessed'
        when health <> 'ok' or is_late then 'fail'
        else 'pass'
    end as status,
    case
        when not is_enabled then 'It is switched off.'
        when health is null or health = 'unknown' then 'Its health is not known.'
        when health <> 'ok' then 'Its evaluation fails.'
        when is_late then 'It had not been evaluated for longer than the limit.'
        else 'It is evaluated.'
    end as reason,
    'enabled, healthy and evaluated' as expected,
    basis
from judged
order by resource

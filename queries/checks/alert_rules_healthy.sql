-- ---
-- title = "Every alerting rule is evaluated"
-- severity = "high"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "pci_dss:10.7.2", "pci_dss:10.4.1.1"]
-- why = "A rule that fails or is not evaluated stays silent, and silence looks like health."
-- remedy = "Mend the expression of the rules named here, and raise an alert when the evaluation of a rule fails."
-- definition = """
-- Population: alerting rules as last read: a point in time. In order: enabled, healthy, and last evaluated at most the limit
-- before the newest evaluation of any rule of its source. A rule that was switched off fails; one whose health or
-- evaluation is unknown cannot be judged.
-- """
-- ---
with evaluated as (
    select
        *,
        max(last_evaluated_at) over (partition by source) as newest_at
    from alert_rules
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
        evaluated.rule_id,
        coalesce(evaluated.enabled, true) as is_enabled,
        lower(evaluated.health) as health,
        (epoch_us(evaluated.newest_at) - epoch_us(evaluated.last_evaluated_at)) / 1000000.0 > allowed.limit_seconds
            as is_late,
        allowed.basis
    from evaluated
    cross join allowed
)

select
    rule_id as resource,
    case
        when not is_enabled then 'fail'
        when health is null or health = 'unknown' then 'not assessed'
        when health <> 'ok' then 'fail'
        when is_late is null then 'not assessed'
        when is_late then 'fail'
        else 'pass'
    end as status,
    case
        when not is_enabled then 'It is switched off.'
        when health is null or health = 'unknown' then 'Its health is not known.'
        when health <> 'ok' then 'Its evaluation fails.'
        when is_late is null then 'When it was last evaluated is not known.'
        when is_late then 'Others have been evaluated since, and it was not, for longer than the limit.'
        else 'It is evaluated.'
    end as reason,
    'enabled, healthy and evaluated' as expected,
    basis
from judged
order by resource

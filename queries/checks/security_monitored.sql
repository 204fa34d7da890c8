-- ---
-- title = "Security events that are declared to be watched have an alert that works"
-- severity = "high"
-- controls = ["soc2:CC7.2", "pci_dss:10.4.1.1", "hipaa:164.308(a)(1)(ii)(D)", "hipaa:164.308(a)(5)(ii)(C)", "iso27001:A.8.16", "iso27001:A.5.25", "sox_itgc:DSS05", "iso27001:9.1"]
-- area = "logging and monitoring"
-- attestable = true
-- why = "An attack that no rule looks for is found by the customers, or by nobody."
-- remedy = "Write a rule for what is named here, switch it on and route it to somebody; label a rule that was not recognised with the name of its setting. Where another system watches, have its owner attest it."
-- definition = """
-- Population: what documents claim to be watched (keys security.monitoring, security.anomaly_detection and
-- security.access_patterns, true). A rule watches for it if it carries a label setting with the setting's name, or if its
-- name, in small letters without signs, or its labels fit a pattern of the reference table security_patterns. It works if
-- it is switched on, healthy, evaluated at most the limit before the newest evaluation of its source, and every route of
-- its severity ends at a receiver with a channel. One working rule passes. None recognised is not assessed: another
-- system may watch. None that works fails, unless of one it is not known whether it does. A claim of false is no matter
-- of this check.
-- """
-- ---
with claimed as (
    select
        key,
        basis
    from declared_settings
    where
        number = 1
        and key in ('security.monitoring', 'security.anomaly_detection', 'security.access_patterns')
),

rules as (
    select
        rule_id,
        coalesce(name, rule_id) as name,
        severity,
        labels,
        coalesce(enabled, true) as is_enabled,
        lower(health) as health,
        last_evaluated_at,
        lower(replace(replace(replace(replace(name, '_', ''), '-', ''), ' ', ''), '.', '')) as plain_name,
        lower(labels) as small_labels,
        max(last_evaluated_at) over (partition by source) as newest_at
    from alert_rules
),

fits as (
    select
        rules.rule_id,
        claimed.key,
        'recognised by its label' as event
    from rules
    inner join claimed on rules.labels like concat('%"setting":"', claimed.key, '"%')
    union
    select
        rules.rule_id,
        security_patterns.key,
        security_patterns.event
    from rules
    inner join security_patterns
        on
            (security_patterns.field = 'name' and rules.plain_name like security_patterns.pattern)
            or (security_patterns.field = 'label' and rules.small_labels like security_patterns.pattern)
),

ends as (
    select
        severity,
        count(*) as routes,
        count(case when coalesce(array_length(channels), 0) > 0 then 1 end) as heard
    from alert_routes
    group by severity
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'rule_evaluation'
),

faults as (
    select
        rules.rule_id,
        rules.name,
        case
            when not rules.is_enabled then 'is switched off'
            when rules.health not in ('ok', 'unknown') then 'fails when it is evaluated'
            when
                (epoch_us(rules.newest_at) - epoch_us(rules.last_evaluated_at)) / 1000000.0 > allowed.limit_seconds
                then 'is no longer evaluated'
            when ends.heard < ends.routes then 'ends at a receiver without a channel'
        end as fault,
        case
            when rules.health is null or rules.health = 'unknown' then 'its health'
            when rules.last_evaluated_at is null then 'its last evaluation'
            when ends.routes is null then 'where it ends'
        end as unknown
    from rules
    cross join allowed
    left join ends on rules.severity = ends.severity
),

counted as (
    select
        fits.key,
        count(distinct faults.rule_id) as rules,
        count(distinct case when faults.fault is null and faults.unknown is null then faults.rule_id end) as working,
        count(distinct case when faults.fault is null and faults.unknown is not null then faults.rule_id end)
            as unclear,
        array_to_string(
            list_sort(
                list(distinct case when faults.fault is null and faults.unknown is null then fits.event end)
            ),
            ', '
        ) as events,
        array_to_string(list_sort(list(distinct concat(faults.name, ' ', faults.fault))), ', ') as faults,
        array_to_string(
            list_sort(
                list(
                    distinct case when faults.fault is null then concat(faults.unknown, ' of ', faults.name) end
                )
            ),
            ', '
        ) as unknowns
    from fits
    inner join faults on fits.rule_id = faults.rule_id
    group by fits.key
)

select
    claimed.key as resource,
    case
        when counted.key is null then 'not assessed'
        when counted.working > 0 then 'pass'
        when counted.unclear > 0 then 'not assessed'
        else 'fail'
    end as status,
    case
        when counted.key is null
            then 'It is declared, and no alert rule on record is recognised as watching for it.'
        when counted.working > 0
            then concat(
                cast(counted.working as varchar), ' of ', cast(counted.rules as varchar),
                ' rules that watch for it are evaluated and reach somebody: ', counted.events, '.'
            )
        when counted.unclear > 0 then concat('Not known is ', counted.unknowns, '.')
        else concat('No rule that watches for it works: ', counted.faults, '.')
    end as reason,
    'a rule that is on, healthy, evaluated and reaches somebody' as expected,
    concat(cast(coalesce(counted.working, 0) as varchar), ' of ', cast(coalesce(counted.rules, 0) as varchar), ' rules')
        as observed,
    concat('policy: ', coalesce(claimed.basis, 'conflicting documents')) as basis
from claimed
left join counted on claimed.key = counted.key
order by resource

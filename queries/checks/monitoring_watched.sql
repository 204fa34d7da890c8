-- ---
-- title = "The monitoring itself is monitored"
-- severity = "high"
-- controls = ["soc2:CC7.2", "pci_dss:10.7.2", "pci_dss:10.7.3", "iso27001:A.8.16"]
-- why = "When the monitoring fails, nothing else tells."
-- remedy = "Keep an alert that always fires and is watched from outside, and scrape the monitoring servers themselves."
-- definition = """
-- Two things are asked of the rules and targets on record: an alert that always fires, and targets of the monitoring
-- servers, all of them up; both by the names the configuration gives. Whether the alert is watched outside is for a
-- person to attest.
-- """
-- ---
with rules as (
    select
        count(*) as total,
        count(monitoring_names.name) as watchdogs
    from alert_rules
    left join monitoring_names
        on
            monitoring_names.kind = 'watchdog'
            and lower(alert_rules.name) = monitoring_names.name
    where coalesce(alert_rules.enabled, true)
),

own_targets as (
    select
        count(*) as total,
        count(monitoring_names.name) as monitoring,
        count(case when scrape_targets.health = 'up' then monitoring_names.name end) as monitoring_up
    from scrape_targets
    left join monitoring_names
        on
            monitoring_names.kind = 'job'
            and lower(scrape_targets.job) = monitoring_names.name
),

questions as (
    select
        'always firing alert' as resource,
        case when total = 0 then 'not assessed' when watchdogs > 0 then 'pass' else 'fail' end as status,
        case
            when total = 0 then 'No alerting rule is on record.'
            when watchdogs > 0 then 'An always firing alert is configured.'
            else 'No alerting rule fires always, so a dead alert path goes unnoticed.'
        end as reason
    from rules
    union all
    select
        'monitoring servers scraped' as resource,
        case
            when total = 0 then 'not assessed'
            when monitoring > 0 and monitoring = monitoring_up then 'pass'
            else 'fail'
        end as status,
        case
            when total = 0 then 'No scrape target is on record.'
            when monitoring = 0 then 'No scrape target is a monitoring server.'
            else concat(
                cast(monitoring_up as varchar), ' of ', cast(monitoring as varchar), ' monitoring targets are up.'
            )
        end as reason
    from own_targets
)

select
    resource,
    status,
    reason,
    'present and up' as expected,
    'policy: failures of the monitoring are noticed' as basis
from questions
order by resource

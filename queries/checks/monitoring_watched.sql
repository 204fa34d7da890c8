-- ---
-- title = "The monitoring itself is monitored"
-- severity = "high"
-- controls = ["soc2:CC7.2", "pci_dss:10.7.2", "pci_dss:10.7.3", "iso27001:A.8.16"]
-- why = "When the monitoring fails, nothing else tells."
-- remedy = "Keep an alert that always fires and is watched from outside, and scrape the monitoring servers themselves."
-- definition = """
-- Two things are asked of the rules and targets on record: an always firing alert (named Watchdog, DeadMansSwitch or labelled
-- so), and a target of a monitoring job (prometheus, alertmanager, grafana, loki or a collector) that is up. Whether the
-- alert is watched outside is for a person to attest.
-- """
-- ---
with rules as (
    select
        count(*) as total,
        count(
            case
                when lower(name) in ('watchdog', 'deadmansswitch', 'deadmanssnitch', 'dead man switch', 'alwaysfiring')
                    then 1
            end
        ) as watchdogs
    from alert_rules
    where coalesce(enabled, true)
),

own_targets as (
    select
        count(*) as total,
        count(
            case
                when
                    lower(job) like '%prometheus%'
                    or lower(job) like '%alertmanager%'
                    or lower(job) like '%grafana%'
                    or lower(job) like '%loki%'
                    or lower(job) like '%otel%'
                    then 1
            end
        ) as monitoring,
        count(
            case
                when
                    health = 'up'
                    and (
                        lower(job) like '%prometheus%'
                        or lower(job) like '%alertmanager%'
                        or lower(job) like '%grafana%'
                        or lower(job) like '%loki%'
                        or lower(job) like '%otel%'
                    )
                    then 1
            end
        ) as monitoring_up
    from scrape_targets
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

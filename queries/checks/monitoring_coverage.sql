-- ---
-- title = "Every service is watched: metrics, objectives, alerts and a runbook"
-- severity = "medium"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "iso9001:9.1.1", "iso27001:9.1"]
-- why = "A service that nobody watches fails in silence."
-- remedy = "Add what is missing for the services named here: scrape it, set an objective, an alert and a runbook."
-- definition = """
-- Population: the declared services. Asked: a scrape target, an objective, an
-- enabled alerting rule and a runbook among its rules' annotations. A part whose kind of record nobody delivers at all is
-- named, and without it none passes.
-- """
-- ---
with known_targets as (
    select count(*) as targets
    from scrape_targets
),

known_rules as (
    select count(*) as rules
    from alert_rules
),

target_counts as (
    select
        service,
        count(*) as targets
    from scrape_targets
    group by service
),

objective_counts as (
    select
        service,
        count(*) as objectives
    from slo_objectives
    group by service
),

rule_counts as (
    select
        declared_services.service,
        count(*) as rules,
        count(alert_rules.runbook_url) as runbooks
    from declared_services
    inner join alert_rules
        on alert_rules.labels like concat('%"service":"', declared_services.service, '"%')
    where coalesce(alert_rules.enabled, true)
    group by declared_services.service
),

watched as (
    select
        declared_services.service,
        coalesce(target_counts.targets, 0) as targets,
        coalesce(objective_counts.objectives, 0) as objectives,
        coalesce(rule_counts.rules, 0) as rules,
        coalesce(rule_counts.runbooks, 0) as runbooks
    from declared_services
    left join target_counts on declared_services.service = target_counts.service
    left join objective_counts on declared_services.service = objective_counts.service
    left join rule_counts on declared_services.service = rule_counts.service
),

gaps as (
    select
        watched.service,
        case when watched.targets = 0 and known_targets.targets > 0 then 'no target; ' else '' end as target_gap,
        case when watched.objectives = 0 then 'no objective; ' else '' end as objective_gap,
        case when watched.rules = 0 and known_rules.rules > 0 then 'no alert; ' else '' end as rule_gap,
        case when watched.runbooks = 0 and watched.rules > 0 then 'no runbook; ' else '' end as runbook_gap,
        case when known_targets.targets = 0 then 'targets ' else '' end as unknown_targets,
        case when known_rules.rules = 0 then 'rules ' else '' end as unknown_rules
    from watched
    cross join known_targets
    cross join known_rules
),

listed as (
    select
        service,
        concat(target_gap, objective_gap, rule_gap, runbook_gap) as missing,
        concat(unknown_targets, unknown_rules) as unknown
    from gaps
)

select
    service as resource,
    case
        when unknown <> '' then 'not assessed'
        when missing <> '' then 'fail'
        else 'pass'
    end as status,
    case
        when missing <> '' and unknown <> '' then concat('Missing: ', missing, 'not known: ', unknown, '.')
        when missing <> '' then concat('Missing: ', missing, 'nothing else.')
        when unknown <> '' then concat('No source delivers: ', unknown, '.')
        else 'Metrics, objective, alert and runbook are there.'
    end as reason,
    'target, objective, alert and runbook' as expected,
    'policy: every declared service is watched' as basis
from listed
order by resource

-- ---
-- title = "Every urgent alert says what to do"
-- severity = "low"
-- controls = ["soc2:CC7.4", "iso27001:A.5.26"]
-- why = "At night nobody remembers what an alert wants."
-- remedy = "Add the annotation runbook_url to the rules named here, with a page that says what to look at and what to do."
-- definition = """
-- Population: enabled alerting rules of severity critical, high, error or page. In order: the rule carries the address of a
-- runbook. Whether the page is there is the check of documents.
-- """
-- ---
with urgent as (
    select *
    from alert_rules
    where
        lower(severity) in ('critical', 'high', 'error', 'page')
        and coalesce(enabled, true)
)

select
    rule_id as resource,
    case when coalesce(runbook_url, '') = '' then 'fail' else 'pass' end as status,
    case
        when coalesce(runbook_url, '') = '' then concat('The alert ', coalesce(name, rule_id), ' names no runbook.')
        else concat('Its runbook is ', runbook_url, '.')
    end as reason,
    'the address of a runbook' as expected,
    'policy: urgent alerts have a runbook' as basis
from urgent
order by resource

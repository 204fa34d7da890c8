-- ---
-- title = "Facts of sources that are no longer configured"
-- grain = "one kind of record and source that is not configured"
-- version = 1
-- definition = """
-- What is stored stays known when its source is taken out of the configuration, and counts in every figure. Counted
-- are the records of the period, and, of kinds that are of no period, those that are known now. The commits of
-- deployments and of changes go with these.
-- """
-- ---
with dated as (
    select 'deployments' as kind, source, local_date from deployments
    union all
    select 'commits' as kind, source, local_date from commits
    union all
    select 'changes' as kind, source, local_date from changes
    union all
    select 'incidents' as kind, source, local_date from incidents
    union all
    select 'incident_events' as kind, source, local_date from incident_events
    union all
    select 'sli_windows' as kind, source, local_date from sli_windows
    union all
    select 'metric_windows' as kind, source, local_date from metric_windows
    union all
    select 'alerts' as kind, source, local_date from alerts
    union all
    select 'silences' as kind, source, local_date from silences
    union all
    select 'log_samples' as kind, source, local_date from log_samples
    union all
    select 'quality_measures' as kind, source, local_date from quality_measures
    union all
    select 'vulnerabilities' as kind, source, local_date from vulnerabilities
    union all
    select 'scans' as kind, source, local_date from scans
),

undated as (
    select 'services' as kind, source from services
    union all
    select 'alert_rules' as kind, source from alert_rules
    union all
    select 'alert_routes' as kind, source from alert_routes
    union all
    select 'scrape_targets' as kind, source from scrape_targets
    union all
    select 'settings' as kind, source from settings
    union all
    select 'tls_probes' as kind, source from tls_probes
    union all
    select 'dashboards' as kind, source from dashboards
    union all
    select 'documents' as kind, source from documents
    union all
    select 'document_flaws' as kind, source from document_flaws
    union all
    select 'plan_items' as kind, source from plan_items
    union all
    select 'waivers' as kind, source from waivers
    union all
    select 'attestations' as kind, source from attestations
    union all
    select 'decisions' as kind, source from decisions
    union all
    select 'nonconformities' as kind, source from nonconformities
    union all
    select 'corrective_actions' as kind, source from corrective_actions
),

counting as (
    select
        dated.kind,
        dated.source
    from dated
    inner join calendar on dated.local_date = calendar.local_date
    inner join period on calendar.period = period.label
    union all
    select
        kind,
        source
    from undated
)

select
    counting.source,
    counting.kind,
    count(*) as records
from counting
where
    not exists (
        select 1 from declared_sources
        where declared_sources.source = counting.source
    )
group by counting.source, counting.kind

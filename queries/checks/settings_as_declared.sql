-- ---
-- title = "Systems are set as declared"
-- severity = "medium"
-- controls = ["iso27001:A.8.9", "soc2:CC6.8", "iso9001:8.5.6"]
-- why = "A setting that drifted from what the organisation declares makes the declaration untrue, and nobody decided on the change."
-- remedy = "Set the system as declared, or change the declaration through document control."
-- definition = """
-- Population: every effective setting whose key is declared, and every declared one that a system should show and none
-- does. Any difference is drift, in either direction; whether it harms is what the checks of the theme say. Sampling,
-- the intervals of scraping and evaluation, maxima of retention and the waiting times of alerts have checks of their own.
-- It holds for the point in time of the reading. A source of documents of which no declaration is on record is not
-- assessed: what it declares may have drifted.
-- """
-- ---
select
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from setting_verdicts
where key not in ('sampling.traces', 'scrape.interval', 'evaluation.interval')
union all
select
    concat('declarations of ', source) as resource,
    'not assessed' as status,
    'The source is configured for its declarations, and none is on record.' as reason,
    'declared settings' as expected,
    'none' as observed,
    'policy: what is declared is on record' as basis
from declared_sources
where
    kind = 'policy'
    and not exists (
        select 1 from settings
        where
            settings.source = declared_sources.source
            and settings.layer = 'declared'
    )
order by resource

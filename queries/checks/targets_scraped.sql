-- ---
-- title = "Everything that is watched answers"
-- severity = "medium"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "pci_dss:10.7.2"]
-- why = "A target that is down when it is looked at has no figures, and its alerts cannot fire."
-- remedy = "Bring the targets named here back, or take them out of the scrape configuration if they are gone for good."
-- definition = """
-- Population: scrape targets as the monitoring server listed them when it was last read: a point in time. One that was
-- last scraped before the period says nothing of it and is not assessed.
-- """
-- ---
select
    scrape_targets.target as resource,
    case
        when scrape_targets.last_scraped_at < period.starts_at then 'not assessed'
        when scrape_targets.health = 'up' then 'pass'
        when scrape_targets.health = 'down' then 'fail'
        else 'not assessed'
    end as status,
    case
        when scrape_targets.last_scraped_at < period.starts_at then 'It was last scraped before the period.'
        when scrape_targets.health = 'up' then 'It answered when it was last scraped.'
        when scrape_targets.health = 'down'
            then concat('It does not answer: ', coalesce(scrape_targets.error, 'no reason is given'), '.')
        else 'It had not been scraped yet.'
    end as reason,
    'up' as expected,
    scrape_targets.health as observed,
    'policy: what is watched answers (a point in time)' as basis
from scrape_targets
cross join period
order by scrape_targets.target

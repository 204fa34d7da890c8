-- ---
-- title = "Where the lead time goes"
-- chapter = "delivery"
-- order = 2
-- note = "Medians of each stage; each stage has its own n, so they do not add up to the median of the whole. Left out: changes without a known authoring time, or with a negative one; they are listed with the data quality."
-- ---
with figures as (
    select metrics.*
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
),

stages as (
    select
        scope as service,
        max(case when metric = 'change_lead_time_stages' and statistic = 'coding' then value end) as coding,
        max(case when metric = 'change_lead_time_stages' and statistic = 'review' then value end) as review,
        max(case when metric = 'change_lead_time_stages' and statistic = 'waiting' then value end) as waiting,
        max(case when metric = 'change_lead_time_stages' and statistic = 'deploying' then value end) as deploying,
        max(case when metric = 'change_lead_time_stages' and statistic = 'waiting' then n end) as changes,
        max(case when metric = 'commit_lead_time' and statistic = 'median' then value end) as commit_lead_time,
        max(case when metric = 'commit_lead_time' and statistic = 'median' then n end) as commits,
        max(case when metric = 'change_lead_time' and statistic = 'median_without_bots' then value end) as without_bots,
        max(case when metric = 'change_lead_time' and statistic = 'bot_share' then value end) as bot_share,
        max(case when metric = 'change_lead_time' and statistic = 'median' then excluded end) as excluded,
        max(case when metric = 'change_lead_time' and statistic = 'not_deployed' then value end) as not_deployed
    from figures
    group by scope
)

select
    service,
    coding,
    review,
    waiting,
    deploying,
    changes,
    commit_lead_time,
    commits,
    without_bots,
    bot_share,
    excluded,
    not_deployed
from stages
where coalesce(changes, commits, not_deployed) is not null
order by service

-- ---
-- title = "Known, bad and unknown"
-- chapter = "slo"
-- order = 2
-- note = "At a burn rate of 1 the budget lasts exactly 30 days. The last four columns count the hours, blocks of six hours, days and blocks of three days that burned it at 14.4, 6, 3 and 1 times that rate or faster."
-- ---
with figures as (
    select
        metrics.scope as slo_id,
        metrics.metric,
        metrics.statistic,
        metrics.value
    from metrics
    inner join period on metrics.starts_on = period.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'slo'
),

folded as (
    select
        slo_id,
        max(case when statistic = 'good_events' then value end) as good_events,
        max(case when statistic = 'bad_events' then value end) as bad_events,
        max(case when statistic = 'unknown_minutes' then value end) * 60 as unknown,
        max(case when statistic = 'left_minutes' then value end) * 60 as left_over,
        max(case when statistic = 'breach_days' then value end) as breach_days,
        max(case when statistic = 'longest_breach' then value end) as longest_breach,
        max(case when statistic = 'attainment_7d' then value end) as last_7,
        max(case when statistic = 'attainment_28d' then value end) as last_28,
        max(case when statistic = 'attainment_30d' then value end) as last_30,
        max(case when statistic = 'highest_1h' then value end) as highest_burn,
        max(case when statistic = 'over_1h' then value end) as over_1h,
        max(case when statistic = 'over_6h' then value end) as over_6h,
        max(case when statistic = 'over_24h' then value end) as over_24h,
        max(case when statistic = 'over_72h' then value end) as over_72h
    from figures
    group by slo_id
)

select
    slo_objectives.slo_id as objective,
    slo_objectives.objective as target,
    folded.good_events,
    folded.bad_events,
    folded.unknown,
    folded.left_over,
    folded.breach_days,
    folded.longest_breach,
    folded.last_7,
    folded.last_28,
    folded.last_30,
    folded.highest_burn,
    folded.over_1h,
    folded.over_6h,
    folded.over_24h,
    folded.over_72h
from slo_objectives
left join folded on slo_objectives.slo_id = folded.slo_id
order by slo_objectives.slo_id

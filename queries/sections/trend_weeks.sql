-- ---
-- title = "Week by week"
-- chapter = "trends"
-- order = 3
-- note = "ISO weeks in the declared zone. A week without a deployment counts as zero; the first and last week of the trend are left out of the drawing where the trend cuts them. Months and weeks of every measure are in data/metrics.csv."
-- ---
with weeks as (
    select
        week_start,
        count(*) as days
    from calendar
    group by week_start
),

deployed as (
    select
        starts_on,
        value as deployments
    from metrics
    where
        metric = 'deployment_frequency'
        and statistic = 'count'
        and grain = 'week'
        and scope_type = 'organisation'
),

failed as (
    select
        starts_on,
        numerator as failures
    from metrics
    where
        metric = 'change_fail_rate'
        and statistic = 'rate'
        and grain = 'week'
        and scope_type = 'organisation'
)

select
    weeks.week_start,
    weeks.days = 7 as is_whole,
    deployed.deployments,
    coalesce(failed.failures, 0) as failures
from weeks
inner join deployed on weeks.week_start = deployed.starts_on
left join failed on weeks.week_start = failed.starts_on
order by weeks.week_start

-- ---
-- title = "Metrics are scraped as often as declared"
-- severity = "low"
-- controls = ["iso27001:A.8.16", "iso9001:7.1.5"]
-- why = "Metrics scraped more rarely than declared miss short failures, and every figure made of them is coarser."
-- remedy = "Set the interval of the job named here to the declared one, or declare the exception."
-- definition = """
-- Population: every effective scrape interval, of a whole server or of one job, and the targets of each job as they were
-- being scraped. It passes if it is the declared one, for every target of the job; any difference is drift. Declared
-- and shown by nothing: not assessed. It holds for the point in time of the reading.
-- """
-- ---
with jobs as (
    select
        coalesce(job, '(no job)') as job,
        min(scrape_interval_seconds) as fastest,
        max(scrape_interval_seconds) as slowest,
        count(*) as targets
    from scrape_targets
    where scrape_interval_seconds is not null
    group by job
),

seen as (
    select count(*) as known
    from jobs
),

compared as (
    select
        setting_comparisons.key,
        setting_comparisons.subject,
        setting_comparisons.is_same,
        setting_comparisons.declared,
        setting_comparisons.effective,
        setting_comparisons.statements,
        setting_comparisons.resolution,
        setting_comparisons.is_resolved,
        setting_comparisons.basis
    from setting_comparisons
    cross join seen
    where
        setting_comparisons.key = 'scrape.interval'
        and (setting_comparisons.subject is not null or seen.known = 0)
    union all
    select
        declared_settings.key,
        concat('targets of ', jobs.job) as subject,
        case
            when declared_settings.number is not null
                then
                    abs(jobs.fastest - declared_settings.number) <= 0.000001
                    and abs(jobs.slowest - declared_settings.number) <= 0.000001
        end as is_same,
        declared_settings.written as declared,
        case
            when jobs.fastest = jobs.slowest and jobs.fastest = floor(jobs.fastest)
                then concat(cast(cast(jobs.fastest as bigint) as varchar), ' s')
            when jobs.fastest = jobs.slowest then concat(cast(cast(jobs.fastest as decimal(12, 3)) as varchar), ' s')
            else concat(
                cast(cast(jobs.fastest as decimal(12, 3)) as varchar), ' s to ',
                cast(cast(jobs.slowest as decimal(12, 3)) as varchar), ' s'
            )
        end as effective,
        declared_settings.statements,
        declared_settings.resolution,
        declared_settings.is_resolved,
        declared_settings.basis
    from declared_settings
    cross join jobs
    where declared_settings.key = 'scrape.interval'
)

select
    concat(key, coalesce(' ' || subject, '')) as resource,
    case
        when is_same is null then 'not assessed'
        when is_same then 'pass'
        else 'fail'
    end as status,
    case
        when subject is null then 'It is declared, and no system that was read shows it.'
        when resolution = 'undecided' then concat('The documents disagree and none is stricter: ', statements, '.')
        when is_same is null then concat('Its value, ', effective, ', cannot be compared with the declared one.')
        when is_same then 'Scraped as declared when it was read, a point in time.'
        else concat(
            'Scraped every ', effective, ', declared is ', declared,
            case when is_resolved then '' else ', the stricter of several (decision needed)' end, '.'
        )
    end as reason,
    coalesce(declared, statements) as expected,
    effective as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from compared
order by resource

-- ---
-- title = "Every source covers the whole period"
-- severity = "high"
-- controls = ["soc2:CC2.1", "iso27001:A.8.15", "iso9001:9.1.1"]
-- mandatory = true
-- why = "A period with days that were never extracted looks better than it was: what is not recorded cannot fail."
-- remedy = "Extract the missing days while the source still has them; lengthen its retention if it does not."
-- definition = """
-- A local day is covered by a source if a window that did not fail reaches into it and was read after the day had
-- ended, and if no subject of the source failed on it without having been read on another try.
-- """
-- ---
with covered as (
    select
        source_days.source,
        count(*) as days
    from source_days
    inner join calendar on source_days.local_date = calendar.local_date
    inner join period on calendar.period = period.label
    group by source_days.source
),

attempts as (
    select
        source,
        count(*) as extracts,
        count(case when outcome = 'failed' then 1 end) as failed
    from extracts
    group by source
)

select
    declared_sources.source as resource,
    case
        when covered.days = period.days then 'pass'
        when covered.days > 0 then 'partial'
        else 'not assessed'
    end as status,
    case
        when attempts.extracts is null then 'The source is configured and was never extracted.'
        when covered.days = period.days then concat('All ', cast(period.days as varchar), ' days are covered.')
        when covered.days > 0
            then concat(cast(covered.days as varchar), ' of ', cast(period.days as varchar), ' days are covered.')
        when attempts.failed = attempts.extracts then 'Every extraction of the source failed.'
        else 'No extract of the source covers a day of the period.'
    end as reason,
    concat(cast(period.days as varchar), ' days') as expected,
    concat(cast(coalesce(covered.days, 0) as varchar), ' days') as observed,
    'policy: a report speaks of its whole period' as basis
from declared_sources
cross join period
left join covered on declared_sources.source = covered.source
left join attempts on declared_sources.source = attempts.source
order by resource

-- ---
-- title = "Every source covers the whole period"
-- severity = "high"
-- controls = ["soc2:CC2.1", "iso27001:A.8.15", "iso9001:9.1.1", "iso27001:9.1"]
-- mandatory = true
-- why = "A period with days that were never extracted looks better than it was: what is not recorded cannot fail."
-- remedy = "Extract the missing days while the source still has them; lengthen its retention if it does not."
-- definition = """
-- A local day is covered by a source if a window that did not fail reaches into it and was read after the day had
-- ended, and if no subject of the source failed on it without having been read on another try. A source of the kinds tls
-- and config_files tells only how things stand when it is read, so that no day of it is a gap: it passes if all that
-- it was asked for was read at least once in the period, and is partial if some of it was not. A reading before or
-- after the period says nothing of it.
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
),

readings as (
    select
        extracts.source,
        extracts.subject,
        count(
            case
                when
                    extracts.outcome <> 'failed'
                    and extracts.finished_at >= period.starts_at
                    and extracts.finished_at < period.ends_at
                    then 1
            end
        ) as readings,
        count(
            case when extracts.finished_at >= period.starts_at and extracts.finished_at < period.ends_at then 1 end
        ) as tries,
        min(case when extracts.outcome <> 'failed' then extracts.finished_at end) as first_reading
    from extracts
    cross join period
    where extracts.subject <> '(source)'
    group by extracts.source, extracts.subject
),

points as (
    select
        source,
        count(case when tries > 0 then 1 end) as subjects,
        count(case when readings > 0 then 1 end) as subjects_read,
        max(readings) as readings,
        min(first_reading) as first_reading
    from readings
    group by source
),

asked as (
    select
        declared_sources.source,
        declared_sources.kind in ('tls', 'config_files') as is_point,
        period.days,
        period.ends_at,
        coalesce(covered.days, 0) as covered,
        attempts.extracts,
        attempts.failed,
        coalesce(points.subjects, 0) as subjects,
        coalesce(points.subjects_read, 0) as subjects_read,
        coalesce(points.readings, 0) as readings,
        points.first_reading
    from declared_sources
    cross join period
    left join covered on declared_sources.source = covered.source
    left join attempts on declared_sources.source = attempts.source
    left join points on declared_sources.source = points.source
)

select
    source as resource,
    case
        when is_point and subjects_read = 0 then 'not assessed'
        when is_point and subjects_read < subjects then 'partial'
        when is_point then 'pass'
        when covered = days then 'pass'
        when covered > 0 then 'partial'
        else 'not assessed'
    end as status,
    case
        when extracts is null then 'The source is configured and was never extracted.'
        when is_point and subjects_read > 0
            then concat(
                cast(subjects_read as varchar), ' of ', cast(subjects as varchar),
                ' subjects were read in the period, up to ', cast(readings as varchar),
                ' times each; a reading tells how things stood at that moment.'
            )
        when is_point and first_reading >= ends_at
            then concat(
                'It was read first on ', cast(cast(first_reading as date) as varchar),
                ', after the period: a reading tells how things stood at that moment.'
            )
        when is_point and first_reading is not null
            then 'It was not read in the period; a reading tells how things stood at that moment.'
        when covered = days then concat('All ', cast(days as varchar), ' days are covered.')
        when covered > 0
            then concat(cast(covered as varchar), ' of ', cast(days as varchar), ' days are covered.')
        when failed = extracts then 'Every extraction of the source failed.'
        else 'No extract of the source covers a day of the period.'
    end as reason,
    case when is_point then 'a reading in the period' else concat(cast(days as varchar), ' days') end as expected,
    case
        when is_point then concat(cast(readings as varchar), ' readings')
        else concat(cast(covered as varchar), ' days')
    end as observed,
    'policy: a report speaks of its whole period' as basis
from asked
order by resource

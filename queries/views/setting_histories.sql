-- ---
-- title = "How each setting was held through the period"
-- grain = "one effective setting of one subject, that held in the period or as of the report"
-- version = 1
-- definition = """
-- readings: all of the period that tell of it. Of these shown gave it a value, conformed gave the one that is declared as
-- of the report, deviating another one, and incomparable one that cannot be compared. days are the local days of the
-- period as far as it is known, days_read those on which a reading showed it, and unread_days the most of them in a
-- row on which none did. deviations says when it was otherwise than declared, the first three times.
-- """
-- ---
with known as (
    select
        subject,
        key
    from setting_versions
    where value is not null
    union
    select
        subject,
        key
    from effective_settings
),

days as (
    select
        calendar.local_date,
        row_number() over (order by calendar.local_date) as day_number
    from calendar
    inner join period on calendar.period = period.label
    where calendar.starts_at < period.known_until
),

due as (
    select count(*) as days
    from days
),

days_read as (
    select
        setting_readings.subject,
        setting_readings.key,
        days.day_number
    from setting_readings
    inner join setting_versions
        on
            setting_readings.subject = setting_versions.subject
            and setting_readings.key = setting_versions.key
            and setting_readings.version = setting_versions.version
    inner join days on setting_readings.local_date = days.local_date
    where setting_versions.value is not null
    group by setting_readings.subject, setting_readings.key, days.day_number
),

spaced as (
    select
        *,
        day_number - coalesce(lag(day_number) over (partition by subject, key order by day_number), 0) - 1 as unread
    from days_read
),

covered as (
    select
        subject,
        key,
        count(*) as days_read,
        max(day_number) as last_number,
        max(unread) as unread
    from spaced
    group by subject, key
),

counted as (
    select
        subject,
        key,
        sum(readings) as readings,
        sum(case when is_shown then readings else 0 end) as shown,
        sum(case when is_same then readings else 0 end) as conformed,
        sum(case when not is_same then readings else 0 end) as deviating,
        sum(case when is_shown and is_same is null then readings else 0 end) as incomparable,
        count(case when is_change then 1 end) as changes,
        min(case when is_shown then first_day end) as first_day,
        max(case when is_shown then last_day end) as last_day
    from setting_stretches
    group by subject, key
),

otherwise as (
    select
        subject,
        key,
        concat(
            case
                when first_day = last_day then concat('on ', cast(first_day as varchar))
                else concat('from ', cast(first_day as varchar), ' to ', cast(last_day as varchar))
            end,
            ' it was ', written, coalesce(' (' || origin || ')', '')
        ) as phrase,
        row_number() over (partition by subject, key order by stretch) as place
    from setting_stretches
    where not is_same and readings > 0
),

deviated as (
    select
        subject,
        key,
        concat(
            coalesce(max(case when place = 1 then phrase end), ''),
            coalesce(max(case when place = 2 then ', ' || phrase end), ''),
            coalesce(max(case when place = 3 then ', ' || phrase end), ''),
            case when count(*) > 3 then concat(', and ', cast(count(*) - 3 as varchar), ' more') else '' end
        ) as deviations
    from otherwise
    group by subject, key
)

select
    known.subject,
    known.key,
    coalesce(cast(counted.readings as bigint), 0) as readings,
    coalesce(cast(counted.shown as bigint), 0) as shown,
    coalesce(cast(counted.conformed as bigint), 0) as conformed,
    coalesce(cast(counted.deviating as bigint), 0) as deviating,
    coalesce(cast(counted.incomparable as bigint), 0) as incomparable,
    coalesce(counted.changes, 0) as changes,
    counted.first_day,
    counted.last_day,
    due.days,
    coalesce(covered.days_read, 0) as days_read,
    greatest(coalesce(covered.unread, 0), due.days - coalesce(covered.last_number, 0)) as unread_days,
    deviated.deviations
from known
cross join due
left join counted on known.subject = counted.subject and known.key = counted.key
left join covered on known.subject = covered.subject and known.key = covered.key
left join deviated on known.subject = deviated.subject and known.key = deviated.key

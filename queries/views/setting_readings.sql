-- ---
-- title = "Days on which each version of a setting was read"
-- grain = "one version of one effective setting and local day of the report's period"
-- version = 1
-- definition = """
-- A reading of a setting is a complete extract of what had shown it: the same file, repository or server of the same
-- source. It saw the version that held then, also where nothing had changed and so nothing was stored. A reading that was
-- cut short or set rows aside counts for what it brought alone, and one that failed for nothing.
-- """
-- ---
with brought as (
    select
        setting_versions.subject,
        setting_versions.key,
        setting_versions.version,
        setting_versions.extract_id,
        setting_versions.next_extract_id,
        extracts.source,
        extracts.subject as place
    from setting_versions
    inner join extracts on setting_versions.extract_id = extracts.extract_id
),

places as (
    select
        source,
        place
    from brought
    group by source, place
),

days as (
    select
        calendar.local_date,
        calendar.starts_at,
        calendar.ends_at
    from calendar
    inner join period on calendar.period = period.label
),

readings as (
    select
        extracts.source,
        extracts.subject as place,
        extracts.extract_id,
        extracts.outcome,
        days.local_date
    from extracts
    inner join places on extracts.source = places.source and extracts.subject = places.place
    inner join days on extracts.recorded_at >= days.starts_at and extracts.recorded_at < days.ends_at
    where extracts.outcome <> 'failed'
),

spans as (
    select
        source,
        place,
        extract_id,
        next_extract_id
    from brought
    group by source, place, extract_id, next_extract_id
),

counted as (
    select
        spans.extract_id,
        spans.next_extract_id,
        readings.local_date,
        count(*) as readings
    from spans
    inner join readings
        on
            spans.source = readings.source
            and spans.place = readings.place
            and spans.extract_id <= readings.extract_id
            and (spans.next_extract_id > readings.extract_id or spans.next_extract_id is null)
    where readings.outcome = 'complete' or readings.extract_id = spans.extract_id
    group by spans.extract_id, spans.next_extract_id, readings.local_date
)

select
    brought.subject,
    brought.key,
    brought.version,
    counted.local_date,
    counted.readings
from brought
inner join counted
    on
        brought.extract_id = counted.extract_id
        and coalesce(brought.next_extract_id, 0) = coalesce(counted.next_extract_id, 0)

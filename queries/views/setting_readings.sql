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
)

select
    brought.subject,
    brought.key,
    brought.version,
    readings.local_date,
    count(*) as readings
from brought
inner join readings
    on
        brought.source = readings.source
        and brought.place = readings.place
        and brought.extract_id <= readings.extract_id
        and (brought.next_extract_id > readings.extract_id or brought.next_extract_id is null)
where readings.outcome = 'complete' or readings.extract_id = brought.extract_id
group by brought.subject, brought.key, brought.version, readings.local_date

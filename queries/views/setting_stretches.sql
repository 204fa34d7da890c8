-- ---
-- title = "What each setting was in the course of the period"
-- grain = "one stretch of one value of one effective setting; subject, key and a number in their order"
-- version = 1
-- definition = """
-- Versions that follow each other with the same value are one stretch, also where they stand on another line. A stretch
-- is a change if another one came before it, or if what shows the setting had been read completely without it. It is
-- dated by the first and the last local day of the period on which a reading saw it. A setting that is gone is not
-- shown; one whose source could not tell its value is not known. is_same: as declared as of the report; null where that
-- cannot be compared, or nothing is declared.
-- """
-- ---
with read_versions as (
    select
        subject,
        key,
        version,
        cast(sum(readings) as bigint) as readings,
        min(local_date) as first_day,
        max(local_date) as last_day
    from setting_readings
    group by subject, key, version
),

first_readings as (
    select
        source,
        subject as place,
        min(extract_id) as extract_id
    from extracts
    where outcome = 'complete'
    group by source, subject
),

told as (
    select
        setting_versions.subject,
        setting_versions.key,
        setting_versions.version,
        setting_versions.origin,
        setting_versions.value is not null as is_shown,
        value_comparisons.is_same,
        coalesce(read_versions.readings, 0) as readings,
        read_versions.first_day,
        read_versions.last_day,
        setting_versions.version = 1
        and first_readings.extract_id < setting_versions.extract_id
        and setting_versions.held_from >= period.starts_at as is_new,
        case
            when setting_versions.is_gone then 'not shown'
            when setting_versions.value is null then 'not known'
            else coalesce(
                setting_values.written, concat(setting_versions.value, coalesce(' ' || setting_versions.unit, ''))
            )
        end as written
    from setting_versions
    cross join period
    left join extracts on setting_versions.extract_id = extracts.extract_id
    left join first_readings on extracts.source = first_readings.source and extracts.subject = first_readings.place
    left join read_versions
        on
            setting_versions.subject = read_versions.subject
            and setting_versions.key = read_versions.key
            and setting_versions.version = read_versions.version
    left join setting_values
        on
            setting_versions.subject = setting_values.subject
            and setting_versions.key = setting_values.key
            and setting_versions.version = setting_values.version
            and setting_values.layer = 'held'
    left join value_comparisons
        on
            setting_versions.subject = value_comparisons.subject
            and setting_versions.key = value_comparisons.key
            and setting_versions.version = value_comparisons.version
            and value_comparisons.layer = 'held'
),

followed as (
    select
        *,
        lag(written) over (partition by subject, key order by version) as written_before
    from told
),

numbered as (
    select
        *,
        sum(case when written = written_before then 0 else 1 end) over (
            partition by subject, key order by version
        ) as stretch
    from followed
),

placed as (
    select
        *,
        row_number() over (partition by subject, key, stretch order by version) as place
    from numbered
)

select
    subject,
    key,
    cast(stretch as bigint) as stretch,
    written,
    max(case when place = 1 then coalesce(written_before, case when is_new then 'not shown' end) end) as written_before,
    max(case when place = 1 then origin end) as origin,
    max(case when is_shown then 1 else 0 end) = 1 as is_shown,
    case max(case when is_same then 2 when not is_same then 1 end) when 2 then true when 1 then false end as is_same,
    max(case when place = 1 and (written_before is not null or is_new) then 1 else 0 end) = 1 as is_change,
    cast(sum(readings) as bigint) as readings,
    min(first_day) as first_day,
    max(last_day) as last_day
from placed
group by subject, key, stretch, written

-- ---
-- title = "Settings in the course of the period"
-- chapter = "settings"
-- order = 2
-- note = "Configuration is a point in time, so it is read again and again. A change is dated by the first reading that saw it, and stands at the file and line, or the address, that it was read from. Conformed: readings of the period that gave the value declared as of the report. Read through the period: never seven days in a row without a reading."
-- ---
with counted as (
    select
        count(*) as settings,
        count(case when days_read > 1 and unread_days < 7 then 1 end) as throughout,
        count(case when days_read > 1 and unread_days >= 7 then 1 end) as in_part,
        count(case when days_read = 1 then 1 end) as at_a_point,
        count(case when days_read = 0 then 1 end) as unread,
        min(case when days_read > 0 then readings end) as fewest_readings,
        max(case when days_read > 0 then readings end) as most_readings
    from setting_histories
),

changed as (
    select
        setting_stretches.first_day as changed_on,
        setting_stretches.key,
        setting_stretches.subject,
        setting_stretches.stretch,
        coalesce(setting_keys.title, setting_stretches.key) as title,
        setting_stretches.written_before,
        setting_stretches.written,
        setting_stretches.origin,
        declared_settings.written as declared,
        case
            when declared_settings.key is not null
                then concat(
                    cast(setting_histories.conformed as varchar), ' of ', cast(setting_histories.readings as varchar)
                )
        end as conformed
    from setting_stretches
    left join setting_keys on setting_stretches.key = setting_keys.key
    left join declared_settings on setting_stretches.key = declared_settings.key
    left join setting_histories
        on
            setting_stretches.subject = setting_histories.subject
            and setting_stretches.key = setting_histories.key
    where setting_stretches.is_change
)

select
    changed.changed_on,
    changed.key,
    changed.title,
    changed.subject,
    changed.written_before,
    changed.written,
    changed.origin,
    changed.declared,
    changed.conformed,
    counted.settings,
    counted.throughout,
    counted.in_part,
    counted.at_a_point,
    counted.unread,
    counted.fewest_readings,
    counted.most_readings
from counted
left join changed on true
order by changed.changed_on, changed.key, changed.subject, changed.stretch

-- ---
-- title = "What was observed of settings"
-- grain = "one observed setting of one subject"
-- version = 1
-- definition = """
-- Ages are as of the reading. Born is the UTC day the system began, from its age. signal_key is the setting that an
-- observation answers for: the age of the oldest record for the retention.
-- """
-- ---
with ages as (
    select
        owner,
        max(number) as system_age
    from setting_values
    where layer = 'measured' and key = 'system.age'
    group by owner
)

select
    setting_values.*,
    replace(setting_values.key, '.oldest', '') as signal_key,
    ages.system_age,
    case
        when ages.system_age between 0 and 36500
            then
                cast(
                    date '1970-01-01'
                    + cast(floor(epoch_us(setting_values.read_at) / 86400000000.0 - ages.system_age) as integer)
                    as varchar
                )
    end as born
from setting_values
left join ages on setting_values.owner = ages.owner
where setting_values.layer = 'measured'

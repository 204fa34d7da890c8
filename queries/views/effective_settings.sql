-- ---
-- title = "What systems are set to"
-- grain = "one setting of one subject"
-- version = 1
-- definition = """
-- The settings of running systems and of their configuration files, as read at one point in time. A size limit of the
-- same subject stands beside a retention: it may cut it shorter.
-- """
-- ---
with sizes as (
    select
        subject,
        replace(key, '.size', '') as key,
        written as size_limit
    from setting_values
    where layer = 'effective' and key like 'retention.%.size'
)

select
    setting_values.*,
    sizes.size_limit
from setting_values
left join sizes on setting_values.subject = sizes.subject and setting_values.key = sizes.key
where setting_values.layer = 'effective'

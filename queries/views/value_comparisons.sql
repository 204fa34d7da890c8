-- ---
-- title = "Values of systems compared with the declared one"
-- grain = "one value of a declared setting of one subject: as of the report (effective), or one version of it (held)"
-- version = 1
-- definition = """
-- Numbers are the same within one part in a thousand million. A value that cannot be compared (its unit or its text is
-- not what the key asks for, or the documents leave no value) is neither same nor different. Earlier values too are
-- compared with what is declared as of the report.
-- """
-- ---
select
    setting_values.subject,
    setting_values.key,
    setting_values.layer,
    setting_values.version,
    case
        when not declared_settings.is_comparable or not setting_values.is_comparable then null
        when declared_settings.number = setting_values.number then true
        when declared_settings.number is not null and setting_values.number is not null
            then
                coalesce(
                    abs(declared_settings.number - setting_values.number)
                    <= 0.000000001 * greatest(abs(declared_settings.number), 1.0)
                    and declared_settings.number < cast('infinity' as double)
                    and setting_values.number < cast('infinity' as double),
                    false
                )
        else declared_settings.wording = setting_values.wording
    end as is_same
from declared_settings
inner join setting_values on declared_settings.key = setting_values.key
where setting_values.layer in ('effective', 'held')

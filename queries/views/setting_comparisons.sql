-- ---
-- title = "Declared settings beside what systems are set to"
-- grain = "one declared setting of one subject; subject null where no system shows it"
-- version = 1
-- definition = """
-- Every effective setting whose key is declared, and every declared one that a system should show and none does. Numbers
-- are the same within one part in a thousand million. A setting that cannot be compared (its unit or its text is not
-- what the key asks for, or the documents leave no value) is neither same nor different.
-- """
-- ---
select
    declared_settings.key,
    declared_settings.title,
    declared_settings.key_unit,
    declared_settings.stricter,
    declared_settings.written as declared,
    declared_settings.number as declared_number,
    declared_settings.statements,
    declared_settings.resolution,
    declared_settings.is_resolved,
    declared_settings.basis,
    effective_settings.subject,
    effective_settings.written as effective,
    effective_settings.number as effective_number,
    effective_settings.size_limit,
    effective_settings.origin,
    effective_settings.read_at,
    case
        when not declared_settings.is_comparable or not effective_settings.is_comparable then null
        when declared_settings.number = effective_settings.number then true
        when declared_settings.number is not null and effective_settings.number is not null
            then
                coalesce(
                    abs(declared_settings.number - effective_settings.number)
                    <= 0.000000001 * greatest(abs(declared_settings.number), 1.0)
                    and declared_settings.number < cast('infinity' as double)
                    and effective_settings.number < cast('infinity' as double),
                    false
                )
        else declared_settings.wording = effective_settings.wording
    end as is_same
from declared_settings
left join effective_settings on declared_settings.key = effective_settings.key
where effective_settings.subject is not null or declared_settings.evidence = 'effective'

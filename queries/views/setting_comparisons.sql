-- ---
-- title = "Declared settings beside what systems are set to"
-- grain = "one declared setting of one subject; subject null where no system shows it"
-- version = 1
-- definition = """
-- Every effective setting whose key is declared, and every declared one that a system should show and none does.
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
    value_comparisons.is_same
from declared_settings
left join effective_settings on declared_settings.key = effective_settings.key
left join value_comparisons
    on
        effective_settings.subject = value_comparisons.subject
        and effective_settings.key = value_comparisons.key
        and value_comparisons.layer = 'effective'
where effective_settings.subject is not null or declared_settings.evidence = 'effective'

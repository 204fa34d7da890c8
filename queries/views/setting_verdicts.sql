-- ---
-- title = "Whether systems are set as declared, in words"
-- grain = "one declared setting of one subject, as in setting_comparisons"
-- version = 1
-- definition = """
-- The one wording of what the checks of single settings say: as declared passes, otherwise fails. A value that cannot be
-- compared, documents of which none is stricter, and a setting that no system shows are not assessed. Each holds for the
-- point in time of the reading.
-- """
-- ---
select
    key,
    concat(key, coalesce(' ' || subject, '')) as resource,
    case
        when is_same is null then 'not assessed'
        when is_same then 'pass'
        else 'fail'
    end as status,
    case
        when subject is null then 'It is declared, and no system that was read shows it.'
        when resolution = 'undecided' then concat('The documents disagree and none is stricter: ', statements, '.')
        when is_same is null then concat('Its value, ', effective, ', cannot be compared with the declared one.')
        when is_same
            then concat(
                'Set as declared', coalesce(' on ' || cast(cast(read_at as date) as varchar), ''),
                ', a point in time.'
            )
        else concat(
            'Set to ', effective, coalesce(' (' || origin || ')', ''), ', declared is ', declared,
            case when is_resolved then '' else ', the stricter of several (decision needed)' end,
            '; read', coalesce(' on ' || cast(cast(read_at as date) as varchar), ''), ', a point in time.'
        )
    end as reason,
    coalesce(declared, statements) as expected,
    effective as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from setting_comparisons

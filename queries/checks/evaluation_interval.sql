-- ---
-- title = "Alert rules are evaluated as often as declared"
-- severity = "low"
-- controls = ["iso27001:A.8.16", "iso9001:7.1.5"]
-- why = "Rules that are evaluated more rarely than declared raise every alert later."
-- remedy = "Set the evaluation interval named here to the declared one."
-- definition = """
-- Population: every effective evaluation interval. It passes if it is the declared one; any difference is drift. Declared
-- and shown by no system: not assessed. It holds for the point in time of the reading.
-- """
-- ---
select
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
where key = 'evaluation.interval'
order by resource

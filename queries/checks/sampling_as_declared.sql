-- ---
-- title = "Traces are sampled as declared"
-- severity = "low"
-- controls = ["gdpr:25", "iso27001:A.8.16"]
-- why = "A sample that is larger than declared keeps data nobody accounted for; a smaller one misses what it is for."
-- remedy = "Set the sampling of the service or collector named here to the declared share."
-- definition = """
-- Population: every effective sampling setting. It passes if it is the declared share of traces, from 0 to 1. Declared and
-- shown by no system: not assessed. It holds for the point in time of the reading.
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
where key = 'sampling.traces'
order by resource

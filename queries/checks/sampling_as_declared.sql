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
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from setting_verdicts
where key = 'sampling.traces'
order by resource

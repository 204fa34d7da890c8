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
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from setting_verdicts
where key = 'evaluation.interval'
order by resource

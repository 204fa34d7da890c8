-- ---
-- title = "Logs are kept as long as declared"
-- severity = "high"
-- controls = ["soc2:C1.1", "iso27001:A.8.15", "iso27001:A.5.33", "gdpr:30(1)(f)"]
-- why = "What was deleted before its time cannot be shown to anybody, and no later change brings it back."
-- remedy = "Lengthen the retention of the system named here, and its size limit with it, before older logs are deleted."
-- definition = """
-- Population: every system that shows how long it keeps logs. It passes if the configured time is at least the declared
-- minimum. A size limit that may cut it shorter makes it partial. Declared and shown by no system, shown and not
-- declared, or limited by size alone: not assessed. What is really there is the check of the oldest record.
-- """
-- ---
select
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from retention_configured
where key = 'retention.logs'
order by resource

-- ---
-- title = "The audit trail is kept as long as declared"
-- severity = "high"
-- controls = ["pci_dss:10.5.1", "hipaa:164.312(b)", "soc2:C1.1", "iso27001:A.8.15", "iso27001:A.5.33"]
-- why = "What was deleted before its time cannot be shown to anybody, and no later change brings it back."
-- remedy = "Lengthen the retention of the system named here, and its size limit with it, before older audit records are deleted."
-- definition = """
-- Population: every system that shows how long it keeps audit records. It passes if the configured time is at least the declared
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
where key = 'retention.audit'
order by resource

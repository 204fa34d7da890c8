-- ---
-- title = "Audit trails hold what administrators do"
-- severity = "medium"
-- controls = ["pci_dss:10.2.1.2", "pci_dss:10.2.1.7"]
-- area = "logging and monitoring"
-- attestable = true
-- why = "Who may do everything is the one whose deeds must be on record."
-- remedy = "Take these events into the audit log of the product named here; where it has none of its own, have the owner of what stands before it attest what that records."
-- definition = """
-- Population: products whose configuration says whether access is logged, or what the audit trail holds. It passes if the
-- trail takes every request that was granted, with it what administrators do and what is made and deleted by request.
-- Left out, or no access logged at all: fail. A log whose configuration does not say: not assessed. What a configuration
-- cannot show is that records were written.
-- """
-- ---
select
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from audited_events
where key = 'audit.actions'
order by resource

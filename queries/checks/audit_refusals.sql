-- ---
-- title = "Audit trails hold refused attempts"
-- severity = "medium"
-- controls = ["pci_dss:10.2.1.4"]
-- area = "logging and monitoring"
-- attestable = true
-- why = "Who tries doors leaves no other trace than the refusals."
-- remedy = "Take these events into the audit log of the product named here; where it has none of its own, have the owner of what stands before it attest what that records."
-- definition = """
-- Population: products whose configuration says whether access is logged, or what the audit trail holds. It passes if the
-- trail takes attempts that were refused: a wrong or missing name, and a right that was not there. Left out, or no access
-- logged at all: fail. A log whose configuration does not say: not assessed. What a configuration cannot show is that
-- records were written.
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
where key = 'audit.refusals'
order by resource

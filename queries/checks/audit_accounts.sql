-- ---
-- title = "Audit trails hold changes to accounts and rights"
-- severity = "medium"
-- controls = ["pci_dss:10.2.1.5"]
-- area = "logging and monitoring"
-- attestable = true
-- why = "An account that was made for one night is seen only here."
-- remedy = "Take these events into the audit log of the product named here; where it has none of its own, have the owner of what stands before it attest what that records."
-- definition = """
-- Population: products whose configuration says whether access is logged, or what the audit trail holds. It passes if the
-- trail takes changes to accounts, credentials and rights. Left out, or no access logged at all: fail. A log whose
-- configuration does not say: not assessed. What a configuration cannot show is that records were written.
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
where key = 'audit.accounts'
order by resource

-- ---
-- title = "Access to the monitoring stack is logged"
-- severity = "medium"
-- controls = ["pci_dss:10.2.1", "hipaa:164.312(b)", "iso27001:A.8.15", "sox_itgc:ITGC-AC-3"]
-- why = "Who looked at what, and who changed it, is asked after every breach."
-- remedy = "Switch on the audit or access log of the product named here, and keep it as long as the policy says."
-- definition = """
-- Population: products whose configuration says whether access is logged. That records were written on every day is not shown by
-- a configuration.
-- """
-- ---
with effective as (
    select
        subject,
        value,
        origin
    from settings
    where
        layer = 'effective'
        and key = 'access.logging'
)

select
    subject as resource,
    case
        when value is null then 'not assessed'
        when value = 'true' then 'pass'
        else 'fail'
    end as status,
    case
        when value is null then 'The setting is there, and its value is not known.'
        when value = 'true' then 'Access is logged.'
        else 'Access is not logged.'
    end as reason,
    'on' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: access is logged' as basis
from effective
order by resource

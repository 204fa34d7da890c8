-- ---
-- title = "Nobody reads the monitoring stack without a name"
-- severity = "high"
-- controls = ["soc2:CC6.1", "soc2:CC6.6", "pci_dss:10.3.1", "iso27001:A.5.34", "gdpr:5(1)(f)"]
-- why = "Dashboards show customers, volumes and weaknesses to whoever finds the address."
-- remedy = "Switch off anonymous access in the configuration named here."
-- definition = """
-- Population: products whose configuration says whether anonymous access is allowed.
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
        and key = 'access.anonymous'
)

select
    subject as resource,
    case
        when value is null then 'not assessed'
        when value = 'false' then 'pass'
        else 'fail'
    end as status,
    case
        when value is null then 'The setting is there, and its value is not known.'
        when value = 'false' then 'Anonymous access is off.'
        else 'Anonymous access is allowed.'
    end as reason,
    'off' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: access needs a name' as basis
from effective
order by resource

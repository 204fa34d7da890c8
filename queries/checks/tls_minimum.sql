-- ---
-- title = "No configuration allows TLS below 1.2"
-- severity = "high"
-- controls = ["pci_dss:4.2.1", "hipaa:164.312(e)(1)", "iso27001:A.8.24", "soc2:CC6.7", "hipaa:164.312(e)(2)(i)", "hipaa:164.312(e)(2)(ii)"]
-- why = "Older versions are broken and are tried first by those who mean to break in."
-- remedy = "Set the minimum version named here to 1.2 or 1.3."
-- definition = """
-- Population: configurations that set a minimum version, or whose product has a default for it.
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
        and key = 'tls.minimum'
)

select
    subject as resource,
    case
        when value is null then 'not assessed'
        when value in ('1.2', '1.3') then 'pass'
        else 'fail'
    end as status,
    case
        when value is null then 'The setting is there, and its value is not known.'
        when value in ('1.2', '1.3') then 'The minimum is 1.2 or newer.'
        else 'The minimum is older than 1.2.'
    end as reason,
    '1.2 or 1.3' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'interpretation: PCI DSS 4.2.1 asks for strong cryptography; TLS 1.2 is its accepted reading' as basis
from effective
order by resource

-- ---
-- title = "Every encrypted connection verifies the other side"
-- severity = "high"
-- controls = ["soc2:CC6.7", "pci_dss:4.2.1", "iso27001:A.8.24", "hipaa:164.312(e)(2)(i)"]
-- why = "Encryption to somebody unknown protects from nobody."
-- remedy = "Remove insecure_skip_verify or its like, and give the client the authority that signed the certificate."
-- definition = """
-- Population: clients whose configuration says whether certificates are verified.
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
        and key = 'encryption.in_transit.verified'
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
        when value = 'true' then 'Certificates are verified.'
        else 'Certificates are not verified.'
    end as reason,
    'verified' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: the other side is verified' as basis
from effective
order by resource

-- ---
-- title = "Stored telemetry is encrypted"
-- severity = "high"
-- controls = ["soc2:CC6.1", "gdpr:32(1)(a)", "hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1"]
-- attestable = true
-- why = "A disk that leaves the building takes everything with it."
-- remedy = "Switch on encryption of the store, or have its owner attest the encryption of the volume."
-- definition = """
-- Population: stores whose configuration speaks of encryption at rest. Most stores cannot encrypt by themselves and show nothing:
-- their volumes want an attestation with owner and expiry.
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
        and key = 'encryption.at_rest'
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
        when value = 'true' then 'Its store is encrypted.'
        else 'Its store is not encrypted.'
    end as reason,
    'encrypted' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: data is encrypted at rest' as basis
from effective
order by resource

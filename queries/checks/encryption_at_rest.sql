-- ---
-- title = "Stored telemetry is encrypted"
-- severity = "high"
-- controls = ["soc2:CC6.1", "gdpr:32(1)(a)", "hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "gdpr:5(1)(f)", "soc2:PI1.5"]
-- attestable = true
-- why = "A disk that leaves the building takes everything with it."
-- remedy = "Switch on encryption of the store, or have its owner attest the encryption of the volume."
-- definition = """
-- Population: stores whose configuration, or a list on record, speaks of encryption at rest, and every other system that
-- shows for how long or how much it keeps. Most stores cannot encrypt by themselves and show nothing: of those nothing is
-- known, and their volumes want an attestation with owner and expiry.
-- """
-- ---
with effective as (
    select
        subject,
        split_part(subject, '#', 1) as owner,
        value,
        origin
    from settings
    where
        layer = 'effective'
        and key = 'encryption.at_rest'
),

keeping as (
    select distinct split_part(subject, '#', 1) as owner
    from settings
    where
        layer = 'effective'
        and key like 'retention.%'
),

stores as (
    select
        subject,
        value,
        origin,
        true as is_spoken_of
    from effective
    union all
    select
        keeping.owner as subject,
        cast(null as varchar) as value,
        cast(null as varchar) as origin,
        false as is_spoken_of
    from keeping
    where
        not exists (
            select 1 from effective
            where effective.owner = keeping.owner
        )
)

select
    subject as resource,
    case
        when value is null then 'not assessed'
        when value = 'true' then 'pass'
        else 'fail'
    end as status,
    case
        when not is_spoken_of then 'It keeps data, and nothing on record says whether its store is encrypted.'
        when value is null then 'The setting is there, and its value is not known.'
        when value = 'true' then 'Its store is encrypted.'
        else 'Its store is not encrypted.'
    end as reason,
    'encrypted' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: data is encrypted at rest' as basis
from stores
order by resource

-- ---
-- title = "Waivers and attestations, and whether they count"
-- grain = "one waiver or attestation of the registers"
-- definition = """
-- A waiver is valid from the day it was granted until it expires, if somebody else than its owner approved it; an
-- attestation from its date until it expires, if somebody signed it, and only for a check that says it is attestable:
-- else lost data and a statement would turn a fail into a pass. What has no end, has ended or is not yet in force as of
-- the report does not count.
-- """
-- ---
with waiver_states as (
    select
        'waiver' as kind,
        waivers.waiver_id as statement_id,
        waivers.check_id,
        waivers.resource,
        waivers.reason as statement,
        waivers.compensating_control,
        waivers.owner,
        waivers.approver,
        waivers.granted_at as starts_at,
        waivers.expires_at,
        case
            when coalesce(waivers.owner = waivers.approver, true) then 'not independent'
            when coalesce(waivers.granted_at > period.as_of, true) then 'not yet granted'
            when waivers.expires_at is null then 'without end'
            when waivers.expires_at <= period.as_of then 'expired'
            else 'valid'
        end as state
    from waivers
    cross join period
),

attestation_states as (
    select
        'attestation' as kind,
        attestations.attestation_id as statement_id,
        attestations.check_id,
        attestations.resource,
        attestations.statement,
        cast(null as varchar) as compensating_control,
        attestations.owner,
        cast(null as varchar) as approver,
        attestations.attested_at as starts_at,
        attestations.expires_at,
        case
            when not coalesce(definitions.attestable, false) then 'not attestable'
            when attestations.owner is null then 'unsigned'
            when coalesce(attestations.attested_at > period.as_of, true) then 'not yet given'
            when attestations.expires_at is null then 'without end'
            when attestations.expires_at <= period.as_of then 'expired'
            else 'valid'
        end as state
    from attestations
    cross join period
    left join definitions on attestations.check_id = definitions.id and definitions.kind = 'checks'
)

select * from waiver_states
union all
select * from attestation_states
order by kind, statement_id

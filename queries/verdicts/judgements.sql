-- ---
-- title = "Findings with what people decided about them"
-- grain = "one finding"
-- definition = """
-- A fail with a valid waiver is an accepted exception; measured_status keeps that it failed. A finding that could not be
-- assessed passes as attested with a valid attestation. Both name the check, and its resource or none for all of them. A
-- waiver is valid from the day it was granted until it expires, if somebody else than its owner approved it; an
-- attestation from its date until it expires, if somebody signed it, and only for a check that says it is attestable:
-- else lost data and a statement would turn a fail into a pass. What has no end, has ended or is not yet in force as of
-- the report changes nothing, and the reason says so. Nothing else moves a status.
-- """
-- ---
with waiver_states as (
    select
        waivers.waiver_id,
        waivers.check_id,
        waivers.resource,
        waivers.expires_at,
        coalesce(waivers.approver, '(nobody)') as approver,
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
        attestations.attestation_id,
        attestations.check_id,
        attestations.resource,
        attestations.expires_at,
        coalesce(attestations.owner, '(nobody)') as owner,
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
),

waived as (
    select
        findings.check_id,
        findings.resource,
        waiver_states.waiver_id,
        waiver_states.state,
        waiver_states.expires_at,
        waiver_states.approver
    from findings
    inner join waiver_states on findings.check_id = waiver_states.check_id
    where
        findings.status = 'fail'
        and (waiver_states.resource is null or waiver_states.resource = findings.resource)
    qualify row_number() over (
        partition by findings.check_id, findings.resource
        order by
            case waiver_states.state when 'valid' then 1 when 'expired' then 2 else 3 end,
            waiver_states.expires_at desc,
            waiver_states.waiver_id asc
    ) = 1
),

attested as (
    select
        findings.check_id,
        findings.resource,
        attestation_states.attestation_id,
        attestation_states.state,
        attestation_states.expires_at,
        attestation_states.owner
    from findings
    inner join attestation_states on findings.check_id = attestation_states.check_id
    where
        findings.status = 'not assessed'
        and (attestation_states.resource is null or attestation_states.resource = findings.resource)
    qualify row_number() over (
        partition by findings.check_id, findings.resource
        order by
            case attestation_states.state when 'valid' then 1 when 'expired' then 2 else 3 end,
            attestation_states.expires_at desc,
            attestation_states.attestation_id asc
    ) = 1
),

sentences as (
    select
        check_id,
        resource,
        case state
            when 'valid'
                then
                    concat(
                        ' Accepted by the waiver ', waiver_id, ', which ', approver, ' approved, until ',
                        cast(cast(expires_at as date) as varchar), ' (UTC).'
                    )
            when 'expired'
                then
                    concat(
                        ' The waiver ', waiver_id, ' expired on ', cast(cast(expires_at as date) as varchar), ' (UTC).'
                    )
            when 'without end' then concat(' The waiver ', waiver_id, ' does not count: it has no end.')
            when 'not yet granted'
                then concat(' The waiver ', waiver_id, ' does not count: it was not yet granted.')
            else concat(' The waiver ', waiver_id, ' does not count: nobody but its owner approved it.')
        end as sentence
    from waived
    union all
    select
        check_id,
        resource,
        case state
            when 'valid'
                then
                    concat(
                        ' Attested by ', owner, ' (', attestation_id, ') until ',
                        cast(cast(expires_at as date) as varchar), ' (UTC).'
                    )
            when 'expired'
                then
                    concat(
                        ' The attestation ', attestation_id, ' expired on ',
                        cast(cast(expires_at as date) as varchar), ' (UTC).'
                    )
            when 'without end' then concat(' The attestation ', attestation_id, ' does not count: it has no end.')
            when 'not yet given'
                then concat(' The attestation ', attestation_id, ' does not count: it was not yet given.')
            when 'unsigned' then concat(' The attestation ', attestation_id, ' does not count: nobody signed it.')
            else
                concat(
                    ' The attestation ', attestation_id, ' does not count: facts judge this check, no statement does.'
                )
        end as sentence
    from attested
)

select
    findings.check_id,
    findings.title,
    findings.severity,
    findings.resource,
    case
        when waived.state = 'valid' then 'exception accepted'
        when attested.state = 'valid' then 'pass (attested)'
        else findings.status
    end as status,
    concat(coalesce(findings.reason, ''), coalesce(sentences.sentence, '')) as reason,
    findings.expected,
    findings.observed,
    findings.basis,
    findings.controls,
    findings.fingerprint,
    findings.status as measured_status,
    waived.waiver_id,
    waived.state as waiver_state,
    waived.expires_at as waiver_expires_at,
    attested.attestation_id,
    attested.state as attestation_state,
    attested.expires_at as attestation_expires_at
from findings
left join waived on findings.check_id = waived.check_id and findings.resource = waived.resource
left join attested on findings.check_id = attested.check_id and findings.resource = attested.resource
left join sentences on findings.check_id = sentences.check_id and findings.resource = sentences.resource
order by findings.check_id, findings.resource

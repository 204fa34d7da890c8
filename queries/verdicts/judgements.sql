-- ---
-- title = "Findings with what people decided about them"
-- grain = "one finding"
-- definition = """
-- A fail with a valid waiver is an accepted exception; measured_status keeps that it failed. A finding that could not be
-- assessed passes as attested with a valid attestation. Both name the check, and its resource or none for all of them;
-- statement_states says which are valid. One that is not changes nothing, and the reason says so. Nothing else moves a
-- status.
-- """
-- ---
with waived as (
    select
        findings.check_id,
        findings.resource,
        statement_states.statement_id as waiver_id,
        statement_states.state,
        statement_states.expires_at,
        coalesce(statement_states.approver, '(nobody)') as approver
    from findings
    inner join statement_states
        on findings.check_id = statement_states.check_id and statement_states.kind = 'waiver'
    where
        findings.status = 'fail'
        and (statement_states.resource is null or statement_states.resource = findings.resource)
    qualify row_number() over (
        partition by findings.check_id, findings.resource
        order by
            case statement_states.state when 'valid' then 1 when 'expired' then 2 else 3 end,
            statement_states.expires_at desc,
            statement_states.statement_id asc
    ) = 1
),

attested as (
    select
        findings.check_id,
        findings.resource,
        statement_states.statement_id as attestation_id,
        statement_states.state,
        statement_states.expires_at,
        coalesce(statement_states.owner, '(nobody)') as owner
    from findings
    inner join statement_states
        on findings.check_id = statement_states.check_id and statement_states.kind = 'attestation'
    where
        findings.status = 'not assessed'
        and (statement_states.resource is null or statement_states.resource = findings.resource)
    qualify row_number() over (
        partition by findings.check_id, findings.resource
        order by
            case statement_states.state when 'valid' then 1 when 'expired' then 2 else 3 end,
            statement_states.expires_at desc,
            statement_states.statement_id asc
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

-- ---
-- title = "Waivers and attestations"
-- chapter = "exceptions"
-- order = 4
-- note = "A statement that is not valid changes nothing, and its findings stand as they were found. Those that end before the next quarter does are marked, so that somebody decides in time whether they are to go on."
-- ---
with covered as (
    select
        'waiver' as kind,
        waiver_id as statement_id,
        count(case when status = 'exception accepted' then 1 end) as findings
    from judgements
    where waiver_id is not null
    group by waiver_id
    union all
    select
        'attestation' as kind,
        attestation_id as statement_id,
        count(case when status = 'pass (attested)' then 1 end) as findings
    from judgements
    where attestation_id is not null
    group by attestation_id
)

select
    case statement_states.kind when 'waiver' then 'Waivers' else 'Attestations' end as heading,
    statement_states.statement_id,
    case
        when statement_states.resource is null then statement_states.check_id
        else concat(statement_states.check_id, ': ', statement_states.resource)
    end as subject,
    concat(
        coalesce(statement_states.statement, '(no reason given)'),
        case
            when statement_states.compensating_control is not null
                then concat(' Instead: ', statement_states.compensating_control)
            when statement_states.kind = 'waiver' then ' No compensating control is named.'
            else ''
        end
    ) as statement,
    statement_states.owner,
    statement_states.approver,
    statement_states.starts_at,
    statement_states.expires_at,
    case
        when statement_states.state = 'valid' and statement_states.expires_at <= period.outlook_until
            then 'valid, ends soon'
        else statement_states.state
    end as standing,
    coalesce(covered.findings, 0) as findings
from statement_states
cross join period
left join covered
    on statement_states.kind = covered.kind and statement_states.statement_id = covered.statement_id
order by
    case statement_states.kind when 'waiver' then 1 else 2 end,
    case statement_states.state when 'valid' then 2 else 1 end,
    statement_states.expires_at,
    statement_states.statement_id

-- ---
-- title = "Outlook: what falls due until the next quarter ends"
-- chapter = "trends"
-- order = 9
-- note = "From the cut-off of knowledge until three months after the period: waivers, attestations and certificates that end, documents due for review, nonconformities and actions that fall due. What was due before stands among the exceptions."
-- ---
with dates as (
    select
        case kind when 'waiver' then 'Waiver ends' else 'Attestation ends' end as what,
        statement_id as subject,
        case
            when resource is null then check_id
            else concat(check_id, ': ', resource)
        end as about,
        owner,
        expires_at as falls_at,
        true as is_end
    from statement_states
    where state = 'valid'
    union all
    select
        'Certificate ends' as what,
        endpoint as subject,
        certificate_subject as about,
        cast(null as varchar) as owner,
        not_after as falls_at,
        false as is_end
    from tls_certificates
    union all
    select
        'Review of a document' as what,
        document_id as subject,
        title as about,
        owner,
        review_due as falls_at,
        false as is_end
    from documents
    union all
    select
        'Nonconformity due' as what,
        nonconformity_id as subject,
        title as about,
        owner,
        due_at as falls_at,
        true as is_end
    from nonconformity_states
    where state = 'open'
    union all
    select
        'Action due' as what,
        corrective_actions.action_id as subject,
        corrective_actions.action as about,
        corrective_actions.owner,
        corrective_actions.due_at as falls_at,
        true as is_end
    from corrective_actions
    cross join period
    where not coalesce(corrective_actions.done_at <= period.as_of, false)
)

select
    dates.what,
    dates.subject,
    dates.about,
    dates.owner,
    dates.falls_at,
    dates.is_end
from dates
cross join period
where
    dates.falls_at > period.as_of
    and dates.falls_at <= period.outlook_until
order by dates.falls_at, dates.what, dates.subject

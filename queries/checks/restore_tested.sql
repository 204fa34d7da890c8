-- ---
-- title = "A restore from backup was exercised in time"
-- severity = "high"
-- controls = ["soc2:A1.3", "gdpr:32(1)(c)", "hipaa:164.308(a)(7)(ii)(D)", "iso27001:A.8.13", "soc2:PI1.5", "sox_itgc:DSS04"]
-- attestable = true
-- why = "A backup that was never restored is a hope."
-- remedy = "Restore a backup into an empty place, compare it, and record the result as a document of the kind restore test."
-- definition = """
-- Population: the newest approved document of the kind 'restore test'. It passes if it was approved within the limit before the end
-- of the period. Without any such document there is no evidence to judge, which is not a pass.
-- """
-- ---
with wanted as (
    select
        'restore test' as kind,
        value as limit_seconds,
        basis
    from thresholds
    where name = 'restore_test'
)

select
    wanted.kind as resource,
    case
        when document_ages.kind is null then 'not assessed'
        when document_ages.age_seconds <= wanted.limit_seconds then 'pass'
        else 'fail'
    end as status,
    case
        when document_ages.kind is null then 'No approved restore test is on record.'
        else concat(
            document_ages.document_id, ' was approved ',
            cast(cast(floor(document_ages.age_seconds / 86400) as bigint) as varchar), ' days before the period ended.'
        )
    end as reason,
    concat('approved within ', cast(cast(wanted.limit_seconds / 86400 as bigint) as varchar), ' days') as expected,
    case
        when document_ages.kind is not null
            then concat(cast(cast(floor(document_ages.age_seconds / 86400) as bigint) as varchar), ' days old')
    end as observed,
    wanted.basis
from wanted
left join document_ages on wanted.kind = document_ages.kind
order by resource

-- ---
-- title = "The incident response plan was exercised in time"
-- severity = "medium"
-- controls = ["pci_dss:12.10.2", "iso27001:A.5.24", "soc2:CC7.4"]
-- attestable = true
-- why = "People follow in an emergency what they have done before."
-- remedy = "Walk through the plan with the people on call, and record it as a document of the kind incident response exercise."
-- definition = """
-- Population: the newest approved document of the kind 'incident response exercise'. It passes if it was approved within the limit before the end
-- of the period. Without any such document there is no evidence to judge, which is not a pass.
-- """
-- ---
with wanted as (
    select
        'incident response exercise' as kind,
        value as limit_seconds,
        basis
    from thresholds
    where name = 'incident_exercise'
)

select
    wanted.kind as resource,
    case
        when document_ages.kind is null then 'not assessed'
        when document_ages.age_seconds <= wanted.limit_seconds then 'pass'
        else 'fail'
    end as status,
    case
        when document_ages.kind is null then 'No approved incident response exercise is on record.'
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

-- ---
-- title = "Who has access was reviewed in time"
-- severity = "medium"
-- controls = ["soc2:CC6.3", "pci_dss:7.2.4", "sox_itgc:ITGC-AC-2"]
-- attestable = true
-- why = "Access that nobody reviews outlives the reason it was given for."
-- remedy = "Review who may use each system, have it approved, and record it as a document of the kind access review."
-- definition = """
-- Population: the newest approved document of the kind 'access review'. It passes if it was approved within the limit before the end
-- of the period. Without any such document there is no evidence to judge, which is not a pass.
-- """
-- ---
with wanted as (
    select
        'access review' as kind,
        value as limit_seconds,
        basis
    from thresholds
    where name = 'access_review'
)

select
    wanted.kind as resource,
    case
        when document_ages.kind is null then 'not assessed'
        when document_ages.age_seconds <= wanted.limit_seconds then 'pass'
        else 'fail'
    end as status,
    case
        when document_ages.kind is null then 'No approved access review is on record.'
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

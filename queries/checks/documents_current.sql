-- ---
-- title = "Every document of the quality system is owned, approved and current"
-- severity = "medium"
-- controls = ["iso9001:7.5.3", "iso27001:A.5.36", "soc2:CC2.1"]
-- why = "A procedure that nobody owns or that is past its review says what was once done."
-- remedy = "Name an owner, review the document and have it approved; set the day of its next review."
-- definition = """
-- Population: all documents known at the end of the period. Current: it has an owner, an approval, and a review due after the
-- period's end. A document that states none of these things cannot be judged.
-- """
-- ---
with judged as (
    select
        documents.document_id,
        documents.title,
        documents.owner,
        documents.approved_at,
        documents.review_due,
        documents.owner is null and documents.approved_at is null and documents.review_due is null as is_bare,
        documents.review_due <= period.known_until as is_overdue,
        period.known_until
    from documents
    cross join period
)

select
    document_id as resource,
    case
        when is_bare then 'not assessed'
        when owner is null or approved_at is null or is_overdue then 'fail'
        when review_due is null then 'partial'
        else 'pass'
    end as status,
    case
        when is_bare then 'It states neither owner nor approval nor a day of review.'
        when owner is null then 'It has no owner.'
        when approved_at is null then 'Nobody has approved it.'
        when is_overdue then concat('Its review was due on ', cast(cast(review_due as date) as varchar), '.')
        when review_due is null then 'Owned and approved; no day is set for its next review.'
        else concat('Owned, approved and due for review on ', cast(cast(review_due as date) as varchar), '.')
    end as reason,
    'owner, approval and a review still to come' as expected,
    'policy: documents are kept current' as basis
from judged
order by resource

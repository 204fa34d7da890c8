-- ---
-- title = "The newest approved document of each kind"
-- grain = "one kind of document"
-- version = 1
-- definition = """
-- Of the documents of a kind, the one approved last before the report's knowledge ends; age_seconds runs to the end of the
-- period, or to the report's as-of if that is earlier. Kinds are compared without regard to case.
-- """
-- ---
with approved as (
    select
        lower(documents.kind) as kind,
        documents.document_id,
        documents.approved_at,
        period.known_until
    from documents
    cross join period
    where
        documents.approved_at is not null
        and documents.approved_at <= period.known_until
)

select
    kind,
    document_id,
    approved_at,
    (epoch_us(known_until) - epoch_us(approved_at)) / 1000000.0 as age_seconds
from approved
qualify row_number() over (partition by kind order by approved_at desc, document_id asc) = 1

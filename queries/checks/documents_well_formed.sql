-- ---
-- title = "Every quality document is well formed"
-- severity = "low"
-- controls = ["iso9001:7.5.3", "soc2:CC2.1", "iso27001:A.5.36"]
-- why = "A document that contradicts itself, or was never filled in, declares nothing that anybody can be held to."
-- remedy = "Mend the lines named; fill in what the document marks REQUIRED, and count its items again."
-- definition = """
-- A document is well formed if reading it found no flaw: a required field left empty, a value the document does not
-- allow, a key filed under the wrong table, text of the wrong code page, a unit left unstated, a stage before one it
-- depends on, hours or items that do not add up, or front matter that cannot be read. Documents that are only referred
-- to are not read, so they are not judged here; neither is one whose flaws on record are not as many as were found.
-- """
-- ---
with read_documents as (
    select
        document_id as document,
        flaws as found
    from documents
    where flaws is not null
    union all
    select
        document_flaws.document,
        count(*) as found
    from document_flaws
    left join documents on document_flaws.document = documents.document_id
    where documents.flaws is null
    group by document_flaws.document
),

ranked as (
    select
        document,
        flaw,
        line,
        key,
        row_number() over (partition by document order by coalesce(line, 0), flaw, key) as position
    from document_flaws
),

counted as (
    select
        document,
        flaw,
        count(*) as flaws
    from document_flaws
    group by document, flaw
),

told as (
    select
        document,
        sum(flaws) as flaws,
        array_to_string(list_sort(list(concat(flaw, ' ', cast(flaws as varchar)))), ', ') as kinds
    from counted
    group by document
),

firsts as (
    select
        document,
        max(case when position = 1 then concat(flaw, ' in ', key) end) as first_flaw,
        max(case when position = 1 then line end) as first_line,
        max(case when position = 2 then concat(flaw, ' in ', key) end) as second_flaw,
        max(case when position = 2 then line end) as second_line
    from ranked
    where position <= 2
    group by document
)

select
    read_documents.document as resource,
    case
        when read_documents.found > coalesce(told.flaws, 0) then 'not assessed'
        when told.flaws is null then 'pass'
        else 'fail'
    end as status,
    case
        when read_documents.found > coalesce(told.flaws, 0)
            then 'Flaws were found when it was read, and not all of them are on record.'
        when told.flaws is null then 'No flaw was found in the document.'
        else concat(
            told.kinds, '. First: ',
            case
                when firsts.first_line is null then ''
                else concat('line ', cast(firsts.first_line as varchar), ', ')
            end,
            firsts.first_flaw,
            case
                when firsts.second_flaw is null then ''
                else concat(
                    '; ',
                    case
                        when firsts.second_line is null then ''
                        else concat('line ', cast(firsts.second_line as varchar), ', ')
                    end,
                    firsts.second_flaw
                )
            end,
            '.'
        )
    end as reason,
    'no flaw' as expected,
    case
        when read_documents.found > coalesce(told.flaws, 0)
            then concat(cast(read_documents.found as varchar), ' flaws found')
        when told.flaws is null then 'no flaw'
        when told.flaws = 1 then '1 flaw'
        else concat(cast(told.flaws as varchar), ' flaws')
    end as observed,
    'policy: the marks, options and totals that each document states of itself' as basis
from read_documents
left join told on read_documents.document = told.document
left join firsts on read_documents.document = firsts.document
order by resource

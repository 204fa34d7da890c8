-- ---
-- title = "Progress of implementation plans"
-- chapter = "progress"
-- order = 1
-- note = "Counted are the checkboxes of a document; stated is the number that the document itself gives. Where they differ, the counted ones are meant."
-- ---
with counted as (
    select
        document,
        section,
        count(*) as counted,
        count(case when done then 1 end) as done,
        max(declared_count) as declared
    from plan_items
    where done is not null
    group by document, section
),

wholes as (
    select
        document,
        sum(counted) as counted,
        sum(done) as done
    from counted
    group by document
),

claims as (
    select
        document,
        array_to_string(list_sort(list(distinct cast(declared_count as varchar))), ', ') as declared
    from plan_items
    where
        done is null
        and declared_count is not null
    group by document
),

listed as (
    select
        document,
        section,
        1 as position,
        counted,
        done,
        cast(declared as varchar) as declared
    from counted
    union all
    select
        wholes.document,
        'All sections' as section,
        2 as position,
        wholes.counted,
        wholes.done,
        claims.declared
    from wholes
    left join claims on wholes.document = claims.document
)

select
    document,
    section,
    counted,
    done,
    done * 1.0 / counted as share,
    declared,
    coalesce(declared <> cast(counted as varchar), false) as differs
from listed
order by document, position, section

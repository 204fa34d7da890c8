-- ---
-- title = "What is declared, one value for each setting"
-- grain = "one declared setting"
-- version = 1
-- definition = """
-- Documents that say the same leave one value. Where they differ, a recorded decision (approved, dated, in the setting's
-- unit) holds; else the first document of the configured order of precedence that declares the setting, if it says one
-- thing; else nothing holds, and the stricter value is evaluated until somebody decides: the larger minimum, the smaller
-- maximum, the smaller time. Where no value is stricter than another there is no value to evaluate. The last one
-- read never wins for being the last.
-- """
-- ---
with declared as (
    select
        setting_values.*,
        policy_authority.position as rank,
        case
            when setting_values.stricter in ('higher', 'true') then setting_values.number
            when setting_values.stricter = 'lower' then -setting_values.number
        end as strictness,
        concat(setting_values.written, ' (', coalesce(setting_values.origin, setting_values.subject), ')') as statement
    from setting_values
    left join policy_authority on setting_values.owner = policy_authority.document
    where setting_values.layer = 'declared'
),

counted as (
    select
        key,
        count(*) as places,
        count(distinct owner) as documents,
        count(distinct number) + count(distinct wording) as differing,
        min(rank) as first_rank,
        array_to_string(list_sort(list(distinct statement)), '; ') as statements,
        array_to_string(list_sort(list(distinct written)), ' | ') as values_declared
    from declared
    group by key
),

by_authority as (
    select
        declared.key,
        count(distinct declared.number) + count(distinct declared.wording) as differing,
        min(declared.owner) as document
    from declared
    inner join counted on declared.key = counted.key and declared.rank = counted.first_rank
    group by declared.key
),

decided as (
    select
        setting_values.*,
        decisions.decision_id,
        decisions.approver,
        decisions.decided_at,
        row_number() over (
            partition by setting_values.key order by decisions.decided_at desc, decisions.decision_id desc
        ) as place
    from setting_values
    inner join decisions on setting_values.subject = decisions.decision_id and setting_values.key = decisions.setting
    cross join period
    where
        setting_values.layer = 'decided'
        and setting_values.is_comparable
        and decisions.approver is not null
        and decisions.decided_at <= period.as_of
),

ranked as (
    select
        declared.*,
        row_number() over (
            partition by declared.key
            order by
                case when declared.rank = counted.first_rank and by_authority.differing = 1 then 0 else 1 end asc,
                declared.strictness desc nulls last,
                declared.subject asc
        ) as place
    from declared
    inner join counted on declared.key = counted.key
    left join by_authority on declared.key = by_authority.key
),

resolved as (
    select
        ranked.*,
        counted.places,
        counted.documents,
        counted.differing,
        counted.statements,
        counted.values_declared,
        by_authority.document as authority,
        decided.decision_id,
        decided.approver,
        decided.decided_at,
        decided.value as decided_value,
        decided.number as decided_number,
        decided.wording as decided_wording,
        decided.written as decided_written,
        case
            when decided.decision_id is not null then 'decision'
            when counted.differing = 1 then 'one value'
            when by_authority.differing = 1 then 'authority'
            when ranked.strictness is not null then 'stricter'
            else 'undecided'
        end as resolution
    from ranked
    inner join counted on ranked.key = counted.key
    left join by_authority on ranked.key = by_authority.key
    left join decided on ranked.key = decided.key and decided.place = 1
    where ranked.place = 1
)

select
    key,
    title,
    area,
    key_unit,
    stricter,
    evidence,
    position,
    places,
    documents,
    differing,
    statements,
    values_declared,
    resolution,
    resolution in ('decision', 'one value', 'authority') as is_resolved,
    case resolution when 'decision' then decided_value when 'undecided' then null else value end as value,
    case resolution when 'decision' then decided_number when 'undecided' then null else number end as number,
    case resolution when 'decision' then decided_wording when 'undecided' then null else wording end as wording,
    case resolution when 'decision' then decided_written when 'undecided' then null else written end as written,
    case resolution
        when 'undecided' then false
        when 'decision' then true
        else is_comparable
    end as is_comparable,
    case resolution
        when 'decision' then concat('decision ', decision_id)
        when 'undecided' then null
        else coalesce(origin, subject)
    end as basis,
    case when resolution = 'authority' then authority end as authority,
    decision_id,
    approver,
    decided_at
from resolved

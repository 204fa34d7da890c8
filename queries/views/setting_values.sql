-- ---
-- title = "Settings with their values as numbers"
-- grain = "one setting of one subject in one layer; held: one version of it"
-- version = 1
-- definition = """
-- What documents, the configuration and decisions say (layers declared and decided), what systems are set to (effective)
-- and what was measured. Held is what systems were set to in the course of the period, version by version; version is
-- null in every other layer. The number of true is 1, of false 0, of unlimited infinity; of any other text only if it is
-- a number in the unit of its setting. Lists and texts are compared in small letters, lists in any order. Owner is the
-- subject without its part: the document or the instance of a product.
-- """
-- ---
with stated as (
    select
        subject,
        key,
        layer,
        value,
        unit,
        origin,
        extract_id,
        cast(null as bigint) as version
    from settings
    where value is not null
    union all
    select
        subject,
        key,
        'held' as layer,
        value,
        unit,
        origin,
        extract_id,
        version
    from setting_versions
    where value is not null
    union all
    select
        subject,
        key,
        'declared' as layer,
        value,
        unit,
        origin,
        cast(null as bigint) as extract_id,
        cast(null as bigint) as version
    from policy_settings
    union all
    select
        decision_id as subject,
        setting as key,
        'decided' as layer,
        value,
        unit,
        origin,
        extract_id,
        cast(null as bigint) as version
    from decisions
    where setting is not null and value is not null
),

named as (
    select
        stated.*,
        split_part(stated.subject, '#', 1) as owner,
        setting_keys.title,
        setting_keys.area,
        setting_keys.unit as key_unit,
        setting_keys.stricter,
        setting_keys.evidence,
        setting_keys.position,
        lower(stated.value) as small,
        extracts.finished_at as read_at
    from stated
    inner join setting_keys on stated.key = setting_keys.key
    left join extracts on stated.extract_id = extracts.extract_id
),

numbered as (
    select
        *,
        case
            when key_unit in ('text', 'list') then null
            when small = 'true' then 1.0
            when small = 'false' then 0.0
            when small = 'unlimited' then cast('infinity' as double)
            when unit = key_unit then cast(try_cast(replace(value, '_', '?') as decimal(38, 12)) as double)
        end as number
    from named
)

select
    subject,
    owner,
    key,
    layer,
    version,
    title,
    area,
    key_unit,
    stricter,
    evidence,
    position,
    value,
    unit,
    number,
    origin,
    read_at,
    number is not null or key_unit in ('text', 'list') as is_comparable,
    case
        when number is not null then null
        when key_unit = 'list'
            then
                array_to_string(
                    list_sort(
                        string_split(
                            replace(replace(replace(replace(small, '[', ''), ']', ''), ' ', ''), '"', ''), ','
                        )
                    ),
                    ','
                )
        else small
    end as wording,
    case
        when unit in ('days', 'h', 's', 'ms') and small <> 'unlimited' then concat(value, ' ', unit)
        when key_unit = 'list' then replace(replace(replace(value, '[', ''), ']', ''), '"', '')
        else value
    end as written
from numbered

-- ---
-- title = "Logs are structured as declared"
-- severity = "low"
-- controls = ["iso27001:A.8.15", "soc2:CC7.2"]
-- area = "logging and monitoring"
-- why = "A log that no program can read is no help when minutes count, and no evidence later."
-- remedy = "Let the stream named here write one record a line with its fields, its level and the trace it belongs to."
-- definition = """
-- Population: streams sampled in the period, if structured logs or log levels are declared (keys logs.structured and
-- logs.levels are true). Over all its samples, weighted with their size, every line must be structured, and have a level where
-- levels are declared. Declared, and no stream sampled: not assessed. The share with a trace is told, not judged.
-- """
-- ---
with declared as (
    select
        max(case when key = 'logs.structured' then number end) as structure,
        max(case when key = 'logs.levels' then number end) as levels,
        array_to_string(list_sort(list(distinct basis)), ', ') as basis
    from declared_settings
    where key in ('logs.structured', 'logs.levels') and number = 1
),

sampled as (
    select
        log_samples.stream,
        sum(log_samples.sample_size) as size,
        sum(case when log_samples.structured_share is not null then log_samples.sample_size end) as structured_of,
        sum(log_samples.structured_share * log_samples.sample_size) as structured,
        sum(case when log_samples.with_level_share is not null then log_samples.sample_size end) as leveled_of,
        sum(log_samples.with_level_share * log_samples.sample_size) as leveled,
        sum(case when log_samples.with_trace_id_share is not null then log_samples.sample_size end) as traced_of,
        sum(log_samples.with_trace_id_share * log_samples.sample_size) as traced
    from log_samples
    inner join period on log_samples.local_date between period.first_day and period.last_day
    where log_samples.sample_size > 0
    group by log_samples.stream
),

shares as (
    select
        sampled.stream,
        sampled.size,
        declared.basis,
        case when sampled.structured_of > 0 then sampled.structured / sampled.structured_of end as structured,
        case when sampled.leveled_of > 0 then sampled.leveled / sampled.leveled_of end as leveled,
        case when sampled.traced_of > 0 then sampled.traced / sampled.traced_of end as traced,
        coalesce(declared.structure, 0) = 1 as wants_structure,
        coalesce(declared.levels, 0) = 1 as wants_levels,
        coalesce(sampled.structured_of, 0) < sampled.size as structure_unknown,
        coalesce(sampled.leveled_of, 0) < sampled.size as levels_unknown
    from sampled
    cross join declared
    where declared.structure = 1 or declared.levels = 1
),

judged as (
    select
        *,
        (wants_structure and structured < 0.999999999) or (wants_levels and leveled < 0.999999999) as is_broken,
        (wants_structure and structured is null) or (wants_levels and leveled is null) as is_unseen,
        (wants_structure and structure_unknown) or (wants_levels and levels_unknown) as is_unknown
    from shares
)

select
    stream as resource,
    case
        when coalesce(is_broken, false) then 'fail'
        when is_unseen then 'not assessed'
        when is_unknown then 'partial'
        else 'pass'
    end as status,
    concat(
        case
            when coalesce(is_broken, false) then 'Some lines lack what is declared'
            when is_unseen then 'The samples do not tell all that is declared'
            when is_unknown then 'What the samples tell is in order; some do not tell it'
            else 'Every sampled line is as declared'
        end,
        ' (', cast(cast(size as bigint) as varchar), ' lines sampled',
        coalesce(', ' || cast(cast(traced * 100 as decimal(5, 1)) as varchar) || ' % with a trace', ''), ').'
    ) as reason,
    case
        when wants_structure and wants_levels then 'every line structured and with a level'
        when wants_structure then 'every line structured'
        else 'every line with a level'
    end as expected,
    concat(
        coalesce(cast(cast(structured * 100 as decimal(5, 1)) as varchar) || ' % structured', 'structure unknown'),
        ', ',
        coalesce(cast(cast(leveled * 100 as decimal(5, 1)) as varchar) || ' % with a level', 'level unknown')
    ) as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

-- ---
-- title = "Configured retention beside the declared minimum"
-- grain = "one subject that keeps a signal; subject null where the signal's retention is declared and nothing shows it"
-- version = 1
-- definition = """
-- What is kept for ever keeps any minimum. A size limit beside it may cut it shorter, so that what is configured is not
-- sure; with a size limit alone no time is configured at all. Where documents disagree the larger minimum is evaluated.
-- """
-- ---
with signals as (
    select key
    from setting_keys
    where key in ('retention.metrics', 'retention.logs', 'retention.traces', 'retention.audit')
),

kept as (
    select
        key,
        subject,
        number,
        is_comparable,
        written,
        size_limit,
        origin,
        read_at
    from effective_settings
    union all
    select
        sizes.key,
        sizes.subject,
        cast(null as double) as number,
        false as is_comparable,
        cast(null as varchar) as written,
        sizes.size_limit,
        sizes.origin,
        sizes.read_at
    from (
        select
            replace(key, '.size', '') as key,
            subject,
            written as size_limit,
            origin,
            read_at
        from effective_settings
        where key like 'retention.%.size'
    ) as sizes
    where not exists (
        select 1 from effective_settings
        where
            effective_settings.subject = sizes.subject
            and effective_settings.key = sizes.key
    )
),

compared as (
    select
        signals.key,
        kept.subject,
        kept.number,
        kept.written,
        kept.size_limit,
        kept.origin,
        kept.read_at,
        declared_settings.number as declared_number,
        declared_settings.written as declared,
        declared_settings.basis,
        declared_settings.is_resolved,
        declared_settings.statements,
        declared_settings.key is not null as is_declared,
        kept.number >= declared_settings.number - 0.000000001 as is_enough
    from signals
    left join kept on signals.key = kept.key
    left join declared_settings on signals.key = declared_settings.key
    where kept.subject is not null or declared_settings.key is not null
)

select
    key,
    concat(key, coalesce(' ' || subject, '')) as resource,
    case
        when not is_enough then 'fail'
        when is_enough and size_limit is not null then 'partial'
        when is_enough then 'pass'
        else 'not assessed'
    end as status,
    case
        when subject is null then 'It is declared, and no system that was read shows what it keeps.'
        when not is_declared then concat('It keeps ', coalesce(written, size_limit), ', and no minimum is declared.')
        when declared_number is null then concat('What is declared is no number of days: ', statements, '.')
        when number is null and size_limit is not null
            then concat('Only its size is limited, to ', size_limit, ': how many days that holds is not configured.')
        when number is null then concat('What it keeps, ', written, ', is no number of days.')
        else concat(
            'Configured are ', written, coalesce(' (' || origin || ')', ''), ', declared at least ', declared,
            case when is_resolved then '' else ', the larger of several (decision needed)' end,
            coalesce('; a size limit of ' || size_limit || ' may cut it shorter', ''), '.'
        )
    end as reason,
    case when is_declared then concat('at least ', coalesce(declared, statements)) else 'a declared minimum' end
        as expected,
    coalesce(written || coalesce(' or ' || size_limit, ''), size_limit) as observed,
    case when is_declared then concat('policy: ', coalesce(basis, 'conflicting documents')) end as basis
from compared

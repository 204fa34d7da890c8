-- ---
-- title = "Nothing is kept longer than declared"
-- severity = "high"
-- controls = ["gdpr:5(1)(e)", "soc2:C1.2", "soc2:P4.3", "iso27001:A.8.10", "pci_dss:3.2.1", "soc2:P4.2"]
-- why = "Personal data that is kept after its purpose has ended is a risk and a breach of storage limitation."
-- remedy = "Shorten the retention of the system named here, and see that what is too old is really deleted."
-- definition = """
-- Population: every system that shows how long it keeps metrics, logs, traces or audit records, or how old its oldest
-- record is. It passes if the configured time, and the oldest record where it was found, are at most the declared maximum;
-- the record may be one day older, for deletion takes its time. Kept for ever fails. Only the oldest record in order, or
-- a setting that is no number of days: partial. No declared maximum: not assessed.
-- """
-- ---
with signals as (
    select
        key as maximum_key,
        replace(key, '.maximum', '') as key
    from setting_keys
    where key like 'retention.%.maximum'
),

systems as (
    select
        key,
        subject
    from effective_settings
    union
    select
        signal_key as key,
        subject
    from measured_settings
    where key like 'retention.%.oldest'
),

compared as (
    select
        signals.key,
        signals.maximum_key,
        systems.subject,
        declared_settings.key is not null as is_declared,
        declared_settings.number as maximum,
        declared_settings.written as declared,
        declared_settings.statements,
        declared_settings.is_resolved,
        declared_settings.basis,
        effective_settings.number as configured_number,
        effective_settings.written as configured,
        oldest.number as oldest_number,
        oldest.written as oldest
    from signals
    left join systems on signals.key = systems.key
    left join declared_settings on signals.maximum_key = declared_settings.key
    left join effective_settings
        on systems.subject = effective_settings.subject and systems.key = effective_settings.key
    left join measured_settings as oldest
        on systems.subject = oldest.subject and systems.key = oldest.signal_key and oldest.key like 'retention.%.oldest'
    where systems.subject is not null or declared_settings.key is not null
),

judged as (
    select
        *,
        case
            when subject is null or maximum is null then 'not assessed'
            when configured_number > maximum + 0.000000001 or oldest_number > maximum + 1.0 then 'fail'
            when configured_number is not null then 'pass'
            when oldest_number is not null then 'partial'
            else 'not assessed'
        end as status
    from compared
)

select
    concat(maximum_key, coalesce(' ' || subject, '')) as resource,
    status,
    case
        when subject is null then 'A maximum is declared, and no system that was read shows what it keeps.'
        when not is_declared
            then concat('No maximum is declared; kept are ', coalesce(configured, oldest || ' and more'), '.')
        when maximum is null then concat('What is declared is no number of days: ', statements, '.')
        when status = 'not assessed' then concat('What it keeps, ', configured, ', is no number of days.')
        else concat(
            'Configured: ', coalesce(configured, 'not known'), '. Oldest record: ', coalesce(oldest, 'not known'),
            '. Declared maximum: ', declared,
            case when is_resolved then '' else ', the smaller of several (decision needed)' end, '.'
        )
    end as reason,
    case when is_declared then concat('at most ', coalesce(declared, statements)) else 'a declared maximum' end
        as expected,
    coalesce(configured, oldest || ' or more') as observed,
    case when is_declared then concat('policy: ', coalesce(basis, 'conflicting documents')) end as basis
from judged
order by resource

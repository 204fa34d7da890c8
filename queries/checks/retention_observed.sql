-- ---
-- title = "The oldest record is as old as the declared retention"
-- severity = "high"
-- controls = ["pci_dss:10.5.1", "hipaa:164.312(b)", "soc2:C1.1", "iso27001:A.8.15", "iso27001:A.5.33"]
-- why = "A retention setting is an intention; only the oldest record shows what was kept."
-- remedy = "Find what deletes earlier than configured: a size limit, another policy of the same store, a rebuilt disk."
-- definition = """
-- Population: every system whose oldest record was found. It passes if that record is at least as old as the declared
-- minimum. A system that is younger than this and has lost nothing (its oldest record is at most a day younger than
-- itself) is not assessed until it is old enough; one that has lost records fails. Where the age of the system is
-- not known, a record that is too young proves nothing.
-- """
-- ---
with compared as (
    select
        declared_settings.key,
        declared_settings.number as declared_number,
        declared_settings.written as declared,
        declared_settings.statements,
        declared_settings.is_resolved,
        declared_settings.basis,
        measured_settings.subject,
        measured_settings.number as oldest,
        measured_settings.written,
        measured_settings.system_age,
        measured_settings.born
    from declared_settings
    left join measured_settings
        on declared_settings.key = measured_settings.signal_key and measured_settings.key like 'retention.%.oldest'
    where declared_settings.key in ('retention.metrics', 'retention.logs', 'retention.traces', 'retention.audit')
),

judged as (
    select
        *,
        case
            when subject is null then 'unseen'
            when declared_number is null or oldest is null then 'unreadable'
            when oldest >= declared_number then 'kept'
            when system_age is null then 'age unknown'
            when oldest < least(declared_number, system_age - 1.0) then 'lost'
            else 'young'
        end as outcome
    from compared
)

select
    concat(key, coalesce(' ' || subject, '')) as resource,
    case outcome when 'kept' then 'pass' when 'lost' then 'fail' else 'not assessed' end as status,
    case outcome
        when 'unseen' then 'It is declared, and the oldest record of no system was found.'
        when 'unreadable' then 'Declared retention or observed age is no number of days.'
        when 'kept' then concat('Its oldest record is ', written, ' old.')
        when 'age unknown'
            then concat('Its oldest record is ', written, ' old, and how old the system is, is not known.')
        when 'young'
            then concat(
                'The system is younger than the retention: born on ', coalesce(born, 'an unknown day'),
                ', with an oldest record ', written, ' old.'
            )
        else concat(
            'Its oldest record is ', written, ' old, though ', declared, ' are declared',
            case when is_resolved then '' else ', the larger of several (decision needed),' end,
            ' and the system is ', cast(cast(floor(system_age) as bigint) as varchar), ' days old.'
        )
    end as reason,
    concat('at least ', coalesce(declared, statements)) as expected,
    written as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

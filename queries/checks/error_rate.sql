-- ---
-- title = "No service failed more often than declared"
-- severity = "medium"
-- controls = ["soc2:A1.1", "iso9001:9.1.3"]
-- why = "A declared error rate is a promise about every request, at night too."
-- remedy = "Look at the errors of the service named here, and at what the incidents of the period say of them."
-- definition = """
-- Population: every service, once for each objective that counts its good answers. The error rate is the bad events of
-- the whole period over its valid ones: never an average of rates. At most the declared share passes, if the policy's
-- minimum of the period is known, else it is partial. A service that nothing measures, or nothing declared, is not
-- assessed.
-- """
-- ---
with declared as (
    select *
    from declared_settings
    where key = 'errors'
),

measured as (
    select
        *,
        case when valid_events > 0 then greatest(1 - good_events / valid_events, 0.0) end as error_rate
    from service_levels
),

judged as (
    select
        measured.*,
        declared.number as declared_number,
        declared.statements,
        declared.is_resolved,
        declared.basis,
        declared.key is not null as is_declared,
        case
            when measured.error_rate is null or declared.number is null then 'not assessed'
            when measured.error_rate > declared.number + 0.000000001 then 'fail'
            when measured.coverage >= thresholds.value then 'pass'
            else 'partial'
        end as status
    from measured
    inner join thresholds on thresholds.name = 'minimum_coverage'
    left join declared on true
)

select
    concat('errors ', service, coalesce(' ' || slo_id, '')) as resource,
    status,
    case
        when not is_declared then 'No error rate is declared.'
        when declared_number is null then concat('What is declared is no share: ', statements, '.')
        when slo_id is null then 'No objective counts the good answers of the service.'
        when error_rate is null then 'No event of the period is known.'
        else concat(
            cast(cast(round(valid_events - good_events, 0) as bigint) as varchar), ' of ',
            cast(cast(round(valid_events, 0) as bigint) as varchar), ' events were bad, with ',
            cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar), ' % of the period known',
            case when is_resolved then '' else '; the declared value is the smaller of several (decision needed)' end,
            '.'
        )
    end as reason,
    case
        when declared_number is null then 'a declared error rate'
        else concat('at most ', cast(cast(declared_number * 100 as decimal(9, 3)) as varchar), ' %')
    end as expected,
    case
        when error_rate is not null then concat(cast(cast(error_rate * 100 as decimal(9, 4)) as varchar), ' %')
    end as observed,
    case when is_declared then concat('policy: ', coalesce(basis, 'conflicting documents')) end as basis
from judged
order by resource

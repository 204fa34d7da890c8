-- ---
-- title = "Every service was as available as declared"
-- severity = "high"
-- controls = ["soc2:A1.2", "gdpr:32(1)(b)", "iso27001:A.8.14"]
-- why = "The declared availability is what the organisation promised its customers and its auditors."
-- remedy = "Look at what used up the error budget of the service; promise less where less is enough."
-- definition = """
-- Population: every service, once for each objective that counts its good answers. The attainment of the period is
-- compared with the declared availability, which need not be the objective's own. It passes if the attainment reaches
-- it even when unknown time is counted as bad, or with at least the policy's minimum of the period known; between, it
-- is partial. A service that nothing measures, or nothing declared, is not assessed.
-- """
-- ---
with declared as (
    select *
    from declared_settings
    where key = 'availability'
),

judged as (
    select
        service_levels.*,
        declared.number as declared_number,
        declared.written as declared,
        declared.statements,
        declared.is_resolved,
        declared.basis,
        declared.key is not null as is_declared,
        case
            when service_levels.attainment is null or declared.number is null then 'not assessed'
            when service_levels.attainment < declared.number then 'fail'
            when service_levels.attainment_worst >= declared.number then 'pass'
            when service_levels.coverage >= thresholds.value then 'pass'
            else 'partial'
        end as status
    from service_levels
    inner join thresholds on thresholds.name = 'minimum_coverage'
    left join declared on true
)

select
    concat('availability ', service, coalesce(' ' || slo_id, '')) as resource,
    status,
    case
        when not is_declared then 'No availability is declared.'
        when declared_number is null then concat('What is declared is no share: ', statements, '.')
        when slo_id is null then 'No objective counts the good answers of the service.'
        when attainment is null then 'No window of the period is known.'
        else concat(
            'It was available ', cast(cast(floor(attainment * 100000) / 1000 as decimal(9, 3)) as varchar),
            ' % of the period, of which ', cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar),
            ' % is known',
            case when is_resolved then '' else '; the declared value is the larger of several (decision needed)' end,
            '.'
        )
    end as reason,
    case
        when declared_number is null then 'a declared availability'
        else concat('at least ', cast(cast(declared_number * 100 as decimal(9, 3)) as varchar), ' %')
    end as expected,
    case
        when attainment is not null
            then concat(cast(cast(floor(attainment * 100000) / 1000 as decimal(9, 3)) as varchar), ' %')
    end as observed,
    case when is_declared then concat('policy: ', coalesce(basis, 'conflicting documents')) end as basis
from judged
order by resource

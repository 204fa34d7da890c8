-- ---
-- title = "Code quality is measured as declared"
-- severity = "low"
-- controls = ["iso27001:A.8.28", "iso9001:9.1.1"]
-- area = "change"
-- why = "A measure that is only claimed steers nothing."
-- remedy = "Run the analysis of the service named here with every change, or take the claim back."
-- definition = """
-- Population: the services, if a document claims that code quality is reported (key metrics.code_quality is true), and every
-- service of which it was measured in the periods of the trend. Any measure counts but the coverage of tests and those
-- that the reference table test_evidence lists as runs of them. Measured in the period passes; measured before and no
-- more fails; never measured is not assessed. No figure is judged: none has a declared limit.
-- """
-- ---
with claimed as (
    select
        count(*) as claims,
        max(basis) as basis
    from declared_settings
    where key = 'metrics.code_quality' and number = 1
),

measured as (
    select
        quality_measures.service,
        quality_measures.measure,
        quality_measures.measured_at,
        quality_measures.value,
        quality_measures.unit,
        quality_measures.local_date between period.first_day and period.last_day as in_period,
        row_number() over (
            partition by quality_measures.service, quality_measures.measure
            order by quality_measures.measured_at desc
        ) as place
    from quality_measures
    cross join period
    where
        quality_measures.measure not in ('line_coverage', 'branch_coverage')
        and not exists (
            select 1 from test_evidence
            where
                test_evidence.kind = 'measure'
                and test_evidence.name = lower(quality_measures.measure)
        )
),

summed as (
    select
        service,
        max(measured_at) as measured_at,
        count(distinct case when in_period then measure end) as measures,
        count(case when in_period then 1 end) as measurements
    from measured
    group by service
),

latest as (
    select
        service,
        array_to_string(
            list_sort(
                list(
                    concat(
                        replace(measure, '_', ' '), ' ',
                        case
                            when value = floor(value) then cast(cast(value as bigint) as varchar)
                            else cast(cast(value as decimal(18, 2)) as varchar)
                        end,
                        coalesce(' ' || unit, '')
                    )
                )
            ),
            ', '
        ) as figures
    from measured
    where place = 1 and value is not null
    group by service
),

population as (
    select service_catalog.service
    from service_catalog
    cross join claimed
    where claimed.claims > 0
    union
    select service
    from summed
)

select
    population.service as resource,
    case
        when summed.service is null then 'not assessed'
        when summed.measurements > 0 then 'pass'
        else 'fail'
    end as status,
    case
        when summed.service is null then 'Nothing but the claim says that its code is measured.'
        when summed.measurements > 0
            then concat(
                'Measured ', cast(summed.measurements as varchar), ' times in the period, by ',
                cast(summed.measures as varchar), ' measures.'
            )
        else concat(
            'Measured last on ', cast(cast(summed.measured_at as date) as varchar),
            ', before the period began, and not since.'
        )
    end as reason,
    'measured in the period' as expected,
    latest.figures as observed,
    case
        when claimed.claims > 0 then concat('policy: ', coalesce(claimed.basis, 'conflicting documents'))
        else 'policy: what was measured goes on being measured'
    end as basis
from population
cross join claimed
left join summed on population.service = summed.service
left join latest on population.service = latest.service
order by resource

-- ---
-- title = "Tests cover as much code as declared"
-- severity = "medium"
-- controls = ["soc2:CC8.1", "iso27001:A.8.29", "iso27001:A.8.25"]
-- area = "change"
-- why = "Code that no test runs is tried out by the customers."
-- remedy = "Write tests for the service named here, or lower what is declared with a reason."
-- definition = """
-- Population: the services, if a share is declared (key tests.coverage), and every service whose line coverage was measured
-- in the period. Judged are the last measurement of the period and every measured state that reached production in it:
-- all of them must have at least the declared share. Where no measured state is known to have reached production it is
-- partial at best. Coverage counts as a share or in percent; a measurement in another
-- unit is unknown. Not measured in the period is not assessed, and so is all of it without a declared share.
-- """
-- ---
with declared as (
    select
        count(*) as declarations,
        max(number) as least_share,
        max(written) as written,
        max(statements) as statements,
        max(basis) as basis
    from declared_settings
    where key = 'tests.coverage'
),

measured as (
    select
        quality_measures.service,
        quality_measures.commit_sha,
        quality_measures.measured_at,
        case
            when quality_measures.unit in ('share', 'ratio') then quality_measures.value
            when quality_measures.unit in ('percent', '%') then quality_measures.value / 100
        end as covered
    from quality_measures
    inner join period on quality_measures.local_date between period.first_day and period.last_day
    where quality_measures.measure = 'line_coverage'
),

known as (
    select
        *,
        row_number() over (partition by service order by measured_at desc, commit_sha desc nulls last) as place
    from measured
    where covered between 0 and 1
),

released as (
    select distinct
        production_deployments.service,
        production_deployments.commit_sha
    from production_deployments
    inner join period on production_deployments.local_date between period.first_day and period.last_day
    where production_deployments.outcome = 'succeeded'
),

judged as (
    select
        known.service,
        max(case when known.place = 1 then known.covered end) as covered,
        max(case when known.place = 1 then known.measured_at end) as measured_at,
        count(released.commit_sha) as releases,
        count(case when known.covered < declared.least_share - 0.000000001 then released.commit_sha end)
            as releases_below,
        min(case when released.commit_sha is not null then known.covered end) as lowest
    from known
    cross join declared
    left join released on known.service = released.service and known.commit_sha = released.commit_sha
    group by known.service
),

population as (
    select service_catalog.service
    from service_catalog
    cross join declared
    where declared.declarations > 0
    union
    select service
    from measured
),

compared as (
    select
        population.service,
        declared.*,
        judged.covered,
        judged.measured_at,
        judged.releases,
        judged.releases_below,
        judged.lowest,
        case
            when declared.least_share is null or judged.covered is null then 'not assessed'
            when judged.covered < declared.least_share - 0.000000001 or judged.releases_below > 0 then 'fail'
            when judged.releases = 0 then 'partial'
            else 'pass'
        end as status
    from population
    cross join declared
    left join judged on population.service = judged.service
)

select
    service as resource,
    status,
    case
        when covered is null then 'Its coverage was not measured in the period.'
        when declarations = 0 then 'No document declares how much is to be covered.'
        when least_share is null then concat('What is declared is no share: ', statements, '.')
        when status = 'fail' and releases_below > 0
            then concat(
                cast(releases_below as varchar), ' of ', cast(releases as varchar),
                ' measured states that reached production were below it, the lowest with ',
                cast(cast(lowest * 100 as decimal(5, 1)) as varchar), ' %.'
            )
        when status = 'fail' then 'The last measurement of the period is below it.'
        when status = 'partial'
            then 'The last measurement of the period has it; which measured state reached production is not known.'
        else concat(
            'The last measurement of the period, on ', cast(cast(measured_at as date) as varchar),
            ', and all ', cast(releases as varchar), ' measured states that reached production have it.'
        )
    end as reason,
    case
        when least_share is not null
            then concat('at least ', cast(cast(least_share * 100 as decimal(5, 1)) as varchar), ' %')
    end as expected,
    case
        when covered is not null then concat(cast(cast(covered * 100 as decimal(5, 1)) as varchar), ' % at last')
    end as observed,
    case
        when declarations > 0 then concat('policy: ', coalesce(basis, 'conflicting documents'))
        else 'policy: none is declared'
    end as basis
from compared
order by resource

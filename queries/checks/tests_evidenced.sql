-- ---
-- title = "Tests that are claimed to be run have evidence"
-- severity = "low"
-- controls = ["iso27001:A.8.29", "gdpr:32(1)(d)", "soc2:CC8.1"]
-- area = "change"
-- attestable = true
-- why = "A test that left no trace cannot be told from one that was never run."
-- remedy = "Record each run of the tests named here as a quality measure, or its report as an approved document of that kind; or take the claim back."
-- definition = """
-- Population: the tests that documents claim to be run (keys tests.*, true). Evidence is a quality measure of the period, or a
-- document approved in it, whose measure or kind stands for the test in the reference table test_evidence, in small
-- letters. With evidence it passes; what the tests found is not judged here. A claim without evidence is not assessed.
-- A claim of false, and coverage, are no matter of this check.
-- """
-- ---
with claimed as (
    select
        declared_settings.key,
        declared_settings.basis
    from declared_settings
    where
        declared_settings.number = 1
        and declared_settings.key_unit = 'flag'
        and declared_settings.key like 'tests.%'
),

runs as (
    select
        test_evidence.key,
        quality_measures.measured_at as at_time,
        concat('a measure of ', quality_measures.service) as what
    from quality_measures
    inner join test_evidence
        on test_evidence.kind = 'measure' and lower(quality_measures.measure) = test_evidence.name
    union all
    select
        test_evidence.key,
        documents.approved_at as at_time,
        concat('document ', documents.document_id) as what
    from documents
    inner join test_evidence on test_evidence.kind = 'document' and lower(documents.kind) = test_evidence.name
    where documents.approved_at is not null
),

summed as (
    select
        runs.key,
        count(case when runs.at_time >= period.starts_at then 1 end) as in_period,
        max(runs.at_time) as newest_at,
        min(case when runs.at_time >= period.starts_at then runs.what end) as example
    from runs
    inner join period on runs.at_time < period.known_until
    group by runs.key
)

select
    claimed.key as resource,
    case when summed.in_period > 0 then 'pass' else 'not assessed' end as status,
    case
        when summed.in_period > 0
            then concat(
                'Evidence of the period is on record: ', summed.example,
                case
                    when summed.in_period > 1 then concat(' and ', cast(summed.in_period - 1 as varchar), ' more')
                    else ''
                end, '.'
            )
        when summed.key is not null
            then concat(
                'Nothing of the period shows that they were run; the newest evidence is of ',
                cast(cast(summed.newest_at as date) as varchar), '.'
            )
        else 'Nothing but the claim says that they are run.'
    end as reason,
    'evidence of a run in the period' as expected,
    case when summed.key is not null then concat('last on ', cast(cast(summed.newest_at as date) as varchar)) end
        as observed,
    concat('policy: ', coalesce(claimed.basis, 'conflicting documents')) as basis
from claimed
left join summed on claimed.key = summed.key
order by resource

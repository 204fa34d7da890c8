-- ---
-- title = "Every service level objective was met"
-- severity = "medium"
-- controls = ["soc2:A1.1", "iso27001:A.8.16", "iso9001:9.1.3"]
-- why = "An objective that is missed is a promise to customers that was not kept."
-- remedy = "Spend the next period on what used up the error budget; the incidents of the service say where to look."
-- definition = """
-- An objective is met if its attainment reaches it even when all unknown time is counted as bad; it is missed if its
-- attainment does not reach it even when all unknown time is counted as good: the bad events that are known spend the
-- budget of the whole period. Between the two, what is known decides if the known share of the period reaches the
-- policy's minimum. If it does not, too little is known: partial where what is known meets the objective, not assessed
-- where it does not.
-- """
-- ---
with judged as (
    select slo_periods.*
    from slo_periods
    inner join period on slo_periods.starts_on = period.first_day
    where slo_periods.grain = 'period'
)

select
    slo_objectives.slo_id as resource,
    coalesce(judged.verdict, 'not assessed') as status,
    case
        when judged.verdict = 'pass' then 'The objective was met.'
        when judged.verdict = 'fail'
            then
                concat(
                    'The objective was missed; on ', cast(judged.breach_days as varchar),
                    ' days it was below target.'
                )
        when judged.verdict = 'partial'
            then
                concat(
                    'What is known meets the objective, but only ',
                    cast(cast(floor(judged.coverage * 1000) / 10 as decimal(5, 1)) as varchar),
                    ' % of the period is known.'
                )
        when judged.attainment is not null
            then
                concat(
                    'What is known misses the objective, but only ',
                    cast(cast(floor(judged.coverage * 1000) / 10 as decimal(5, 1)) as varchar),
                    ' % of the period is known: the rest may still have met it.'
                )
        else 'No window of the period is known.'
    end as reason,
    concat('at least ', cast(cast(slo_objectives.objective * 100 as decimal(7, 3)) as varchar), ' %') as expected,
    case
        when judged.attainment is not null then concat(
            cast(cast(floor(judged.attainment * 100000) / 1000 as decimal(9, 3)) as varchar), ' % (worst case ',
            cast(cast(floor(judged.attainment_worst * 100000) / 1000 as decimal(9, 3)) as varchar), ' %)'
        )
    end as observed,
    'policy: the declared objective' as basis
from slo_objectives
left join judged on slo_objectives.slo_id = judged.slo_id
order by resource

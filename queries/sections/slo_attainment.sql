-- ---
-- title = "Attainment"
-- chapter = "slo"
-- order = 1
-- ---
select
    coalesce(slo_objectives.service, '(no service)') as service,
    slo_objectives.title as objective,
    slo_objectives.slo_id as label,
    slo_objectives.objective as target,
    slo_periods.attainment,
    slo_periods.attainment_worst as worst,
    slo_periods.coverage,
    slo_periods.valid_events - slo_periods.good_events as bad,
    (1 - slo_periods.attainment) / (1 - slo_objectives.objective) as budget_spent,
    coalesce((1 - slo_periods.attainment) / (1 - slo_objectives.objective) > 1, false) as over,
    case slo_periods.verdict
        when 'pass' then 'met'
        when 'fail' then 'missed'
        else coalesce(slo_periods.verdict, 'not assessed')
    end as status
from slo_objectives
cross join period
left join slo_periods
    on
        slo_objectives.slo_id = slo_periods.slo_id
        and slo_periods.grain = 'period'
        and period.first_day = slo_periods.starts_on
order by service, objective, label

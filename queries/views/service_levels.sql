-- ---
-- title = "What each objective of availability measured in the report's period"
-- grain = "one objective that counts good events of a service, or one service that has none"
-- version = 1
-- definition = """
-- Objectives of the kinds ratio and ready, which count answers that were good; latency and thresholds say something
-- else. A service without such an objective stands alone, with nothing measured.
-- """
-- ---
with judged as (
    select slo_periods.*
    from slo_periods
    inner join period on slo_periods.starts_on = period.first_day
    where slo_periods.grain = 'period'
),

measured as (
    select
        coalesce(slo_objectives.service, '(no service)') as service,
        slo_objectives.slo_id,
        judged.attainment,
        judged.attainment_worst,
        judged.coverage,
        judged.good_events,
        judged.valid_events
    from slo_objectives
    left join judged on slo_objectives.slo_id = judged.slo_id
    where slo_objectives.kind in ('ratio', 'ready')
)

select * from measured
union all
select
    service_catalog.service,
    cast(null as varchar) as slo_id,
    cast(null as double) as attainment,
    cast(null as double) as attainment_worst,
    cast(null as double) as coverage,
    cast(null as double) as good_events,
    cast(null as double) as valid_events
from service_catalog
where not exists (
    select 1 from measured
    where measured.service = service_catalog.service
)

-- ---
-- title = "Incidents"
-- unit = "incidents"
-- better = "lower"
-- version = 1
-- source = "Incident management practice; SRE workbook, chapter 9"
-- definition = """
-- Of the incidents detected in the bucket: how many (detected), the share with a post-mortem (with_postmortem), the
-- share laid to a deployment (linked), how many were opened again after they had been resolved (reopened, from the
-- timeline), and the median time from the detection before to its own (median_between, seconds). A period without an
-- incident is zero from the first one on that a source knows of the scope, if that source covers at least one of its days.
-- """
-- ---
with reopenings as (
    select distinct incident_id
    from incident_events
    where
        type = 'status_change'
        and metadata like '%"from":"resolved"%'
),

followed as (
    select
        *,
        (
            epoch_us(detected_at) - epoch_us(
                lag(detected_at) over (
                    partition by scope_type, scope
                    order by detected_at, incident_id
                )
            )
        ) / 1000000.0 as seconds_between
    from incident_scopes
),

placed as (
    select
        followed.*,
        calendar.period_start,
        calendar.month_start,
        reopenings.incident_id is not null as was_reopened
    from followed
    inner join calendar on followed.local_date = calendar.local_date
    left join reopenings on followed.incident_id = reopenings.incident_id
),

summed as (
    select
        case when grouping(period_start) = 0 then 'period' else 'month' end as grain,
        coalesce(period_start, month_start) as starts_on,
        scope_type,
        scope,
        count(*) as detected,
        count(case when postmortem_url is not null then 1 end) as with_postmortem,
        count(case when is_linked then 1 end) as linked,
        count(case when was_reopened then 1 end) as reopened,
        quantile_cont(seconds_between, 0.5) as median_between,
        count(seconds_between) as pairs
    from placed
    group by grouping sets (
        (scope_type, scope, period_start),
        (scope_type, scope, month_start)
    )
),

first_known as (
    select
        scope_type,
        scope,
        source,
        min(local_date) as first_date
    from incident_scopes
    group by scope_type, scope, source
),

covered as (
    select distinct
        source_days.source,
        calendar.period_start
    from source_days
    inner join calendar on source_days.local_date = calendar.local_date
),

expected as (
    select distinct
        first_known.scope_type,
        first_known.scope,
        covered.period_start
    from first_known
    inner join covered
        on
            first_known.source = covered.source
            and first_known.first_date < covered.period_start
    union
    select distinct
        scope_type,
        scope,
        period_start
    from placed
),

filled as (
    select
        'period' as grain,
        expected.period_start as starts_on,
        expected.scope_type,
        expected.scope,
        coalesce(summed.detected, 0) as detected
    from expected
    left join summed
        on
            summed.grain = 'period'
            and expected.period_start = summed.starts_on
            and expected.scope_type = summed.scope_type
            and expected.scope = summed.scope
    union all
    select
        grain,
        starts_on,
        scope_type,
        scope,
        detected
    from summed
    where grain = 'month'
),

statistics as (
    select
        grain, starts_on, scope_type, scope, 'detected' as statistic, cast(detected as double) as value,
        'incidents' as unit, detected as n, cast(null as double) as numerator, cast(null as double) as denominator
    from filled
    union all
    select
        grain, starts_on, scope_type, scope, 'reopened' as statistic, cast(reopened as double) as value,
        'incidents' as unit, detected as n, cast(reopened as double) as numerator,
        cast(detected as double) as denominator
    from summed
    union all
    select
        grain, starts_on, scope_type, scope, 'with_postmortem' as statistic,
        cast(with_postmortem as double) / detected as value, 'share' as unit, detected as n,
        cast(with_postmortem as double) as numerator, cast(detected as double) as denominator
    from summed
    union all
    select
        grain, starts_on, scope_type, scope, 'linked' as statistic, cast(linked as double) / detected as value,
        'share' as unit, detected as n, cast(linked as double) as numerator, cast(detected as double) as denominator
    from summed
    union all
    select
        grain, starts_on, scope_type, scope, 'median_between' as statistic, median_between as value, 's' as unit,
        pairs as n, cast(null as double) as numerator, cast(null as double) as denominator
    from summed
    where grain = 'period'
)

select
    grain,
    starts_on,
    scope_type,
    scope,
    cast(null as varchar) as environment,
    statistic,
    value,
    unit,
    n,
    numerator,
    denominator,
    0 as excluded
from statistics
order by grain, starts_on, scope_type, scope, statistic

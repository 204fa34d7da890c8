-- ---
-- title = "Response times kept to the declared percentiles on every day"
-- severity = "medium"
-- controls = ["soc2:A1.1", "iso27001:A.8.6", "iso9001:9.1.3"]
-- why = "Slow answers are failures that no error counter sees."
-- remedy = "Look at the days named here: what was deployed, what the load was, which dependency was slow."
-- definition = """
-- Population: every series of a 95th or 99th percentile that is declared. A day keeps to the target if at most one in
-- twenty of its known windows lies above it; percentiles are compared one by one and never averaged. It passes if every
-- known day keeps to it and the policy's minimum of the period is known; with less known it is partial; a
-- day above fails. Declared and measured by nothing: not assessed.
-- """
-- ---
with declared as (
    select *
    from declared_settings
    where key in ('latency.p95', 'latency.p99')
),

time as (
    select (epoch_us(ends_at) - epoch_us(starts_at)) / 1000000.0 as seconds
    from period
),

days as (
    select
        *,
        windows_above * 20 > known_windows as is_above
    from measured_series
    where known_windows > 0
),

summed as (
    select
        key,
        series,
        count(*) as days,
        count(case when is_above then 1 end) as days_above,
        max(case when is_above then cast(local_date as varchar) end) as last_above,
        max(highest) as highest,
        cast(sum(cast(known_seconds as decimal(38, 6))) as double) as known_seconds
    from days
    group by key, series
),

judged as (
    select
        declared.*,
        summed.series,
        summed.days,
        summed.days_above,
        summed.last_above,
        summed.highest,
        least(summed.known_seconds / time.seconds, 1.0) as coverage,
        case
            when summed.series is null or declared.number is null then 'not assessed'
            when summed.days_above > 0 then 'fail'
            when summed.known_seconds / time.seconds >= thresholds.value then 'pass'
            else 'partial'
        end as status
    from declared
    cross join time
    inner join thresholds on thresholds.name = 'minimum_coverage'
    left join summed on declared.key = summed.key
)

select
    concat(key, coalesce(' ' || series, '')) as resource,
    status,
    case
        when series is null then 'It is declared, and nothing measured it in the period.'
        when number is null then concat('What is declared is no number of milliseconds: ', statements, '.')
        else concat(
            case
                when days_above > 0
                    then concat(
                        'Above the target on ', cast(days_above as varchar), ' of ', cast(days as varchar),
                        ' known days, last on ', last_above
                    )
                else concat('Within the target on all ', cast(days as varchar), ' known days')
            end,
            '; ', cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar), ' % of the period is known',
            case when is_resolved then '' else '; the target is the smaller of several (decision needed)' end, '.'
        )
    end as reason,
    concat('at most ', coalesce(written, statements), ' on every day') as expected,
    case
        when series is not null
            then concat(
                cast(days - days_above as varchar), ' of ', cast(days as varchar), ' days within, highest ',
                cast(cast(highest as decimal(18, 0)) as varchar), ' ms'
            )
    end as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

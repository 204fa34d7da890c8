-- ---
-- title = "Resources stayed below the declared use"
-- severity = "low"
-- controls = ["soc2:A1.1", "iso27001:A.8.6"]
-- why = "A machine that is full stops everything on it, and seldom at a good time."
-- remedy = "Give the instance named here more room, or move load away; alert on the trend before it is full."
-- definition = """
-- Population: every series of the use of processor, memory or disk for which a limit is declared. Counted are the hours
-- of known windows whose value lies above it. It passes with none of them and at least the policy's minimum of the
-- period known; with less known it is partial; any hour above fails. Declared and measured by nothing: not assessed.
-- """
-- ---
with declared as (
    select *
    from declared_settings
    where key in ('resources.cpu', 'resources.memory', 'resources.disk')
),

time as (
    select (epoch_us(ends_at) - epoch_us(starts_at)) / 1000000.0 as seconds
    from period
),

summed as (
    select
        key,
        series,
        cast(sum(cast(known_seconds as decimal(38, 6))) as double) as known_seconds,
        cast(sum(cast(seconds_above as decimal(38, 6))) as double) as seconds_above,
        max(highest) as highest
    from measured_series
    where known_windows > 0
    group by key, series
),

judged as (
    select
        declared.*,
        summed.series,
        summed.highest,
        summed.seconds_above / 3600.0 as hours_above,
        least(summed.known_seconds / time.seconds, 1.0) as coverage,
        case
            when summed.series is null or declared.number is null then 'not assessed'
            when summed.seconds_above > 0 then 'fail'
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
        when number is null then concat('What is declared is no share: ', statements, '.')
        else concat(
            case
                when hours_above > 0
                    then concat('Above the limit for ', cast(cast(hours_above as decimal(12, 1)) as varchar), ' hours')
                else 'Never above the limit'
            end,
            '; ', cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar), ' % of the period is known',
            case when is_resolved then '' else '; the limit is the smaller of several (decision needed)' end, '.'
        )
    end as reason,
    case
        when number is null then statements
        else concat('at most ', cast(cast(number * 100 as decimal(9, 1)) as varchar), ' %')
    end as expected,
    case
        when series is not null
            then concat(
                cast(cast(hours_above as decimal(12, 1)) as varchar), ' hours above, highest ',
                cast(cast(highest * 100 as decimal(9, 1)) as varchar), ' %'
            )
    end as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

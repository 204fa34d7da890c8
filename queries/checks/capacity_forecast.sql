-- ---
-- title = "Memory and disks last beyond the next quarter"
-- severity = "low"
-- controls = ["soc2:A1.1", "iso27001:A.8.6"]
-- why = "Room that runs out slowly is cheap to add in time and an outage when it is forgotten."
-- remedy = "Add room to the instance named here, or shorten what it keeps, before the day named."
-- definition = """
-- Population: every series of the use of memory or disk for which a limit is declared. A straight line through the highest
-- value of each known local day of the forecast's window, which ends with the last whole day of the period (least
-- squares), says when the limit is passed; no day is named that is more than a year away. It fails if that day comes
-- before the end of the next period, or has passed. A line that does not rise, or rises more slowly, passes; with less
-- than the policy's minimum of the window known it is partial, with fewer known days than the limit not assessed.
-- Declared and measured by nothing: not assessed.
-- """
-- ---
with declared as (
    select *
    from declared_settings
    where key in ('resources.memory', 'resources.disk')
),

allowed as (
    select
        max(case when name = 'forecast_window' then value / 86400 end) as window_days,
        max(case when name = 'forecast_minimum' then value / 86400 end) as least_days,
        max(case when name = 'minimum_coverage' then value end) as least_share
    from thresholds
),

numbered as (
    select
        local_date,
        ends_at,
        row_number() over (order by local_date) as day_no
    from calendar
),

last_day as (
    select max(numbered.day_no) as day_no
    from numbered
    inner join period on numbered.local_date <= period.last_day and numbered.ends_at <= period.known_until
),

horizon as (
    select
        numbered.day_no,
        numbered.local_date,
        (epoch_us(period.outlook_until) - epoch_us(numbered.ends_at)) / 86400000000.0 as days
    from numbered
    inner join last_day on numbered.day_no = last_day.day_no
    cross join period
),

named as (
    select
        case metric when 'memory_utilisation' then 'resources.memory' else 'resources.disk' end as key,
        replace(replace(replace(labels, '{', ''), '}', ''), '"', '') as series,
        local_date,
        case
            when unit in ('ratio', 'share') then value
            when unit in ('percent', '%') then value / 100
        end as value
    from metric_windows
    where metric in ('memory_utilisation', 'disk_utilisation')
),

daily as (
    select
        named.key,
        named.series,
        numbered.day_no - horizon.day_no as x,
        max(named.value) as y
    from named
    inner join numbered on named.local_date = numbered.local_date
    cross join horizon
    cross join allowed
    where
        named.value between 0 and 1
        and numbered.day_no <= horizon.day_no
        and numbered.day_no > horizon.day_no - allowed.window_days
    group by named.key, named.series, numbered.day_no, horizon.day_no
),

sums as (
    select
        key,
        series,
        count(*) as n,
        cast(sum(x) as double) as sx,
        cast(sum(x * x) as double) as sxx,
        cast(sum(cast(y as decimal(28, 9))) as double) as sy,
        cast(sum(cast(x * y as decimal(28, 9))) as double) as sxy
    from daily
    group by key, series
),

slopes as (
    select
        *,
        case when n > 1 then (n * sxy - sx * sy) / (n * sxx - sx * sx) end as slope
    from sums
),

lines as (
    select
        *,
        (sy - slope * sx) / n as at_end
    from slopes
),

forecast as (
    select
        declared.key,
        declared.number,
        declared.statements,
        declared.basis,
        declared.is_resolved,
        lines.series,
        lines.n,
        lines.slope,
        lines.at_end,
        allowed.window_days,
        allowed.least_days,
        allowed.least_share,
        horizon.days as horizon_days,
        horizon.local_date,
        case
            when lines.at_end >= declared.number then 0.0
            when lines.slope > 0 then (declared.number - lines.at_end) / lines.slope
        end as days_left
    from declared
    cross join allowed
    cross join horizon
    left join lines on declared.key = lines.key
),

judged as (
    select
        *,
        case
            when series is null or number is null or n < least_days then 'not assessed'
            when days_left < horizon_days then 'fail'
            when n >= least_share * window_days then 'pass'
            else 'partial'
        end as status,
        case
            when days_left between 0 and 366
                then cast(local_date + cast(floor(days_left + 0.000001) as integer) as varchar)
        end as passed_on
    from forecast
)

select
    concat(key, coalesce(' ' || series, '')) as resource,
    status,
    case
        when series is null then 'It is declared, and nothing measured it in the days of the forecast.'
        when number is null then concat('What is declared is no share: ', statements, '.')
        when n < least_days
            then concat(
                'Only ', cast(n as varchar), ' days are known, and a trend needs ',
                cast(cast(least_days as bigint) as varchar), '.'
            )
        else concat(
            case
                when days_left = 0.0 then 'The trend has reached the limit already'
                when passed_on is not null
                    then concat(
                        'If it grows on as over the last ', cast(cast(window_days as bigint) as varchar),
                        ' days it passes the limit on ', passed_on
                    )
                when slope > 0 then 'It grows so slowly that the limit is more than a year away'
                else 'It does not grow'
            end,
            '; ', cast(n as varchar), ' days are known',
            case when is_resolved then '' else '; the limit is the smaller of several (decision needed)' end, '.'
        )
    end as reason,
    case
        when number is null then statements
        else concat(
            'below ', cast(cast(number * 100 as decimal(9, 1)) as varchar), ' % until the end of the next period'
        )
    end as expected,
    case
        when slope is not null
            then concat(
                cast(cast(at_end * 100 as decimal(9, 1)) as varchar), ' % at the end, ',
                cast(cast(slope * 3000 as decimal(9, 2)) as varchar), ' points more in 30 days'
            )
    end as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

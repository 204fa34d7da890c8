-- ---
-- title = "Measured series beside their declared limits, by local day"
-- grain = "one measured series and local day of the report's period"
-- version = 1
-- definition = """
-- Percentiles of response time (metrics latency_p95 and latency_p99) in milliseconds and use of processor, memory and
-- disk (cpu_utilisation, memory_utilisation, disk_utilisation) as a share, each window with its own length. A value that
-- is no number, is negative or has another unit is unknown, like a window that is absent. Where documents disagree the
-- smaller limit is evaluated.
-- """
-- ---
with named as (
    select
        case metric
            when 'latency_p95' then 'latency.p95'
            when 'latency_p99' then 'latency.p99'
            when 'cpu_utilisation' then 'resources.cpu'
            when 'memory_utilisation' then 'resources.memory'
            when 'disk_utilisation' then 'resources.disk'
        end as key,
        replace(replace(replace(labels, '{', ''), '}', ''), '"', '') as series,
        local_date,
        (epoch_us(window_end) - epoch_us(window_start)) / 1000000.0 as seconds,
        case
            when metric like 'latency_%' and unit in ('s', 'seconds') then value * 1000
            when metric like 'latency_%' and unit in ('ms', 'milliseconds') then value
            when metric like '%_utilisation' and unit in ('ratio', 'share') then value
            when metric like '%_utilisation' and unit in ('percent', '%') then value / 100
        end as value
    from metric_windows
    where
        metric in ('latency_p95', 'latency_p99', 'cpu_utilisation', 'memory_utilisation', 'disk_utilisation')
),

known as (
    select
        named.*,
        coalesce(named.value between 0 and 1000000000000.0 and named.seconds > 0, false) as is_known,
        declared_settings.number as declared_number
    from named
    inner join calendar on named.local_date = calendar.local_date
    inner join period on calendar.period = period.label
    left join declared_settings on named.key = declared_settings.key
)

select
    key,
    series,
    local_date,
    min(declared_number) as declared_number,
    count(case when is_known then 1 end) as known_windows,
    cast(sum(cast(case when is_known then seconds else 0 end as decimal(38, 6))) as double) as known_seconds,
    count(case when is_known and value > declared_number then 1 end) as windows_above,
    cast(
        sum(cast(case when is_known and value > declared_number then seconds else 0 end as decimal(38, 6))) as double
    ) as seconds_above,
    max(case when is_known then value end) as highest
from known
group by key, series, local_date

-- ---
-- title = "Access was recorded on every day of the period"
-- severity = "medium"
-- controls = ["pci_dss:10.2.1", "hipaa:164.312(b)", "iso27001:A.8.15", "soc2:CC7.2"]
-- area = "logging and monitoring"
-- why = "A day without records is a day of which nobody can say who did what."
-- remedy = "Find what stopped the stream named here on these days, and alert when no record has come for an hour."
-- definition = """
-- Population: streams of access or audit records: series of the metric audit_records (records by window), and sampled
-- streams whose name speaks of access or audit. A day counts as seen if a window of it holds a record or a sample of it
-- holds a line; as empty if its windows are known from end to end and hold none. Every whole day of the period that the
-- report knows must have been seen. One empty day fails; days of which nothing is known make the stream partial. Access
-- logging that is declared (keys access.logging, audit.logging) without any such stream is not assessed.
-- """
-- ---
with days as (
    select
        calendar.local_date,
        calendar.seconds
    from calendar
    inner join period on calendar.period = period.label
    where calendar.ends_at <= period.known_until
),

counted as (
    select
        replace(replace(replace(labels, '{', ''), '}', ''), '"', '') as stream,
        local_date,
        cast(
            sum(cast((epoch_us(window_end) - epoch_us(window_start)) / 1000000.0 as decimal(38, 6))) as double
        ) as known_seconds,
        max(value) as highest
    from metric_windows
    where
        metric = 'audit_records'
        and value between 0 and 1000000000000.0
        and window_end > window_start
    group by labels, local_date
),

sampled as (
    select
        stream,
        local_date
    from log_samples
    where sample_size > 0 and (lower(stream) like '%audit%' or lower(stream) like '%access%')
    group by stream, local_date
),

streams as (
    select counted.stream
    from counted
    inner join days on counted.local_date = days.local_date
    union
    select sampled.stream
    from sampled
    inner join days on sampled.local_date = days.local_date
),

marked as (
    select
        streams.stream,
        days.local_date,
        coalesce(counted.highest > 0, false) or sampled.stream is not null as is_seen,
        coalesce(counted.highest = 0 and counted.known_seconds >= days.seconds, false) and sampled.stream is null
            as is_empty
    from streams
    cross join days
    left join counted on streams.stream = counted.stream and days.local_date = counted.local_date
    left join sampled on streams.stream = sampled.stream and days.local_date = sampled.local_date
),

numbered as (
    select
        *,
        row_number() over (partition by stream, is_empty order by local_date) as place
    from marked
),

summed as (
    select
        stream,
        count(*) as days,
        count(case when is_seen then 1 end) as seen_days,
        count(case when is_empty then 1 end) as empty_days,
        array_to_string(
            list_sort(list(case when is_empty and place <= 10 then cast(local_date as varchar) end)), ', '
        ) as listed
    from numbered
    group by stream
),

known as (
    select count(*) as streams
    from streams
),

judged as (
    select
        stream as resource,
        case
            when empty_days > 0 then 'fail'
            when seen_days = days then 'pass'
            when seen_days > 0 then 'partial'
            else 'not assessed'
        end as status,
        case
            when empty_days > 0
                then concat(
                    'No record on ', cast(empty_days as varchar),
                    case when empty_days = 1 then ' day: ' else ' days: ' end, listed,
                    case when empty_days > 10 then ' and later ones.' else '.' end
                )
            when seen_days = days then 'Records were seen on every day.'
            when seen_days > 0 then 'Records were seen on some days; of the others nothing is known.'
            else 'No day of it is known from end to end.'
        end as reason,
        concat(cast(seen_days as varchar), ' of ', cast(days as varchar), ' days') as observed,
        'policy: access is recorded without a gap' as basis
    from summed
    union all
    select
        declared_settings.key as resource,
        'not assessed' as status,
        'It is declared, and no stream of access or audit records was seen in the period.' as reason,
        cast(null as varchar) as observed,
        concat('policy: ', coalesce(declared_settings.basis, 'conflicting documents')) as basis
    from declared_settings
    cross join known
    where
        declared_settings.key in ('access.logging', 'audit.logging')
        and declared_settings.number = 1
        and known.streams = 0
)

select
    resource,
    status,
    reason,
    'records on every day' as expected,
    observed,
    basis
from judged
order by resource

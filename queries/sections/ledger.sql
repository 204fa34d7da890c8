-- ---
-- title = "Completeness of the sources"
-- chapter = "completeness"
-- order = 1
-- note = "Rows received are compared with the source's own total where it gives one. Covered is the share of the period's days that the windows reach into; a subject without times of its own has none. Where a source covers the period by some of its subjects, those that lie wholly outside it are said to hold other periods."
-- ---
with newest as (
    select
        *,
        row_number() over (
            partition by source, subject, window_start
            order by extract_id desc
        ) as age
    from extracts
),

covered as (
    select
        newest.source,
        newest.subject,
        count(distinct calendar.local_date) as days
    from newest
    inner join calendar
        on
            newest.window_start < calendar.ends_at
            and newest.window_end > calendar.starts_at
    inner join period on calendar.period = period.label
    where newest.outcome <> 'failed'
    group by newest.source, newest.subject
),

summed as (
    select
        source,
        subject,
        count(*) as windows,
        min(window_start) as first_at,
        max(window_end) as last_at,
        sum(rows_received) as received,
        max(server_total) as server_total,
        sum(rows_rejected) as set_aside,
        count(case when outcome = 'failed' then 1 end) as failed,
        count(case when truncated then 1 end) as truncated
    from newest
    where age = 1
    group by source, subject
),

judged as (
    select
        summed.source,
        summed.subject,
        summed.windows,
        summed.first_at,
        summed.last_at,
        summed.received,
        summed.server_total,
        case
            when summed.first_at is not null then coalesce(covered.days, 0) / cast(period.days as double)
        end as coverage,
        case
            when summed.failed > 0 then 'failed'
            when summed.truncated > 0 then 'truncated'
            when summed.set_aside > 0 then concat(cast(summed.set_aside as varchar), ' set aside')
            else 'ok'
        end as outcome
    from summed
    cross join period
    left join covered on summed.source = covered.source and summed.subject = covered.subject
),

placed as (
    select
        *,
        coalesce(outcome = 'ok' and coverage = 0 and max(coverage) over (partition by source) > 0, false)
            as is_outside
    from judged
)

select
    source,
    subject,
    windows,
    first_at,
    last_at,
    received as rows,
    server_total,
    case when not is_outside then coverage end as coverage,
    outcome,
    is_outside,
    row_number() over (
        partition by source
        order by
            case when is_outside then 2 when outcome = 'ok' then 1 else 0 end asc, coverage asc nulls last, subject asc
    ) as place
from placed
order by source, subject

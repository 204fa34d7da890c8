-- ---
-- title = "Days that a source covers"
-- grain = "one source and local day"
-- version = 1
-- definition = """
-- A local day is covered by a source if a window that did not fail reaches into it and was read after the day had
-- ended, and if no subject of the source failed on it without having been read on another try.
-- """
-- ---
with reached as (
    select
        extracts.source,
        extracts.subject,
        calendar.local_date,
        max(case when extracts.outcome <> 'failed' and extracts.finished_at >= calendar.ends_at then 1 else 0 end)
            as is_read,
        max(case when extracts.outcome = 'failed' and extracts.subject <> '(source)' then 1 else 0 end) as has_failed
    from extracts
    inner join calendar
        on
            extracts.window_start < calendar.ends_at
            and extracts.window_end > calendar.starts_at
    group by extracts.source, extracts.subject, calendar.local_date
)

select
    source,
    local_date
from reached
group by source, local_date
having
    max(is_read) = 1
    and max(case when has_failed = 1 and is_read = 0 then 1 else 0 end) = 0

-- ---
-- title = "The windows behind an attainment, each with what it counts for"
-- statistic = "attainment"
-- ---
select
    'slo' as scope_type,
    judged_windows.slo_id as scope,
    cast(null as varchar) as environment,
    calendar.period_start,
    calendar.month_start,
    cast(null as date) as week_start,
    judged_windows.slo_id as resource,
    judged_windows.window_start as happened_at,
    cast(null as double) as value,
    case
        when judged_windows.budgeting <> 'occurrences' then cast(judged_windows.slice_points as double)
        when judged_windows.has_events then judged_windows.good
        else 0.0
    end as numerator,
    case
        when judged_windows.budgeting <> 'occurrences' then 1.0
        when judged_windows.has_events then judged_windows.valid
        else 0.0
    end as denominator,
    not judged_windows.is_known as is_excluded,
    case
        when not judged_windows.is_known and judged_windows.is_silent then 'no event: unknown'
        when not judged_windows.is_known then 'no counts: unknown'
        when judged_windows.is_silent then 'no event'
        else 'known'
    end as note,
    [judged_windows.extract_id] as extract_ids
from judged_windows
inner join calendar on judged_windows.local_date = calendar.local_date
order by scope, happened_at

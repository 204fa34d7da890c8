-- ---
-- title = "Which local days each UTC date reaches into"
-- grain = "one UTC date and one local day that share a moment"
-- version = 1
-- definition = """
-- Where in the calendar a moment lies is found through its UTC date first, among two or three local days, and not by
-- comparing it with every day.
-- """
-- ---
with dates as (
    select
        cast(starts_at as date) as utc_date,
        local_date
    from calendar
    union
    select
        cast(starts_at + interval 12 hour as date) as utc_date,
        local_date
    from calendar
    union
    select
        cast(ends_at - interval 1 second as date) as utc_date,
        local_date
    from calendar
)

select
    dates.utc_date,
    calendar.*
from dates
inner join calendar on dates.local_date = calendar.local_date

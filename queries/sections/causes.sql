-- ---
-- title = "Causes of nonconformities"
-- chapter = "trends"
-- order = 8
-- note = "Nonconformities opened in the periods of the trend, by the category of their root cause as the register says, the most frequent first. The last column adds the shares up."
-- ---
with opened as (
    select
        coalesce(nonconformity_states.cause_category, 'not determined') as category,
        nonconformity_states.state <> 'closed' as is_open,
        periods.is_report
    from nonconformity_states
    inner join periods
        on
            nonconformity_states.opened_at >= periods.starts_at
            and nonconformity_states.opened_at < periods.known_until
),

counted as (
    select
        category,
        count(*) as nonconformities,
        count(case when is_report then 1 end) as this_period,
        count(case when is_open then 1 end) as still_open
    from opened
    group by category
),

ranked as (
    select
        *,
        row_number() over (order by nonconformities desc, category asc) as rank,
        sum(nonconformities) over () as total
    from counted
)

select
    ranked.category,
    ranked.nonconformities,
    ranked.this_period,
    ranked.still_open,
    ranked.nonconformities * 1.0 / ranked.total as share,
    sum(ranked.nonconformities) over (order by ranked.rank) * 1.0 / ranked.total as cumulated
from ranked
order by ranked.rank

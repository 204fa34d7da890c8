-- ---
-- title = "The declared dashboards and panels exist"
-- severity = "low"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "iso9001:9.1.1"]
-- area = "logging and monitoring"
-- why = "What nobody can see on a screen is looked for only after it broke."
-- remedy = "Make the dashboard or panel named here, or give the one there is the tag, folder or title it is known by."
-- definition = """
-- Population: the declared kinds of dashboards and of panels (keys dashboards.* and panels.*, declared as true) and the
-- declared interval of refresh. A kind of dashboard passes with one of that category that has a panel, and fails if each
-- dashboard on record is of another category or has none. A kind of panel is known by words in its title; where no title has
-- them it is not assessed, for a title can say it otherwise. The refresh passes if every dashboard refreshes at least that
-- often; of one that shows no interval it is unknown. Without any dashboard on record nothing is assessed.
-- """
-- ---
with wanted as (
    select
        key,
        title,
        split_part(key, '.', 1) as family,
        split_part(key, '.', 2) as kind,
        number,
        written,
        basis
    from declared_settings
    where
        (key like 'dashboards.%' or key like 'panels.%')
        and (key = 'dashboards.refresh' or number = 1)
),

boards as (
    select
        *,
        coalesce(array_length(panels), 0) as panel_count
    from dashboards
),

categories as (
    select
        wanted.key,
        count(*) as boards,
        count(case when boards.category = wanted.kind and boards.panel_count > 0 then 1 end) as good,
        count(case when boards.category = wanted.kind and boards.panel_count = 0 then 1 end) as bare,
        count(case when boards.category is null then 1 end) as uncategorised
    from wanted
    cross join boards
    where wanted.family = 'dashboards' and wanted.kind <> 'refresh'
    group by wanted.key
),

titles as (
    select
        dashboard_id,
        lower(panel) as panel
    from (
        select
            dashboard_id,
            unnest(panels) as panel
        from dashboards
    ) as listed
),

words as (
    select
        'panels.response_time' as key,
        unnest(['response time', 'latency', 'duration', 'p95', 'p99']) as word
    union all
    select
        'panels.throughput' as key,
        unnest(['throughput', 'request rate', 'requests per', 'per second', 'traffic', 'rps']) as word
    union all
    select
        'panels.error_rate' as key,
        unnest(['error', 'failure', 'failed', '5xx']) as word
    union all
    select
        'panels.resources' as key,
        unnest(['cpu', 'processor', 'memory', 'disk', 'saturation', 'resource', 'network']) as word
),

panels_found as (
    select
        words.key,
        count(distinct titles.dashboard_id) as boards,
        min(titles.panel) as example
    from words
    inner join titles on titles.panel like concat('%', words.word, '%')
    group by words.key
),

refreshed as (
    select
        count(*) as boards,
        count(case when boards.refresh_seconds is null then 1 end) as unknown,
        count(case when boards.refresh_seconds > wanted.number then 1 end) as slower,
        min(case when boards.refresh_seconds > wanted.number then coalesce(boards.title, boards.dashboard_id) end)
            as example
    from boards
    inner join wanted on wanted.key = 'dashboards.refresh'
),

totals as (
    select
        count(*) as boards,
        count(case when panel_count > 0 then 1 end) as with_panels
    from boards
),

judged as (
    select
        wanted.key as resource,
        case
            when totals.boards = 0 then 'not assessed'
            when categories.good > 0 then 'pass'
            when categories.uncategorised > 0 then 'not assessed'
            else 'fail'
        end as status,
        case
            when totals.boards = 0 then 'No dashboard is on record.'
            when categories.good > 0
                then concat(cast(categories.good as varchar), ' dashboards with panels are of this category.')
            when categories.uncategorised > 0
                then concat(
                    'None is known to be of this category; of ', cast(categories.uncategorised as varchar),
                    ' dashboards no tag or folder says the category.'
                )
            when categories.bare > 0 then 'The dashboards of this category have no panel.'
            else concat('None of ', cast(totals.boards as varchar), ' dashboards is of this category.')
        end as reason,
        'a dashboard of this category with panels' as expected,
        wanted.basis
    from wanted
    cross join totals
    left join categories on wanted.key = categories.key
    where wanted.family = 'dashboards' and wanted.kind <> 'refresh'
    union all
    select
        wanted.key as resource,
        case when panels_found.boards > 0 then 'pass' else 'not assessed' end as status,
        case
            when panels_found.boards > 0
                then concat(
                    cast(panels_found.boards as varchar), ' dashboards have such a panel, "', panels_found.example,
                    '" among them.'
                )
            when totals.boards = 0 then 'No dashboard is on record.'
            else concat('No panel of ', cast(totals.boards as varchar), ' dashboards is known by its title as one.')
        end as reason,
        'a panel of this kind' as expected,
        wanted.basis
    from wanted
    cross join totals
    left join panels_found on wanted.key = panels_found.key
    where wanted.family = 'panels'
    union all
    select
        wanted.key as resource,
        case
            when totals.boards = 0 or wanted.number is null then 'not assessed'
            when refreshed.slower > 0 then 'fail'
            when refreshed.unknown = refreshed.boards then 'not assessed'
            when refreshed.unknown > 0 then 'partial'
            else 'pass'
        end as status,
        case
            when totals.boards = 0 then 'No dashboard is on record.'
            when wanted.number is null then 'What is declared is no number of seconds.'
            when refreshed.slower > 0
                then concat(
                    cast(refreshed.slower as varchar), ' of ', cast(refreshed.boards as varchar),
                    ' dashboards refresh more slowly, ', refreshed.example, ' among them.'
                )
            when refreshed.unknown > 0
                then concat(
                    cast(refreshed.unknown as varchar), ' of ', cast(refreshed.boards as varchar),
                    ' dashboards show no interval; the others refresh often enough.'
                )
            else concat('All ', cast(refreshed.boards as varchar), ' dashboards refresh often enough.')
        end as reason,
        concat('at least every ', wanted.written) as expected,
        wanted.basis
    from wanted
    cross join totals
    cross join refreshed
    where wanted.key = 'dashboards.refresh'
)

select
    resource,
    status,
    reason,
    expected,
    cast(null as varchar) as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

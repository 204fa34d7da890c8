-- ---
-- title = "Restated figures"
-- chapter = "trends"
-- order = 4
-- note = "A figure is restated when the facts known today, or today's definition, give another value than the one that was published for that period, give none any more, or give one where none was published. Nothing published is overwritten. The oldest period of the trend is not compared: what came before it, and reached into it, is not in this report's evidence."
-- ---
with figures as (
    select
        metric,
        statistic,
        starts_on,
        scope_type,
        scope,
        environment,
        value,
        unit
    from metrics
    where grain = 'period'
),

-- some measures are computed for the report's own period only: of earlier ones there is nothing to compare
computed as (
    select
        metric,
        starts_on
    from figures
    union
    select
        definitions.id as metric,
        period.first_day as starts_on
    from definitions
    cross join period
    where definitions.kind = 'metrics'
),

-- a recovery, an interval or a cause may reach back into the period before
comparable as (
    select
        period,
        first_day
    from periods
    qualify
        position > min(position) over ()
        or position = max(position) over ()
),

-- what was published of a measure that is computed for that period, and in which revision
measures as (
    select distinct
        published.metric,
        published.statistic,
        published.starts_on,
        published.revision,
        definitions.title,
        comparable.period
    from published
    inner join definitions on published.metric = definitions.id and definitions.kind = 'metrics'
    inner join comparable on published.starts_on = comparable.first_day
    inner join computed
        on published.metric = computed.metric and published.starts_on = computed.starts_on
),

-- each figure once, whether it was published, comes out now, or both
named as (
    select
        metric,
        statistic,
        starts_on,
        scope_type,
        scope,
        environment
    from published
    union
    select
        metric,
        statistic,
        starts_on,
        scope_type,
        scope,
        environment
    from figures
),

units as (
    select
        metric,
        statistic,
        max(unit) as unit
    from figures
    group by metric, statistic
),

compared as (
    select
        measures.title as measure,
        named.scope_type,
        named.scope,
        named.environment,
        measures.period,
        named.statistic,
        units.unit,
        published.value as published_value,
        measures.revision,
        figures.value
    from named
    inner join measures
        on
            named.metric = measures.metric
            and named.statistic = measures.statistic
            and named.starts_on = measures.starts_on
    left join units on named.metric = units.metric and named.statistic = units.statistic
    left join published
        on
            named.metric = published.metric
            and named.statistic = published.statistic
            and named.starts_on = published.starts_on
            and named.scope_type = published.scope_type
            and named.scope = published.scope
            and named.environment is not distinct from published.environment
    left join figures
        on
            named.metric = figures.metric
            and named.statistic = figures.statistic
            and named.starts_on = figures.starts_on
            and named.scope_type = figures.scope_type
            and named.scope = figures.scope
            and named.environment is not distinct from figures.environment
)

select
    measure,
    scope_type,
    scope,
    environment,
    period,
    statistic,
    unit,
    published_value,
    revision,
    value
from compared
where
    abs(published_value - value) > 0.000000001 * abs(published_value)
    or (published_value is null) <> (value is null)
order by period, measure, scope_type, scope, environment, statistic

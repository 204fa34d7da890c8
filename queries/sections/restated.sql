-- ---
-- title = "Restated figures"
-- chapter = "trends"
-- order = 4
-- note = "A figure is restated when the facts known today, or today's definition, give another value than the one that was published for that period. Nothing published is overwritten."
-- ---
select
    definitions.title as measure,
    metrics.scope,
    periods.period,
    metrics.statistic,
    metrics.unit,
    published.value as published_value,
    published.revision,
    metrics.value
from published
inner join metrics
    on
        published.metric = metrics.metric
        and published.statistic = metrics.statistic
        and published.starts_on = metrics.starts_on
        and published.scope_type = metrics.scope_type
        and published.scope = metrics.scope
        and published.environment is not distinct from metrics.environment
inner join periods on published.starts_on = periods.first_day
left join definitions on published.metric = definitions.id and definitions.kind = 'metrics'
where
    metrics.grain = 'period'
    and (
        abs(published.value - metrics.value) > 0.000000001 * abs(published.value)
        or (published.value is null) <> (metrics.value is null)
    )
order by
    periods.period, definitions.title, metrics.scope_type, metrics.scope, metrics.environment,
    metrics.statistic

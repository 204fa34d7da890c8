-- ---
-- title = "Noise of alerts"
-- chapter = "incidents"
-- order = 4
-- note = "How many alerts of the period came with an incident: one of the same service that was detected within an hour of the alert's beginning, before or after. An alert fired again if the one before it, of the same name and service, had ended at most an hour earlier."
-- ---
with fired as (
    select
        alerts.alert_id,
        coalesce(alerts.name, '(no name)') as name,
        alerts.service,
        alerts.starts_at,
        case when alerts.ends_at <= period.known_until then alerts.ends_at end as ends_at,
        alerts.silenced,
        lag(alerts.ends_at) over (
            partition by alerts.name, alerts.service order by alerts.starts_at, alerts.alert_id
        ) as ended_before,
        alerts.local_date between period.first_day and period.last_day as is_in_period
    from alerts
    cross join period
    where alerts.starts_at is not null
),

told as (
    select distinct fired.alert_id
    from fired
    inner join incident_scopes
        on
            incident_scopes.scope_type = 'service'
            and fired.service = incident_scopes.scope
            and epoch_us(incident_scopes.detected_at) - epoch_us(fired.starts_at) between -3600000000 and 3600000000
),

known as (
    select
        fired.name,
        fired.service,
        fired.silenced,
        told.alert_id is not null as is_told,
        (epoch_us(fired.starts_at) - epoch_us(fired.ended_before)) / 1000000.0 between 0 and 3600 as is_again,
        (epoch_us(fired.ends_at) - epoch_us(fired.starts_at)) / 1000000.0 as seconds
    from fired
    left join told on fired.alert_id = told.alert_id
    where fired.is_in_period
),

summed as (
    select
        grouping(name) as is_total,
        name,
        count(*) as alerts,
        count(service) as with_service,
        count(case when service is not null and is_told then 1 end) as told,
        count(case when coalesce(is_again, false) then 1 end) as again,
        quantile_cont(case when seconds >= 0 then seconds end, 0.5) as duration,
        count(case when seconds >= 0 then 1 end) as ended,
        count(case when silenced then 1 end) as silenced,
        cast(
            sum(cast(case when silenced and seconds >= 0 then seconds else 0 end as decimal(38, 6))) as double
        ) as silenced_seconds
    from known
    group by grouping sets ((name), ())
)

select
    case when is_total = 1 then 'All alerts' else name end as name,
    alerts,
    case when with_service > 0 then told * 1.0 / with_service end as told_share,
    with_service,
    again,
    duration,
    ended,
    silenced,
    case when silenced > 0 then silenced_seconds end as silenced_seconds
from summed
where alerts > 0
order by is_total desc, alerts desc, name asc

-- ---
-- title = "Alerts were delivered"
-- severity = "high"
-- controls = ["soc2:CC7.3", "pci_dss:10.7.2", "iso27001:A.8.16", "sox_itgc:ITGC-OP-1"]
-- why = "An alert that cannot be delivered is not seen, whatever its rule says."
-- remedy = "Look at the channel named here: its key, its address and its limits; send a test alert afterwards."
-- definition = """
-- Population: channels the alert router sent notifications to in the period, by its own counters. In order: the share that
-- failed is at most the limit. A channel without a notification, or without a count of failures, cannot be judged.
-- """
-- ---
with in_period as (
    select
        metric_windows.metric,
        metric_windows.labels,
        sum(metric_windows.value) as total
    from metric_windows
    inner join period on metric_windows.local_date between period.first_day and period.last_day
    where metric_windows.metric in ('notifications', 'failed_notifications')
    group by metric_windows.metric, metric_windows.labels
),

sent as (
    select
        labels,
        max(case when metric = 'notifications' then total end) as attempts,
        max(case when metric = 'failed_notifications' then total end) as failures
    from in_period
    group by labels
),

allowed as (
    select
        value as limit_share,
        basis
    from thresholds
    where name = 'failed_notifications'
)

select
    sent.labels as resource,
    case
        when coalesce(sent.attempts, 0) = 0 or sent.failures is null then 'not assessed'
        when sent.failures <= allowed.limit_share * sent.attempts then 'pass'
        else 'fail'
    end as status,
    case
        when coalesce(sent.attempts, 0) = 0 then 'No notification was sent through it.'
        when sent.failures is null then 'Its failures are not counted.'
        else concat(
            cast(cast(round(sent.failures, 0) as bigint) as varchar), ' of ',
            cast(cast(round(sent.attempts, 0) as bigint) as varchar), ' notifications failed.'
        )
    end as reason,
    concat('at most ', cast(cast(allowed.limit_share * 100 as decimal(5, 1)) as varchar), ' % failed') as expected,
    case
        when sent.attempts > 0
            then concat(cast(cast(sent.failures * 100 / sent.attempts as decimal(5, 1)) as varchar), ' % failed')
    end as observed,
    allowed.basis
from sent
cross join allowed
order by resource

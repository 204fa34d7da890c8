-- ---
-- title = "The monitoring lost nothing and ran with its own configuration"
-- severity = "high"
-- controls = ["soc2:CC7.2", "pci_dss:10.7.2", "pci_dss:10.7.1", "iso27001:A.8.16", "iso9001:7.1.5", "sox_itgc:ITGC-OP-1", "sox_itgc:DSS01"]
-- area = "monitoring of the monitoring"
-- attestable = true
-- why = "What the monitoring drops is missing from every figure and every alert, and looks like calm."
-- remedy = "Find in the logs of the server named here what failed or was refused and mend it; alert on the same counters. Where a part does not exist, have its owner attest that."
-- definition = """
-- Five questions, each answered series by series from the monitoring's own measures of the period. Of evaluations of
-- rules, alerts handed over, telemetry received and telemetry sent on, at most the limit's share was lost (metrics
-- rule_evaluations, forwarded_alerts, received_telemetry and exported_telemetry beside failed_rule_evaluations,
-- dropped_alerts, refused_telemetry and failed_exports). Windows in which the newest configuration was not in force
-- (configuration_loaded below 1) last at most the limit in all. A window counts as known if both of its figures are there.
-- With less of the period known than the policy's minimum a series is partial; one without any attempt, and a question
-- that nothing answers, are not assessed.
-- """
-- ---
with questions as (
    select 'configuration in force' as question
    union all
    select 'evaluations of rules' as question
    union all
    select 'alerts handed over' as question
    union all
    select 'telemetry received' as question
    union all
    select 'telemetry sent on' as question
),

named as (
    select
        case
            when metric_windows.metric = 'configuration_loaded' then 'configuration in force'
            when metric_windows.metric in ('rule_evaluations', 'failed_rule_evaluations') then 'evaluations of rules'
            when metric_windows.metric in ('forwarded_alerts', 'dropped_alerts') then 'alerts handed over'
            when metric_windows.metric in ('received_telemetry', 'refused_telemetry') then 'telemetry received'
            when metric_windows.metric in ('exported_telemetry', 'failed_exports') then 'telemetry sent on'
        end as question,
        case
            when metric_windows.metric = 'configuration_loaded' then 'loaded'
            when
                metric_windows.metric in (
                    'failed_rule_evaluations', 'dropped_alerts', 'refused_telemetry', 'failed_exports'
                )
                then 'lost'
            else 'tried'
        end as part,
        replace(replace(replace(metric_windows.labels, '{', ''), '}', ''), '"', '') as series,
        metric_windows.window_start,
        (epoch_us(metric_windows.window_end) - epoch_us(metric_windows.window_start)) / 1000000.0 as seconds,
        case when metric_windows.value between 0 and 1000000000000.0 then metric_windows.value end as value
    from metric_windows
    inner join period on metric_windows.local_date between period.first_day and period.last_day
),

windows as (
    select
        question,
        series,
        window_start,
        max(seconds) as seconds,
        max(case when part = 'tried' then value end) as tried,
        max(case when part = 'lost' then value end) as lost,
        max(case when part = 'loaded' then value end) as loaded
    from named
    where question is not null
    group by question, series, window_start
),

known as (
    select *
    from windows
    where seconds > 0 and (loaded is not null or (tried is not null and lost is not null))
),

summed as (
    select
        question,
        series,
        cast(sum(cast(seconds as decimal(38, 6))) as double) as known_seconds,
        cast(sum(cast(case when loaded < 1 then seconds else 0 end as decimal(38, 6))) as double) as stale_seconds,
        cast(sum(cast(tried as decimal(38, 6))) as double) as tried,
        cast(sum(cast(lost as decimal(38, 6))) as double) as lost
    from known
    group by question, series
),

seen as (
    select distinct
        question,
        series
    from windows
),

time as (
    select (epoch_us(ends_at) - epoch_us(starts_at)) / 1000000.0 as seconds
    from period
),

judged as (
    select
        questions.question,
        seen.series,
        summed.known_seconds,
        summed.stale_seconds,
        summed.tried,
        summed.lost,
        limits.name as limit_name,
        limits.value as limit_value,
        limits.basis,
        least(summed.known_seconds / time.seconds, 1.0) as coverage,
        case
            when summed.known_seconds is null then 'not assessed'
            when limits.name = 'stale_configuration' and summed.stale_seconds > limits.value then 'fail'
            when limits.name = 'monitoring_loss' and summed.lost > limits.value * summed.tried then 'fail'
            when limits.name = 'monitoring_loss' and summed.tried = 0 then 'not assessed'
            when summed.known_seconds / time.seconds >= least_known.value then 'pass'
            else 'partial'
        end as status
    from questions
    cross join time
    inner join thresholds as least_known on least_known.name = 'minimum_coverage'
    inner join thresholds as limits
        on
            limits.name
            = case
                when questions.question = 'configuration in force' then 'stale_configuration'
                else 'monitoring_loss'
            end
    left join seen on questions.question = seen.question
    left join summed on seen.question = summed.question and seen.series = summed.series
)

select
    concat(question, coalesce(' ' || series, '')) as resource,
    status,
    case
        when series is null then 'Nothing measured it in the period.'
        when known_seconds is null then 'One of its two figures is missing in every window.'
        when limit_name = 'monitoring_loss' and tried = 0 and lost = 0 then 'Nothing was attempted in the period.'
        else concat(
            case
                when limit_name = 'stale_configuration' and stale_seconds = 0
                    then 'Its newest configuration was always in force'
                when limit_name = 'stale_configuration'
                    then concat(
                        'For ', cast(cast(stale_seconds / 3600 as decimal(12, 1)) as varchar),
                        ' hours it ran without its newest configuration'
                    )
                else concat(
                    cast(cast(round(lost, 0) as bigint) as varchar), ' of ',
                    cast(cast(round(tried, 0) as bigint) as varchar), ' were lost'
                )
            end,
            '; ', cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar), ' % of the period is known.'
        )
    end as reason,
    case
        when limit_name = 'stale_configuration'
            then concat('at most ', cast(cast(limit_value / 3600 as decimal(12, 1)) as varchar), ' hours')
        else concat('at most ', cast(cast(limit_value * 100 as decimal(7, 2)) as varchar), ' % lost')
    end as expected,
    case
        when limit_name = 'stale_configuration' and known_seconds is not null
            then concat(cast(cast(stale_seconds / 3600 as decimal(12, 1)) as varchar), ' hours')
        when tried > 0 then concat(cast(cast(lost * 100 / tried as decimal(18, 3)) as varchar), ' % lost')
    end as observed,
    basis
from judged
order by resource

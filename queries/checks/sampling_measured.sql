-- ---
-- title = "As many traces are kept as declared"
-- severity = "low"
-- controls = ["gdpr:25", "iso27001:A.8.16"]
-- why = "A setting says what was intended; only the counts show what was kept."
-- remedy = "Look which sampler decides for what is named here, and in which order: shares of samplers that follow each other multiply."
-- definition = """
-- Population: what was measured of the share of traces kept, if one is declared (key sampling.traces): a measured setting,
-- or in the period the windows with both counts of a series, traces seen and kept (metrics seen_traces and kept_traces).
-- It passes if it differs from the declared share by at most the limit's part of it. Counts must be large enough for that:
-- three standard errors of a sample of the declared share fit into the limit; with fewer only a difference larger than
-- three standard errors is a fail, and all else is not assessed. Declared and not measured is not assessed, whatever the
-- samplers are set to: that is another check's matter, and no evidence of what was kept.
-- """
-- ---
with declared as (
    select
        number,
        written,
        statements,
        basis
    from declared_settings
    where key = 'sampling.traces'
),

allowed as (
    select value as tolerance
    from thresholds
    where name = 'sampling_tolerance'
),

windows as (
    select
        replace(replace(replace(metric_windows.labels, '{', ''), '}', ''), '"', '') as series,
        metric_windows.window_start,
        max(case when metric_windows.metric = 'seen_traces' then metric_windows.value end) as seen,
        max(case when metric_windows.metric = 'kept_traces' then metric_windows.value end) as kept
    from metric_windows
    inner join period on metric_windows.local_date between period.first_day and period.last_day
    where
        metric_windows.metric in ('seen_traces', 'kept_traces')
        and metric_windows.value between 0 and 1000000000000.0
    group by metric_windows.labels, metric_windows.window_start
),

counted as (
    select
        series,
        cast(sum(cast(seen as decimal(38, 6))) as double) as seen,
        cast(sum(cast(kept as decimal(38, 6))) as double) as kept
    from windows
    where seen is not null and kept is not null
    group by series
),

measured as (
    select
        series as subject,
        seen,
        kept,
        kept / seen as share,
        cast(null as varchar) as origin
    from counted
    where seen > 0
    union all
    select
        subject,
        cast(null as double) as seen,
        cast(null as double) as kept,
        number as share,
        origin
    from setting_values
    where key = 'sampling.traces' and layer = 'measured'
),

compared as (
    select
        declared.*,
        measured.subject,
        measured.seen,
        measured.kept,
        measured.share,
        measured.origin,
        allowed.tolerance,
        abs(measured.share - declared.number) <= allowed.tolerance * declared.number + 0.000000001 as is_near,
        -- the square of three standard errors of the count, on either side without its root
        coalesce(
            9 * declared.number * (1 - declared.number)
            <= measured.seen * allowed.tolerance * declared.number * allowed.tolerance * declared.number,
            true
        ) as is_precise,
        coalesce(
            (measured.share - declared.number) * (measured.share - declared.number) * measured.seen
            > 9 * declared.number * (1 - declared.number),
            true
        ) as is_significant
    from declared
    cross join allowed
    left join measured on declared.statements is not null
)

select
    concat('sampling.traces', coalesce(' ' || subject, '')) as resource,
    case
        when is_near is null then 'not assessed'
        when not is_near and is_significant then 'fail'
        when is_precise and is_near then 'pass'
        else 'not assessed'
    end as status,
    case
        when subject is null then 'It is declared, and no counts of the period tell what was kept.'
        when number is null then concat('What is declared is no share: ', statements, '.')
        when share is null then 'What was measured is no share.'
        when not is_precise and (is_near or not is_significant)
            then concat(
                'Of ', cast(cast(seen as bigint) as varchar),
                ' traces too few were counted to tell the declared share from another.'
            )
        else concat(
            case
                when seen is not null
                    then concat(
                        cast(cast(round(kept, 0) as bigint) as varchar), ' of ',
                        cast(cast(round(seen, 0) as bigint) as varchar), ' traces of the period were kept'
                    )
                else concat('Measured', coalesce(' (' || origin || ')', ''))
            end,
            ': ', cast(cast(share * 100 as decimal(9, 2)) as varchar), ' %.'
        )
    end as reason,
    case
        when number is null then statements
        else concat(
            written, ', give or take ', cast(cast(tolerance * 100 as decimal(5, 1)) as varchar), ' % of it'
        )
    end as expected,
    case when share is not null then concat(cast(cast(share * 100 as decimal(9, 2)) as varchar), ' %') end as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from compared
order by resource

-- ---
-- title = "Every source delivered all its records"
-- severity = "medium"
-- controls = ["soc2:CC2.1", "iso27001:A.8.15"]
-- why = "A row that was set aside or an answer that was cut short is missing from every figure."
-- remedy = "Mend the rows listed with the data quality at their origin and extract again; narrow the window of answers that were cut."
-- definition = """
-- Complete: no row was set aside, no answer was truncated, no window failed, and the source's own total, where it gives
-- one, was received. An extract counts until a later one of the same subject that did not fail reads the same window, or
-- one around it; the failure of a source as a whole until any later extract of it reads as far.
-- """
-- ---
with windows as (
    select
        *,
        coalesce(window_start, timestamp '1970-01-01 00:00:00') as starts_at,
        coalesce(window_end, timestamp '1970-01-01 00:00:00') as ends_at
    from extracts
),

read_again as (
    select windows.extract_id
    from windows
    inner join windows as later
        on
            windows.source = later.source
            and windows.subject = later.subject
    where
        later.extract_id > windows.extract_id
        and later.outcome <> 'failed'
        and (
            later.starts_at = windows.starts_at
            or (later.starts_at < windows.starts_at and later.ends_at >= windows.ends_at)
        )
),

whole_failures as (
    select
        extract_id,
        source,
        ends_at
    from windows
    where subject = '(source)'
),

overcome as (
    select whole_failures.extract_id
    from whole_failures
    inner join windows as later on whole_failures.source = later.source
    where
        later.extract_id > whole_failures.extract_id
        and later.outcome <> 'failed'
        and later.ends_at >= whole_failures.ends_at
),

newest as (
    select *
    from windows
    where
        not exists (
            select 1 from read_again
            where read_again.extract_id = windows.extract_id
        )
        and not exists (
            select 1 from overcome
            where overcome.extract_id = windows.extract_id
        )
),

summed as (
    select
        source,
        count(*) as extracts,
        sum(rows_received) as rows_received,
        sum(rows_rejected) as rows_rejected,
        count(case when truncated then 1 end) as truncated,
        count(case when outcome = 'failed' then 1 end) as failed,
        count(case when server_total > rows_received then 1 end) as short
    from newest
    group by source
)

select
    declared_sources.source as resource,
    case
        when summed.extracts is null then 'not assessed'
        when summed.failed = summed.extracts then 'not assessed'
        when summed.rows_rejected + summed.truncated + summed.failed + summed.short = 0 then 'pass'
        else 'partial'
    end as status,
    case
        when summed.extracts is null then 'The source is configured and was never extracted.'
        when summed.rows_rejected + summed.truncated + summed.failed + summed.short = 0
            then concat(cast(summed.rows_received as varchar), ' rows were received, none was set aside.')
        else concat(
            cast(summed.rows_rejected as varchar), ' rows set aside, ',
            cast(summed.truncated as varchar), ' answers cut short, ',
            cast(summed.failed as varchar), ' windows failed, ',
            cast(summed.short as varchar), ' below the source''s own total.'
        )
    end as reason,
    'nothing set aside, cut or failed' as expected,
    concat(
        cast(coalesce(summed.rows_rejected, 0) as varchar), ' of ',
        cast(coalesce(summed.rows_received + summed.rows_rejected, 0) as varchar), ' rows set aside'
    ) as observed,
    'accounting practice: information produced by the entity is complete and accurate' as basis
from declared_sources
left join summed on declared_sources.source = summed.source
order by resource

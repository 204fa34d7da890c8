-- ---
-- title = "Pass and coverage rates"
-- chapter = "trends"
-- order = 5
-- note = "Each period as its own report published it, this one as it stands now; periods without a report are left out. Coverage: findings judged in full, of all that apply. Pass rate: findings in order or attested, of those judged in full, an accepted exception among those that are not. The one says little without the other. Changes are counted from one report to the next over findings that both have (the same check and resource), as people judged them."
-- ---
with known as (
    select
        periods.position,
        periods.period,
        published_findings.fingerprint,
        published_findings.status
    from published_findings
    inner join periods on published_findings.period = periods.period
    union all
    select
        periods.position,
        periods.period,
        judgements.fingerprint,
        judgements.status
    from judgements
    inner join periods on periods.is_report
),

sorted as (
    select
        position,
        period,
        fingerprint,
        case
            when status in ('pass', 'pass (attested)') then 'pass'
            when status in ('fail', 'exception accepted') then 'fail'
            when status = 'not applicable' then status
            else 'not assessed'
        end as result
    from known
),

reports as (
    select
        position,
        period,
        count(case when result <> 'not applicable' then 1 end) as applicable,
        count(case when result in ('pass', 'fail') then 1 end) as judged,
        count(case when result = 'pass' then 1 end) as passed,
        lag(position) over (order by position) as position_before
    from sorted
    group by position, period
),

pairs as (
    select
        reports.position,
        sorted.result,
        earlier.result as result_before
    from reports
    inner join sorted on reports.position = sorted.position
    inner join sorted as earlier
        on reports.position_before = earlier.position and sorted.fingerprint = earlier.fingerprint
),

moved as (
    select
        position,
        count(*) as compared,
        count(case when result = 'fail' and result_before = 'pass' then 1 end) as broken,
        count(case when result = 'pass' and result_before = 'fail' then 1 end) as mended,
        count(case when result = 'not assessed' and result_before in ('pass', 'fail') then 1 end) as lost,
        count(case when result in ('pass', 'fail') and result_before = 'not assessed' then 1 end) as gained
    from pairs
    group by position
)

select
    reports.period,
    reports.applicable,
    case when reports.applicable > 0 then reports.judged * 1.0 / reports.applicable end as coverage,
    case when reports.judged > 0 then reports.passed * 1.0 / reports.judged end as pass_rate,
    reports.judged,
    case when reports.position_before is not null then coalesce(moved.compared, 0) end as compared,
    case when reports.position_before is not null then coalesce(moved.broken, 0) end as broken,
    case when reports.position_before is not null then coalesce(moved.mended, 0) end as mended,
    case when reports.position_before is not null then coalesce(moved.lost, 0) end as lost,
    case when reports.position_before is not null then coalesce(moved.gained, 0) end as gained
from reports
left join moved on reports.position = moved.position
order by reports.position

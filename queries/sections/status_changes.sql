-- ---
-- title = "Findings whose status changed since the last report"
-- chapter = "trends"
-- order = 6
-- note = "Compared with the newest report of the nearest earlier period, what broke first. What is as it was, and what only one of the two reports has, is not listed."
-- ---
with last_report as (
    select
        periods.period,
        row_number() over (order by periods.position desc) as back
    from periods
    where periods.period in (select published_findings.period from published_findings)
),

changed as (
    select
        judgements.title,
        judgements.severity,
        judgements.resource,
        published_findings.status as status_before,
        judgements.status,
        judgements.reason,
        published_findings.period as period_before,
        case
            when judgements.status in ('fail', 'error') then 1
            when judgements.status = 'exception accepted' then 2
            when judgements.status in ('not assessed', 'partial') then 3
            when judgements.status = 'not applicable' then 4
            else 5
        end as concern
    from judgements
    inner join published_findings on judgements.fingerprint = published_findings.fingerprint
    inner join last_report on published_findings.period = last_report.period and last_report.back = 1
    where judgements.status <> published_findings.status
)

select
    title,
    severity,
    resource,
    status_before,
    status,
    reason,
    period_before
from changed
order by
    concern,
    case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end,
    title,
    resource

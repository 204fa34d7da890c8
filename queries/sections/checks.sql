-- ---
-- title = "Results"
-- chapter = "checks"
-- order = 1
-- ---
with counted as (
    select
        check_id,
        min(title) as title,
        min(severity) as severity,
        count(*) as total,
        count(case when status in ('pass', 'pass (attested)') then 1 end) as passed,
        count(case when status in ('fail', 'error') then 1 end) as failed,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'error' then 1 end) as errors
    from findings
    group by check_id
)

select
    title,
    severity,
    case
        when errors > 0 then 'error'
        when failed > 0 then 'fail'
        when unassessed > 0 then 'not assessed'
        when partial > 0 then 'partial'
        when accepted > 0 then 'exception accepted'
        when passed > 0 then 'pass'
        else 'not applicable'
    end as status,
    passed,
    failed,
    partial,
    unassessed,
    total
from counted
order by
    case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end,
    title

-- ---
-- title = "Exceptions"
-- chapter = "exceptions"
-- order = 1
-- ---
select
    title,
    severity,
    resource,
    status,
    reason,
    expected,
    observed
from judgements
where status not in ('pass', 'pass (attested)', 'not applicable')
order by
    case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end,
    title,
    case status
        when 'error' then 1 when 'fail' then 2 when 'not assessed' then 3 when 'partial' then 4 else 5
    end,
    resource

-- ---
-- title = "Exceptions"
-- chapter = "exceptions"
-- order = 1
-- ---
with ranked as (
    select
        *,
        case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end
            as gravity,
        row_number() over (
            partition by check_id
            order by
                case status
                    when 'error' then 1 when 'fail' then 2 when 'not assessed' then 3 when 'partial' then 4 else 5
                end,
                resource
        ) as place,
        count(*) over (partition by check_id) as of_its_check
    from judgements
    where status not in ('pass', 'pass (attested)', 'not applicable')
)

select
    check_id,
    title,
    severity,
    resource,
    status,
    reason,
    expected,
    observed,
    place,
    case
        when of_its_check = 1 then concat(title, ' (', severity, ')')
        else concat(title, ' (', severity, ', ', cast(of_its_check as varchar), ' exceptions)')
    end as heading
from ranked
order by gravity, title, place

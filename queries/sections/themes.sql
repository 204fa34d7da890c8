-- ---
-- title = "Checks by theme"
-- chapter = "themes"
-- order = 1
-- note = "A check's theme is what its definition says, else that of the first requirement it answers for. It counts as its worst resource."
-- ---
with first_themes as (
    select
        check_controls.check_id,
        controls.area
    from check_controls
    inner join controls
        on check_controls.framework = controls.framework and check_controls.control_id = controls.control_id
    qualify row_number() over (partition by check_controls.check_id order by check_controls.position) = 1
),

ranked as (
    select
        *,
        case status
            when 'fail' then 1 when 'error' then 2 when 'not assessed' then 3 when 'partial' then 4
            when 'exception accepted' then 5 else 6
        end as gravity,
        row_number() over (
            partition by check_id
            order by
                case status
                    when 'fail' then 1 when 'error' then 2 when 'not assessed' then 3 when 'partial' then 4
                    when 'exception accepted' then 5 else 6
                end,
                resource
        ) as place
    from judgements
),

counted as (
    select
        check_id,
        min(title) as title,
        min(severity) as severity,
        count(*) as total,
        count(case when status = 'pass' then 1 end) as passed,
        count(case when status = 'pass (attested)' then 1 end) as attested,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'error' then 1 end) as errors,
        count(case when status = 'fail' then 1 end) as failed
    from ranked
    group by check_id
),

worst as (
    select
        check_id,
        array_to_string(list_sort(list(resource)), ', ') as resources,
        max(case when place = 1 then resource end) as first_one
    from ranked
    where gravity < 6 and place <= 3
    group by check_id
)

select
    areas.title as theme,
    counted.check_id,
    counted.title,
    counted.severity,
    case
        when counted.failed > 0 then 'fail'
        when counted.errors > 0 then 'error'
        when counted.unassessed > 0 then 'not assessed'
        when counted.partial > 0 then 'partial'
        when counted.accepted > 0 then 'exception accepted'
        when counted.attested > 0 then 'pass (attested)'
        when counted.passed > 0 then 'pass'
        else 'not applicable'
    end as status,
    counted.failed + counted.errors as failed,
    counted.unassessed + counted.partial as unassessed,
    counted.accepted,
    counted.passed + counted.attested as passed,
    counted.total,
    worst.resources as worst,
    worst.first_one as worst_one
from counted
left join worst on counted.check_id = worst.check_id
left join definitions on counted.check_id = definitions.id and definitions.kind = 'checks'
left join first_themes on counted.check_id = first_themes.check_id
inner join areas on areas.area = coalesce(definitions.area, first_themes.area, 'governance')
order by
    areas.position,
    case counted.severity
        when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5
    end,
    counted.title

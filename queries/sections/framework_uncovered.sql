-- ---
-- title = "Requirements that no check covers"
-- chapter = "frameworks"
-- order = 3
-- note = "This report says nothing about them. The lists hold what delivery and operation can be asked about and name what lies beyond; a framework asks for more than stands here."
-- ---
select
    framework_results.framework_title,
    control_results.framework,
    control_results.control_id,
    control_results.title,
    control_results.check_kind,
    control_results.mandatory,
    controls.note,
    framework_results.position
from control_results
inner join framework_results on control_results.framework = framework_results.framework
inner join controls
    on control_results.framework = controls.framework and control_results.control_id = controls.control_id
where control_results.status = 'not covered'
order by
    framework_results.position,
    case control_results.check_kind when 'automatic' then 1 when 'record' then 2 else 3 end,
    control_results.position

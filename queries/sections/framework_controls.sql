-- ---
-- title = "Requirements that checks answer for"
-- chapter = "frameworks"
-- order = 2
-- note = "Titles are this report's own words; the framework's text governs. A requirement counts as the worst of what its checks found; none of these results is an opinion on the framework as a whole."
-- ---
select
    framework_results.framework_title,
    control_results.framework,
    control_results.control_id,
    concat(
        control_results.title,
        coalesce(' (' || control_results.level || ')', ''),
        coalesce(
            '. Outside the declared scope: ' || control_results.exclusion_reason || ' ('
            || control_results.exclusion_approver || ')', ''
        )
    ) as title,
    control_results.mandatory,
    control_results.status,
    control_results.check_ids,
    control_results.failed + control_results.errors as failed,
    control_results.unassessed + control_results.partial as unassessed,
    control_results.accepted,
    control_results.passed + control_results.attested as passed,
    control_results.findings,
    control_results.coverage,
    array_length(control_results.check_ids) as checks,
    array_to_string(control_results.check_ids, ', ') as answered_by
from control_results
inner join framework_results on control_results.framework = framework_results.framework
where control_results.status <> 'not covered'
order by framework_results.position, control_results.position

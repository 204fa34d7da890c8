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
    case
        when control_results.level is null then control_results.title
        else concat(control_results.title, ' (', control_results.level, ')')
    end as title,
    control_results.mandatory,
    control_results.status,
    control_results.check_ids,
    control_results.failed + control_results.errors as failed,
    control_results.unassessed + control_results.partial as unassessed,
    control_results.accepted,
    control_results.passed + control_results.attested as passed,
    control_results.findings,
    control_results.coverage,
    case
        when control_results.exclusion_reason is not null
            then concat(
                'Outside the declared scope: ', control_results.exclusion_reason, ' (',
                control_results.exclusion_approver, ')'
            )
        when array_length(control_results.check_ids) > 2
            then concat(cast(array_length(control_results.check_ids) as varchar), ' checks')
        else array_to_string(control_results.check_ids, ', ')
    end as answered_by
from control_results
inner join framework_results on control_results.framework = framework_results.framework
where control_results.status <> 'not covered'
order by framework_results.position, control_results.position

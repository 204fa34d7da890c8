-- ---
-- title = "Frameworks"
-- chapter = "frameworks"
-- order = 1
-- note = "Each framework's requirements are counted by result. Incomplete: a mandatory requirement could not be assessed, or only in part. Judged is the share of the applicable requirements with a result; what no check covers counts as not judged."
-- ---
select
    framework,
    framework_title,
    edition,
    overall,
    requirements,
    failed + errors as failed,
    unassessed + partial as unassessed,
    accepted,
    attested,
    passed,
    uncovered,
    not_applicable,
    mandatory_unassessed,
    coverage,
    position
from framework_results
union all
select
    controls.framework,
    min(controls.framework_title) as framework_title,
    min(controls.edition) as edition,
    'not selected' as overall,
    count(*) as requirements,
    cast(null as bigint) as failed,
    cast(null as bigint) as unassessed,
    cast(null as bigint) as accepted,
    cast(null as bigint) as attested,
    cast(null as bigint) as passed,
    cast(null as bigint) as uncovered,
    cast(null as bigint) as not_applicable,
    cast(null as bigint) as mandatory_unassessed,
    cast(null as double) as coverage,
    100 + min(controls.position) as position
from controls
left join selected_frameworks on controls.framework = selected_frameworks.framework
where selected_frameworks.framework is null
group by controls.framework
order by position, framework

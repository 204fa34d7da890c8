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
    coverage
from framework_results
order by framework_title, framework

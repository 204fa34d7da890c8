-- ---
-- title = "Result of each selected framework"
-- grain = "one framework"
-- definition = """
-- Requirements counted by result. Nothing is assessed where no requirement was judged at all. The result is incomplete
-- if a finding of a mandatory requirement that checks answer for was not assessed, assessed in part or ended in
-- an error, also where the requirement fails anyway. Else it is exceptions noted if one fails, and otherwise no exceptions
-- noted, which speaks of what is covered and of nothing more. Coverage is the share of the applicable requirements that
-- were judged; what no check covers counts in it as not judged.
-- """
-- ---
with counted as (
    select
        framework,
        count(*) as requirements,
        count(case when status <> 'not applicable' then 1 end) as applicable,
        count(case when status = 'pass' then 1 end) as passed,
        count(case when status = 'pass (attested)' then 1 end) as attested,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'error' then 1 end) as errors,
        count(case when status = 'fail' then 1 end) as failed,
        count(case when status = 'not covered' then 1 end) as uncovered,
        count(case when status = 'not applicable' then 1 end) as not_applicable,
        count(
            case when mandatory and status <> 'not applicable' and unassessed + partial + errors > 0 then 1 end
        ) as mandatory_unassessed
    from control_results
    group by framework
)

select
    selected_frameworks.framework,
    selected_frameworks.framework_title,
    selected_frameworks.edition,
    case
        when counted.passed + counted.attested + counted.accepted + counted.failed = 0 then 'nothing assessed'
        when counted.mandatory_unassessed > 0 then 'incomplete'
        when counted.failed > 0 then 'exceptions noted'
        else 'no exceptions noted'
    end as overall,
    counted.requirements,
    counted.applicable,
    counted.passed,
    counted.attested,
    counted.accepted,
    counted.partial,
    counted.unassessed,
    counted.errors,
    counted.failed,
    counted.uncovered,
    counted.not_applicable,
    counted.mandatory_unassessed,
    case
        when counted.applicable > 0
            then
                cast(counted.passed + counted.attested + counted.accepted + counted.failed as double)
                / counted.applicable
    end as coverage,
    selected_frameworks.position
from selected_frameworks
inner join counted on selected_frameworks.framework = counted.framework
order by selected_frameworks.position

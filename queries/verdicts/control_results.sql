-- ---
-- title = "Result of each requirement of each selected framework"
-- grain = "one requirement of a framework"
-- definition = """
-- The findings of all checks whose header names the requirement, as people judged them. One fail makes it fail; else an
-- error, then what was not assessed, then what was assessed in part decides; then an accepted exception, then what is
-- attested only; it passes if nothing but passes is left. A declared number that is less than the requirement itself
-- asks is a finding of that requirement too, when it fails. Without any finding it is not covered, which is never a
-- pass. Not applicable is what the scope excludes, or where every finding says so. Coverage is the share of the
-- applicable findings that were judged in full. It is mandatory if the framework leaves no choice, or a mandatory check
-- answers for it.
-- """
-- ---
with mapped as (
    select
        framework,
        control_id,
        check_id,
        count(case when mandatory then 1 end) > 0 as is_mandatory
    from check_controls
    group by framework, control_id, check_id
),

check_counts as (
    select
        check_id,
        count(case when status <> 'not applicable' then 1 end) as findings,
        count(case when status = 'pass' then 1 end) as passed,
        count(case when status = 'pass (attested)' then 1 end) as attested,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'error' then 1 end) as errors,
        count(case when status = 'fail' then 1 end) as failed
    from judgements
    group by check_id
),

-- a check that said nothing counts as one finding that was not assessed
answers as (
    select
        mapped.framework,
        mapped.control_id,
        mapped.check_id,
        mapped.is_mandatory,
        coalesce(check_counts.findings, 1) as findings,
        coalesce(check_counts.passed, 0) as passed,
        coalesce(check_counts.attested, 0) as attested,
        coalesce(check_counts.accepted, 0) as accepted,
        coalesce(check_counts.partial, 0) as partial,
        coalesce(check_counts.unassessed, 1) as unassessed,
        coalesce(check_counts.errors, 0) as errors,
        coalesce(check_counts.failed, 0) as failed
    from mapped
    left join check_counts on mapped.check_id = check_counts.check_id
    union all
    -- declared too weak for this very requirement; the requirements that the check's header names have it anyway
    select
        threshold_comparisons.framework,
        threshold_comparisons.control_id,
        judgements.check_id,
        false as is_mandatory,
        count(*) as findings,
        0 as passed,
        0 as attested,
        count(case when judgements.status = 'exception accepted' then 1 end) as accepted,
        0 as partial,
        0 as unassessed,
        0 as errors,
        count(case when judgements.status = 'fail' then 1 end) as failed
    from threshold_comparisons
    inner join judgements
        on
            judgements.check_id = 'declared_meets_frameworks'
            and threshold_comparisons.resource = judgements.resource
    where
        judgements.status in ('fail', 'exception accepted')
        and not exists (
            select 1 from mapped
            where
                mapped.framework = threshold_comparisons.framework
                and mapped.control_id = threshold_comparisons.control_id
                and mapped.check_id = 'declared_meets_frameworks'
        )
    group by threshold_comparisons.framework, threshold_comparisons.control_id, judgements.check_id
),

answered as (
    select
        framework,
        control_id,
        list_sort(list(check_id)) as check_ids,
        count(*) as checks,
        count(case when is_mandatory then 1 end) > 0 as is_mandatory,
        cast(sum(findings) as bigint) as findings,
        cast(sum(passed) as bigint) as passed,
        cast(sum(attested) as bigint) as attested,
        cast(sum(accepted) as bigint) as accepted,
        cast(sum(partial) as bigint) as partial,
        cast(sum(unassessed) as bigint) as unassessed,
        cast(sum(errors) as bigint) as errors,
        cast(sum(failed) as bigint) as failed
    from answers
    group by framework, control_id
)

select
    controls.framework,
    controls.framework_title,
    controls.control_id,
    controls.title,
    controls.area,
    controls.level,
    controls.check_kind,
    controls.mandatory or coalesce(answered.is_mandatory, false) as mandatory,
    case
        when scope_exclusions.control_id is not null then 'not applicable'
        when answered.checks is null then 'not covered'
        when answered.failed > 0 then 'fail'
        when answered.errors > 0 then 'error'
        when answered.unassessed > 0 then 'not assessed'
        when answered.partial > 0 then 'partial'
        when answered.accepted > 0 then 'exception accepted'
        when answered.attested > 0 then 'pass (attested)'
        when answered.passed > 0 then 'pass'
        else 'not applicable'
    end as status,
    coalesce(answered.checks, 0) as checks,
    coalesce(answered.findings, 0) as findings,
    coalesce(answered.passed, 0) as passed,
    coalesce(answered.attested, 0) as attested,
    coalesce(answered.accepted, 0) as accepted,
    coalesce(answered.partial, 0) as partial,
    coalesce(answered.unassessed, 0) as unassessed,
    coalesce(answered.errors, 0) as errors,
    coalesce(answered.failed, 0) as failed,
    case
        when answered.findings > 0
            then
                cast(answered.passed + answered.attested + answered.accepted + answered.failed as double)
                / answered.findings
    end as coverage,
    scope_exclusions.reason as exclusion_reason,
    scope_exclusions.approver as exclusion_approver,
    answered.check_ids,
    controls.position
from controls
inner join selected_frameworks on controls.framework = selected_frameworks.framework
left join answered on controls.framework = answered.framework and controls.control_id = answered.control_id
left join scope_exclusions
    on controls.framework = scope_exclusions.framework and controls.control_id = scope_exclusions.control_id
order by selected_frameworks.position, controls.position

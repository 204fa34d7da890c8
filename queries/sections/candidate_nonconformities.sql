-- ---
-- title = "Candidates for a nonconformity"
-- chapter = "exceptions"
-- order = 3
-- note = "Failed findings that no open nonconformity answers for and no waiver accepts: those of a check of high or critical severity, and any that failed in the report before this one too. An open nonconformity answers for a finding by its fingerprint, else by its check and resource, or by its check alone when it names no resource. One finding of each check comes before a second one of any. People decide which of them to open; the fingerprint goes into the register."
-- ---
with fails as (
    select
        judgements.fingerprint,
        judgements.check_id,
        judgements.title,
        judgements.severity,
        judgements.resource,
        judgements.reason,
        judgements.controls
    from judgements
    where judgements.status = 'fail'
),

answered as (
    select
        fails.fingerprint,
        nonconformity_states.nonconformity_id,
        nonconformity_states.state = 'closed' as is_closed,
        row_number() over (
            partition by fails.fingerprint, nonconformity_states.state = 'closed'
            order by nonconformity_states.closed_at desc, nonconformity_states.nonconformity_id asc
        ) as rank
    from fails
    cross join nonconformity_states
    where
        nonconformity_states.fingerprint = fails.fingerprint
        or (
            nonconformity_states.fingerprint is null
            and nonconformity_states.check_id = fails.check_id
            and (nonconformity_states.resource is null or nonconformity_states.resource = fails.resource)
        )
),

open_ones as (
    select fingerprint
    from answered
    where not is_closed and rank = 1
),

closed_ones as (
    select
        fingerprint,
        nonconformity_id as repeat_of
    from answered
    where is_closed and rank = 1
),

reports as (
    select
        periods.period,
        periods.position,
        row_number() over (order by periods.position desc) as back
    from periods
    where periods.period in (select published_findings.period from published_findings)
),

earlier as (
    select
        published_findings.fingerprint,
        min(reports.position) as first_position,
        max(case when reports.back = 1 then 1 else 0 end) as failed_before
    from published_findings
    inner join reports on published_findings.period = reports.period
    where published_findings.measured_status = 'fail'
    group by published_findings.fingerprint
),

candidates as (
    select
        fails.fingerprint,
        fails.check_id,
        fails.title,
        fails.severity,
        fails.resource,
        fails.reason,
        array_to_string(fails.controls, ', ') as controls,
        coalesce(first_reports.period, period.label) as first_seen,
        coalesce(earlier.failed_before, 0) = 1 as failed_before,
        closed_ones.repeat_of,
        case fails.severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end
            as gravity
    from fails
    cross join period
    left join open_ones on fails.fingerprint = open_ones.fingerprint
    left join closed_ones on fails.fingerprint = closed_ones.fingerprint
    left join earlier on fails.fingerprint = earlier.fingerprint
    left join periods as first_reports on earlier.first_position = first_reports.position
    where
        open_ones.fingerprint is null
        and (fails.severity in ('critical', 'high') or coalesce(earlier.failed_before, 0) = 1)
),

ranked as (
    select
        *,
        row_number() over (
            partition by check_id
            order by case when repeat_of is not null then 1 when failed_before then 2 else 3 end, resource
        ) as rank,
        count(*) over (partition by check_id) as of_check
    from candidates
)

select
    fingerprint,
    check_id,
    title,
    severity,
    resource,
    concat(
        title, ': ', reason,
        case
            when rank = 1 and of_check > 1
                then concat(' (One of ', cast(of_check as varchar), ' candidates of this check.)')
            else ''
        end,
        case when repeat_of is not null then concat(' Repeat of ', repeat_of, ', which is closed.') else '' end
    ) as statement,
    controls,
    first_seen,
    failed_before,
    repeat_of
from ranked
order by rank, gravity, check_id, resource

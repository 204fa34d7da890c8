-- ---
-- title = "The period in four answers"
-- chapter = "summary"
-- order = 1
-- ---
with statuses as (
    select
        check_id,
        min(title) as title,
        min(severity) as severity,
        count(*) as total,
        count(case when status in ('fail', 'error') then 1 end) as failed,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'not applicable' then 1 end) as inapplicable
    from judgements
    group by check_id
),

ranked_checks as (
    select
        *,
        case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end
            as rank
    from statuses
),

stated as (
    select
        *,
        case
            when failed > 0 then 'fail'
            when unassessed = total then 'not assessed'
            when partial + unassessed > 0 then 'partial'
            when accepted > 0 then 'exception accepted'
            when inapplicable = total then 'not applicable'
            else 'pass'
        end as status
    from ranked_checks
),

overview as (
    select
        count(*) as checks,
        count(case when status = 'fail' then 1 end) as failed,
        count(case when status = 'not assessed' then 1 end) as unassessed,
        count(case when status = 'partial' then 1 end) as partial,
        count(case when status = 'exception accepted' then 1 end) as accepted,
        count(case when status = 'pass' then 1 end) as passed
    from stated
    where status <> 'not applicable'
),

control as (
    select
        'control' as question,
        0 as rank,
        cast(null as varchar) as status,
        cast(null as varchar) as kind,
        concat(
            'Of ', cast(checks as varchar), ' checks ', cast(passed as varchar), ' hold, ', cast(failed as varchar),
            ' do not, ',
            case when accepted > 0 then concat(cast(accepted as varchar), ' do not and are accepted, ') else '' end,
            cast(partial as varchar), ' hold as far as could be judged, and ', cast(unassessed as varchar),
            ' could not be judged at all.'
        ) as statement
    from overview
    where checks > 0
    union all
    select
        'control' as question,
        rank + case status
            when 'fail' then 0 when 'not assessed' then 10 when 'partial' then 20 else 30
        end as rank,
        status,
        status as kind,
        case status
            when 'fail'
                then concat(
                    title, ': ', cast(failed as varchar), ' of ', cast(total as varchar),
                    ' do not conform.'
                )
            when 'not assessed' then concat(title, ': nothing could be judged.')
            when 'partial'
                then concat(
                    title, ': ', cast(partial + unassessed as varchar), ' of ', cast(total as varchar),
                    ' only in part or not at all.'
                )
            else concat(
                title, ': ', cast(accepted as varchar), ' of ', cast(total as varchar),
                ' do not conform and are accepted by a waiver.'
            )
        end as statement
    from stated
    where status not in ('pass', 'not applicable')
),

last_report as (
    select
        periods.period,
        row_number() over (order by periods.position desc) as back
    from periods
    where periods.period in (select published_findings.period from published_findings)
),

results as (
    select
        last_report.period,
        case
            when published_findings.status in ('pass', 'pass (attested)') then 'pass'
            when published_findings.status in ('fail', 'exception accepted') then 'fail'
        end as result_before,
        case
            when judgements.status in ('pass', 'pass (attested)') then 'pass'
            when judgements.status in ('fail', 'exception accepted') then 'fail'
            when judgements.status in ('not assessed', 'partial', 'error') then 'not assessed'
        end as result
    from judgements
    inner join published_findings on judgements.fingerprint = published_findings.fingerprint
    inner join last_report on published_findings.period = last_report.period and last_report.back = 1
),

turned as (
    select
        period,
        count(case when result_before = 'pass' and result = 'fail' then 1 end) as broken,
        count(case when result_before = 'fail' and result = 'pass' then 1 end) as mended,
        count(case when result_before in ('pass', 'fail') and result = 'not assessed' then 1 end) as lost
    from results
    group by period
),

positions as (
    select
        periods.first_day,
        max(periods.position) over () - periods.position as back
    from periods
),

compared as (
    select
        metrics.metric,
        metrics.scope,
        max(case when positions.back = 0 then metrics.value end) as value,
        max(case when positions.back = 1 then metrics.value end) as previous,
        max(case when positions.back = 0 then metrics.n end) as n,
        max(case when positions.back = 1 then metrics.n end) as previous_n
    from metrics
    inner join positions on metrics.starts_on = positions.first_day
    where
        metrics.grain = 'period'
        and metrics.scope_type = 'service'
        and metrics.environment is null
        and (
            (metrics.metric = 'change_lead_time' and metrics.statistic = 'median')
            or (metrics.metric = 'change_fail_rate' and metrics.statistic = 'rate')
            or (metrics.metric = 'deployment_frequency' and metrics.statistic = 'per_week')
        )
    group by metrics.metric, metrics.scope
),

moved as (
    select
        compared.*,
        definitions.title,
        compared.value / compared.previous - 1 as movement,
        case
            when definitions.better = 'higher' and compared.value > compared.previous then 'better'
            when definitions.better = 'lower' and compared.value < compared.previous then 'better'
            else 'worse'
        end as kind
    from compared
    inner join definitions on compared.metric = definitions.id and definitions.kind = 'metrics'
    cross join thresholds
    where
        thresholds.name = 'small_n'
        and compared.value > 0
        and compared.previous > 0
        and compared.n >= thresholds.value
        and compared.previous_n >= thresholds.value
        and abs(compared.value / compared.previous - 1) >= 0.25
),

ranked_moves as (
    select
        *,
        row_number() over (
            order by kind desc, abs(ln(value / previous)) desc, metric asc, scope asc
        ) as rank
    from moved
),

change as (
    select
        'change' as question,
        0 as rank,
        case when broken > 0 then 'fail' end as status,
        cast(null as varchar) as kind,
        concat(
            'Since the report of ', period, ' findings turned from pass to fail: ', cast(broken as varchar),
            ', from fail to pass: ', cast(mended as varchar), ', and to not assessed: ', cast(lost as varchar), '.'
        ) as statement
    from turned
    where broken + mended + lost > 0
    union all
    select
        'change' as question,
        0 as rank,
        cast(null as varchar) as status,
        cast(null as varchar) as kind,
        'No earlier period is known that this one could be compared with.' as statement
    from overview
    where
        not exists (
            select 1 from compared
            where compared.value is not null and compared.previous is not null
        )
        and not exists (select 1 from last_report)
    union all
    select
        'change' as question,
        rank,
        cast(null as varchar) as status,
        kind,
        concat(
            title, ' of ', scope,
            case when movement > 0 then ' rose by ' else ' fell by ' end,
            cast(cast(round(abs(movement) * 100) as bigint) as varchar), ' % (n ',
            cast(n as varchar), ', before ', cast(previous_n as varchar), ').'
        ) as statement
    from ranked_moves
),

budgets as (
    select
        slo_objectives.title,
        metrics.value as spent,
        row_number() over (order by metrics.value desc, metrics.scope asc) as place
    from metrics
    inner join period on metrics.starts_on = period.first_day
    inner join slo_objectives on metrics.scope = slo_objectives.slo_id
    where
        metrics.metric = 'slo_error_budget'
        and metrics.statistic = 'spent'
        and metrics.value > 1
),

decision as (
    -- what is critical, then what broke a promise to customers, then the rest
    select
        'decision' as question,
        case when ranked_checks.rank = 1 then 0 else 1000000 end as rank,
        'fail' as status,
        cast(null as varchar) as kind,
        concat(ranked_checks.title, ' does not hold. ', definitions.remedy) as statement
    from ranked_checks
    inner join definitions on ranked_checks.check_id = definitions.id and definitions.kind = 'checks'
    where
        ranked_checks.failed > 0
        and ranked_checks.rank <= 2
    union all
    select
        'decision' as question,
        place as rank,
        'fail' as status,
        cast(null as varchar) as kind,
        concat(
            title, ' has spent ', cast(cast(round(spent * 100) as bigint) as varchar),
            ' % of its error budget: put reliability before features, or lower the objective with a reason.'
        ) as statement
    from budgets
),

unassessed as (
    select
        'unassessed' as question,
        rank,
        case when unassessed > 0 then 'not assessed' else 'partial' end as status,
        cast(null as varchar) as kind,
        concat(
            title, ': ',
            case when unassessed > 0 then concat(
                cast(unassessed as varchar), ' of ', cast(total as varchar),
                ' could not be judged'
            ) else '' end,
            case when unassessed > 0 and partial > 0 then ', ' else '' end,
            case when partial > 0 then concat(
                cast(partial as varchar), ' of ', cast(total as varchar),
                ' only in part'
            ) else '' end,
            '.'
        ) as statement
    from ranked_checks
    where partial + unassessed > 0
),

answers as (
    select * from control
    union all
    select * from change
    union all
    select * from decision
    union all
    select * from unassessed
),

numbered as (
    select
        *,
        row_number() over (partition by question order by rank, statement) as position
    from answers
),

left_out as (
    select
        question,
        count(*) as more,
        count(case when kind = 'fail' then 1 end) as failed,
        count(case when kind = 'not assessed' then 1 end) as unassessed,
        count(case when kind = 'partial' then 1 end) as partial,
        count(case when kind = 'exception accepted' then 1 end) as accepted,
        count(case when kind = 'worse' then 1 end) as worse,
        count(case when kind = 'better' then 1 end) as better
    from numbered
    where position > 3
    group by question
),

shortened as (
    select
        question,
        position,
        status,
        statement
    from numbered
    where position <= 3
    union all
    select
        question,
        4 as position,
        cast(null as varchar) as status,
        concat(
            'And ', cast(more as varchar), ' more, ',
            case question
                when 'control'
                    then concat(
                        'in the results per theme: ', cast(failed as varchar), ' that do not hold, ',
                        cast(accepted as varchar), ' accepted, ', cast(partial as varchar),
                        ' that hold as far as could be judged, ', cast(unassessed as varchar), ' not judged at all.'
                    )
                when 'change'
                    then concat(
                        'among the delivery metrics: ', cast(worse as varchar), ' for the worse, ',
                        cast(better as varchar), ' for the better.'
                    )
                when 'decision' then 'among the exceptions and the objectives.'
                else 'in the results per theme.'
            end
        ) as statement
    from left_out
)

select
    question,
    status,
    statement
from shortened
order by
    case question when 'control' then 1 when 'change' then 2 when 'decision' then 3 else 4 end,
    position

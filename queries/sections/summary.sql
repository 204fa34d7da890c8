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
        count(case when status = 'pass (attested)' then 1 end) as attested
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

overview as (
    select
        count(*) as checks,
        count(case when failed > 0 then 1 end) as failed,
        count(case when unassessed = total then 1 end) as unassessed,
        count(case when failed = 0 and unassessed < total and partial + unassessed > 0 then 1 end) as partial
    from ranked_checks
),

control as (
    select
        'control' as question,
        0 as rank,
        cast(null as varchar) as status,
        concat(
            'Of ', cast(checks as varchar), ' checks ', cast(checks - failed - unassessed - partial as varchar),
            ' hold, ', cast(failed as varchar), ' do not, ', cast(partial as varchar),
            ' hold as far as could be judged, and ', cast(unassessed as varchar), ' could not be judged at all.'
        ) as statement
    from overview
    where checks > 0
    union all
    select
        'control' as question,
        ranked_checks.rank + case
            when failed > 0 then 0
            when unassessed = total then 10
            when partial + unassessed > 0 then 20
            when accepted > 0 then 30
            when attested > 0 then 40
            else 50
        end as rank,
        case
            when failed > 0 then 'fail'
            when unassessed = total then 'not assessed'
            when partial + unassessed > 0 then 'partial'
            when accepted > 0 then 'exception accepted'
            when attested > 0 then 'pass (attested)'
            else 'pass'
        end as status,
        case
            when failed > 0
                then concat(
                    title, ': ', cast(failed as varchar), ' of ', cast(total as varchar),
                    ' do not conform.'
                )
            when unassessed = total then concat(title, ': nothing could be judged.')
            when partial + unassessed > 0
                then concat(
                    title, ': ', cast(partial + unassessed as varchar), ' of ', cast(total as varchar),
                    ' only in part or not at all.'
                )
            when accepted > 0
                then concat(
                    title, ': ', cast(accepted as varchar), ' of ', cast(total as varchar),
                    ' do not conform and are accepted by a waiver.'
                )
            when attested > 0
                then concat(
                    title, ': ', cast(attested as varchar), ' of ', cast(total as varchar),
                    ' rest on a signed statement.'
                )
            when total = 1 then concat(title, ': the only one conforms.')
            else concat(title, ': all ', cast(total as varchar), ' conform.')
        end as statement
    from ranked_checks
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
        compared.value / compared.previous - 1 as movement,
        row_number() over (
            order by abs(ln(compared.value / compared.previous)) desc, compared.metric asc, compared.scope asc
        ) as rank
    from compared
    cross join thresholds
    where
        thresholds.name = 'small_n'
        and compared.value > 0
        and compared.previous > 0
        and compared.n >= thresholds.value
        and compared.previous_n >= thresholds.value
        and abs(compared.value / compared.previous - 1) >= 0.25
),

change as (
    select
        'change' as question,
        moved.rank,
        cast(null as varchar) as status,
        concat(
            definitions.title, ' of ', moved.scope,
            case when moved.movement > 0 then ' rose by ' else ' fell by ' end,
            cast(cast(round(abs(moved.movement) * 100) as bigint) as varchar), ' % (n ',
            cast(moved.n as varchar), ', before ', cast(moved.previous_n as varchar), ').'
        ) as statement
    from moved
    inner join definitions on moved.metric = definitions.id and definitions.kind = 'metrics'
    where moved.rank <= 5
),

budgets as (
    select
        slo_objectives.title,
        metrics.value as spent,
        row_number() over (order by metrics.value desc, metrics.scope asc) as rank
    from metrics
    inner join period on metrics.starts_on = period.first_day
    inner join slo_objectives on metrics.scope = slo_objectives.slo_id
    where
        metrics.metric = 'slo_error_budget'
        and metrics.statistic = 'spent'
        and metrics.value > 1
),

decision as (
    select
        'decision' as question,
        rank,
        'fail' as status,
        concat(
            title, ' has spent ', cast(cast(round(spent * 100) as bigint) as varchar),
            ' % of its error budget: put reliability before features, or lower the objective with a reason.'
        ) as statement
    from budgets
    where rank <= 5
    union all
    select
        'decision' as question,
        10 + ranked_checks.rank as rank,
        'fail' as status,
        concat(ranked_checks.title, ' does not hold. ', definitions.remedy) as statement
    from ranked_checks
    inner join definitions on ranked_checks.check_id = definitions.id and definitions.kind = 'checks'
    where
        ranked_checks.failed > 0
        and ranked_checks.rank <= 2
),

unassessed as (
    select
        'unassessed' as question,
        rank,
        case when unassessed > 0 then 'not assessed' else 'partial' end as status,
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
        row_number() over (partition by question order by rank, statement) as position,
        count(*) over (partition by question) as total
    from answers
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
        5 as position,
        cast(null as varchar) as status,
        concat('And ', cast(max(total) - 3 as varchar), ' more, in the results per theme and among the exceptions.')
            as statement
    from numbered
    group by question
    having max(total) > 3
)

select
    question,
    status,
    statement
from shortened
order by
    case question when 'control' then 1 when 'change' then 2 when 'decision' then 3 else 4 end,
    position

-- ---
-- title = "Limitations"
-- chapter = "completeness"
-- order = 2
-- ---
with failed_links as (
    select
        count(*) as links,
        count(case when basis = 'inferred' then 1 end) as inferred
    from deployment_incidents
),

baselines as (
    select count(*) as deployments
    from production_deployments
    where is_baseline
),

unmapped as (
    select count(*) as deployments
    from production_deployments
    inner join period on production_deployments.period = period.label
    where production_deployments.service = '(no service)'
),

newest_readings as (
    select max(extract_id) as extract_id
    from extracts
    where outcome <> 'failed'
    group by source, subject
),

unknown_time as (
    select
        slo_objectives.title,
        slo_periods.coverage,
        row_number() over (order by slo_periods.coverage, slo_objectives.title, slo_periods.slo_id) as place
    from slo_periods
    inner join period on slo_periods.starts_on = period.first_day
    inner join slo_objectives on slo_periods.slo_id = slo_objectives.slo_id
    where
        slo_periods.grain = 'period'
        and slo_periods.coverage < 0.9995
),

statements as (
    select
        0 as position,
        'Unknown time' as topic,
        concat(
            title, ' is known for ', cast(cast(floor(coverage * 1000) / 10 as decimal(5, 1)) as varchar),
            ' % of the period; the worst case counts the rest as bad.'
        ) as statement
    from unknown_time
    where place <= 5
    union all
    select
        1 as position,
        'Unknown time' as topic,
        concat(
            'More objectives that are not known for the whole period: ', cast(count(*) as varchar),
            '; the table of attainment has the coverage of each.'
        ) as statement
    from unknown_time
    where place > 5
    having count(*) > 0
    union all
    select
        2 as position,
        'Inferred links' as topic,
        concat(
            'Links between incidents and deployments that are inferred from service and time: ',
            cast(inferred as varchar), ' of ', cast(links as varchar),
            '; the failures table prints the change fail rate without them.'
        ) as statement
    from failed_links
    where inferred > 0
    union all
    select
        3 as position,
        'Baselines' as topic,
        concat(
            'First known deployments of a service and environment in these periods, to which no change is attributed: ',
            cast(deployments as varchar), '.'
        ) as statement
    from baselines
    where deployments > 0
    union all
    select
        4 as position,
        'No service' as topic,
        concat(
            'Production deployments that map to no service, counted under (no service): ',
            cast(deployments as varchar), '.'
        ) as statement
    from unmapped
    where deployments > 0
    union all
    select
        5 as position,
        'Rows set aside' as topic,
        concat(
            'Rows of ', rejects.source, ' that could not be read and are in no figure: ',
            cast(count(*) as varchar), '; data/rejects.csv lists them.'
        ) as statement
    from rejects
    inner join newest_readings on rejects.extract_id = newest_readings.extract_id
    group by rejects.source
    union all
    select
        6 as position,
        'Failed windows' as topic,
        concat('The source ', source, ' failed for ', subject, ': ', max(error)) as statement
    from extracts
    where outcome = 'failed'
    group by source, subject
    union all
    select
        7 as position,
        'Warnings' as topic,
        concat(
            'The source ', source, ' warned about ', subject, ': ',
            array_to_string(max(warnings), ' ')
        ) as statement
    from extracts
    where array_length(warnings) > 0
    group by source, subject
    union all
    select
        8 as position,
        'Unknown requirements' as topic,
        concat(
            'The check ', check_controls.check_id, ' names ', check_controls.framework, ':',
            check_controls.control_id, ', which no framework file has; it counts for none.'
        ) as statement
    from check_controls
    left join controls
        on check_controls.framework = controls.framework and check_controls.control_id = controls.control_id
    where controls.control_id is null
    union all
    select
        9 as position,
        'Sources no longer configured' as topic,
        concat(
            'The source ', source, ' is not configured any more; no check looks at its completeness, and what it ',
            'brought still counts: ', cast(cast(sum(records) as bigint) as varchar), ' records (',
            array_to_string(list_sort(list(concat(kind, ' ', cast(records as varchar)))), ', '), ').'
        ) as statement
    from unconfigured_facts
    group by source
)

select
    topic,
    statement
from statements
order by position, statement

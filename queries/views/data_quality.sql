-- ---
-- title = "Rows that contradict themselves or each other, or lack what a figure needs"
-- grain = "one defect of one record (windows of an objective: of one local day)"
-- version = 1
-- definition = """
-- One row for each record of the report's period that is left out of a figure, counted apart, or not to be believed.
-- kind says what is wrong, resource is the record's own id, detail the values that show it, origin the source and the
-- extract that brought it. Rows set aside are those that the newest reading of their subject could not load.
-- """
-- ---
with changes_deployed as (
    select change_deployments.*
    from change_deployments
    inner join period on change_deployments.period_start = period.first_day
    where change_deployments.is_first
),

completed as (
    select production_deployments.*
    from production_deployments
    inner join period on production_deployments.period = period.label
),

failures as (
    select failed_deployments.*
    from failed_deployments
    inner join period on failed_deployments.period = period.label
),

own_deployments as (
    select deployments.*
    from deployments
    inner join production_environments on deployments.environment = production_environments.environment
),

own_incidents as (
    select incident_times.*
    from incident_times
    inner join calendar on incident_times.local_date = calendar.local_date
    inner join period on calendar.period = period.label
),

own_windows as (
    select sli_windows.*
    from sli_windows
    cross join period
    where
        sli_windows.window_start >= period.starts_at
        and sli_windows.window_start < period.ends_at
),

newest_readings as (
    select max(extract_id) as extract_id
    from extracts
    where outcome <> 'failed'
    group by source, subject
),

defects as (
    select
        case
            when changes_deployed.lead_seconds < 0 then 'negative lead time'
            else 'change without an authoring time'
        end as kind,
        changes_deployed.unit_id as resource,
        concat(
            'authored ', coalesce(cast(changes_deployed.authored_at as varchar), 'at an unknown time'),
            ', deployed ',
            cast(changes_deployed.deployed_at as varchar), ' by ', changes_deployed.deployment_id
        ) as detail,
        production_deployments.source,
        production_deployments.extract_id
    from changes_deployed
    inner join production_deployments on changes_deployed.deployment_id = production_deployments.deployment_id
    where
        changes_deployed.lead_seconds < 0
        or changes_deployed.lead_seconds is null
    union all
    select
        'merged, not deployed' as kind,
        merged_changes.change_id as resource,
        concat('merged ', cast(merged_changes.merged_at as varchar)) as detail,
        merged_changes.source,
        merged_changes.extract_id
    from merged_changes
    inner join period on merged_changes.period_start = period.first_day
    where
        not merged_changes.is_deployed
        and not merged_changes.is_before_baseline
    union all
    select
        'merged before records of deployments begin' as kind,
        merged_changes.change_id as resource,
        concat('merged ', cast(merged_changes.merged_at as varchar)) as detail,
        merged_changes.source,
        merged_changes.extract_id
    from merged_changes
    inner join period on merged_changes.period_start = period.first_day
    where merged_changes.is_before_baseline
    union all
    select
        'baseline deployment' as kind,
        deployment_id as resource,
        concat(
            'first known success of ', service, ' in ', environment, ', ',
            cast(finished_at as varchar)
        ) as detail,
        source,
        extract_id
    from completed
    where is_baseline
    union all
    select
        'deployment of no service' as kind,
        deployment_id as resource,
        concat('from ', coalesce(repository, 'an unknown repository'), ' to ', environment) as detail,
        source,
        extract_id
    from completed
    where service = '(no service)'
    union all
    select
        'deployment without a commit' as kind,
        deployment_id as resource,
        concat('of ', service, ' to ', environment, ', ', cast(finished_at as varchar)) as detail,
        source,
        extract_id
    from completed
    where
        is_success
        and commit_sha is null
    union all
    select
        'deployment still running' as kind,
        own_deployments.deployment_id as resource,
        concat('started ', cast(own_deployments.started_at as varchar)) as detail,
        own_deployments.source,
        own_deployments.extract_id
    from own_deployments
    cross join period
    where
        own_deployments.outcome = 'running'
        and own_deployments.started_at < period.known_until - interval 7 day
    union all
    select
        'deployment without an end time' as kind,
        own_deployments.deployment_id as resource,
        concat(
            own_deployments.outcome, ', started ',
            coalesce(cast(own_deployments.started_at as varchar), 'at an unknown time')
        ) as detail,
        own_deployments.source,
        own_deployments.extract_id
    from own_deployments
    cross join period
    where
        own_deployments.outcome in ('succeeded', 'failed')
        and own_deployments.finished_at is null
        and coalesce(own_deployments.started_at >= period.starts_at, true)
    union all
    select
        'negative recovery time' as kind,
        failures.deployment_id as resource,
        concat(
            'finished ', cast(failures.finished_at as varchar), ', recovered ',
            cast(failures.recovered_at as varchar)
        ) as detail,
        production_deployments.source,
        production_deployments.extract_id
    from failures
    inner join production_deployments on failures.deployment_id = production_deployments.deployment_id
    where failures.recovered_at < failures.finished_at
    union all
    select
        'recovery at an unknown time' as kind,
        failures.deployment_id as resource,
        'its incident was closed, and no record says when' as detail,
        production_deployments.source,
        production_deployments.extract_id
    from failures
    inner join production_deployments on failures.deployment_id = production_deployments.deployment_id
    where failures.is_recovery_unknown
    union all
    select
        'acknowledged before detection' as kind,
        incident_id as resource,
        concat(
            'detected ', cast(detected_at as varchar), ', acknowledged ', cast(acknowledged_at as varchar)
        ) as detail,
        source,
        extract_id
    from own_incidents
    where acknowledged_at < detected_at
    union all
    select
        'mitigated before detection' as kind,
        incident_id as resource,
        concat('detected ', cast(detected_at as varchar), ', mitigated ', cast(mitigated_at as varchar)) as detail,
        source,
        extract_id
    from own_incidents
    where mitigated_at < detected_at
    union all
    select
        'resolved before detection' as kind,
        incident_id as resource,
        concat('detected ', cast(detected_at as varchar), ', resolved ', cast(resolved_at as varchar)) as detail,
        source,
        extract_id
    from own_incidents
    where resolved_at < detected_at
    union all
    select
        case
            when is_resolved_untimed then 'closed without a resolution time'
            when is_mitigated_untimed then 'mitigated without a time'
            else 'acknowledged without a time'
        end as kind,
        incident_id as resource,
        concat('its state is ', state) as detail,
        source,
        extract_id
    from own_incidents
    where
        is_resolved_untimed
        or is_mitigated_untimed
        or is_acknowledged_untimed
    union all
    select
        'incident state contradicts its times' as kind,
        own_incidents.incident_id as resource,
        concat(
            'its state is ', own_incidents.state, ', and it has a time of ',
            case when incidents.resolved_at is not null then 'resolution' else 'mitigation' end
        ) as detail,
        own_incidents.source,
        own_incidents.extract_id
    from own_incidents
    inner join incidents on own_incidents.incident_id = incidents.incident_id
    where
        own_incidents.state <> 'resolved'
        and (
            incidents.resolved_at is not null
            or (own_incidents.state <> 'mitigated' and incidents.mitigated_at is not null)
        )
    union all
    select
        'incident of no service' as kind,
        incident_id as resource,
        concat('detected ', cast(detected_at as varchar)) as detail,
        source,
        extract_id
    from own_incidents
    where list_sort(services) = ['(no service)']
    union all
    select
        'incident without any time' as kind,
        incident_id as resource,
        concat('its state is ', state, '; it belongs to no period') as detail,
        source,
        extract_id
    from incident_times
    where detected_at is null
    union all
    select
        'incident names an unknown deployment' as kind,
        own_incidents.incident_id as resource,
        concat('no completed production deployment of the trend is ', own_incidents.caused_by_deployment) as detail,
        own_incidents.source,
        own_incidents.extract_id
    from own_incidents
    where
        own_incidents.caused_by_deployment is not null
        and not exists (
            select 1 from production_deployments
            where production_deployments.deployment_id = own_incidents.caused_by_deployment
        )
    union all
    select
        'service level above 1' as kind,
        concat(slo_id, ' ', cast(local_date as varchar)) as resource,
        concat(
            cast(count(*) as varchar), ' windows hold more good than valid events, the first at ',
            cast(min(window_start) as varchar)
        ) as detail,
        min(source) as source,
        min(extract_id) as extract_id
    from own_windows
    where
        good > valid * 1.000000001
        and good <= 1000000000000000.0
        and valid >= 0.000001
    group by slo_id, local_date
    union all
    select
        'windows whose counts are no counts' as kind,
        concat(slo_id, ' ', cast(local_date as varchar)) as resource,
        concat(
            cast(count(*) as varchar),
            ' windows have a negative, infinite, missing or undefined count, the first at ',
            cast(min(window_start) as varchar)
        ) as detail,
        min(source) as source,
        min(extract_id) as extract_id
    from own_windows
    where
        not coalesce(
            good between 0 and 1000000000000000.0
            and (valid between 0.000001 and 1000000000000000.0 or (valid = 0 and good = 0)),
            false
        )
    group by slo_id, local_date
    union all
    select
        'windows of an unknown objective' as kind,
        own_windows.slo_id as resource,
        concat(cast(count(*) as varchar), ' windows of an objective that is not declared') as detail,
        min(own_windows.source) as source,
        min(own_windows.extract_id) as extract_id
    from own_windows
    where
        not exists (
            select 1 from slo_objectives
            where slo_objectives.slo_id = own_windows.slo_id
        )
    group by own_windows.slo_id
    union all
    select
        'row set aside' as kind,
        concat(rejects.origin, ':', coalesce(cast(rejects.line as varchar), '?')) as resource,
        concat(coalesce(concat(rejects.column_name, ': '), ''), rejects.reason) as detail,
        rejects.source,
        rejects.extract_id
    from rejects
    inner join newest_readings on rejects.extract_id = newest_readings.extract_id
    union all
    select
        'two sources disagree' as kind,
        concat(kind, ' ', record) as resource,
        concat(
            case when rows > 1 then concat(cast(rows as varchar), ' rows; ') else '' end,
            kept, ' is kept, ', set_aside, ' says otherwise'
        ) as detail,
        kept as source,
        cast(null as bigint) as extract_id
    from conflicts
)

select
    kind,
    resource,
    detail,
    concat(source, coalesce(concat(', extract ', cast(extract_id as varchar)), '')) as origin
from defects

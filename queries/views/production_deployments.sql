-- ---
-- title = "Completed production deployments"
-- grain = "one deployment into one production environment"
-- version = 1
-- definition = """
-- A deployment is the provider's own deployment of one commit into one environment; retries are attempts of it.
-- Production is the configured set of environments. Cancelled and running deployments are not completed, and one
-- without an end time has no place in a period; both are listed with the data quality.
-- A succeeded deployment finished at its first success, whatever status came later.
-- sequence_no numbers them by time, service_no the services, lane_no the lanes: what follows one another in one
-- environment, from one repository of one service. Deployments of no service keep to their own repository.
-- """
-- ---
with in_production as (
    select deployments.*
    from deployments
    inner join production_environments on deployments.environment = production_environments.environment
    where
        deployments.outcome in ('succeeded', 'failed')
        and deployments.finished_at is not null
),

lane_keys as (
    select distinct
        service,
        environment,
        repository
    from in_production
),

lanes as (
    select
        *,
        dense_rank() over (
            order by service, case when service is null then repository end
        ) as service_no,
        dense_rank() over (order by service, environment, repository) as lane_no
    from lane_keys
)

select
    in_production.deployment_id,
    coalesce(in_production.service, '(no service)') as service,
    coalesce(service_catalog.team, '(no team)') as team,
    in_production.environment,
    in_production.repository,
    in_production.commit_sha,
    in_production.ref,
    in_production.started_at,
    in_production.finished_at,
    in_production.local_date,
    in_production.outcome,
    in_production.outcome = 'succeeded' as is_success,
    coalesce(in_production.is_rollback, false) as is_rollback,
    coalesce(in_production.is_unplanned, false) as is_unplanned,
    in_production.is_baseline,
    in_production.fixes_incident,
    in_production.actor,
    in_production.url,
    in_production.source,
    in_production.extract_id,
    calendar.period,
    calendar.period_start,
    calendar.month_start,
    calendar.week_start,
    row_number() over (order by in_production.finished_at, in_production.deployment_id) as sequence_no,
    lanes.service_no,
    lanes.lane_no
from in_production
inner join lanes
    on
        in_production.service is not distinct from lanes.service
        and in_production.environment is not distinct from lanes.environment
        and in_production.repository is not distinct from lanes.repository
left join service_catalog on in_production.service = service_catalog.service
inner join calendar on in_production.local_date = calendar.local_date

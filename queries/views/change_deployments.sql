-- ---
-- title = "Changes that reached production, with their lead time"
-- grain = "one change and lane (one repository of a service in a production environment)"
-- version = 1
-- materialised = false
-- definition = """
-- A change is a merged pull or merge request; a deployed commit that belongs to none counts as a change of its own,
-- unless it is a merge commit. A request is in production with the first successful deployment that contains its
-- merge or squash commit or its head; where none contains either, with the one by which the last of its own
-- commits known there arrived. Its clock starts when the earliest of its own commits was authored.
-- is_first marks the first production environment of a service that it reached.
-- """
-- ---
with units as (
    select
        'change' as kind,
        change_id as unit_id,
        sequence_no,
        is_first,
        authored_at,
        opened_at,
        merged_at,
        is_bot
    from deployed_changes
    union all
    select
        'commit' as kind,
        commit_sha as unit_id,
        sequence_no,
        is_first,
        authored_at,
        cast(null as timestamp) as opened_at,
        cast(null as timestamp) as merged_at,
        is_bot
    from deployed_commits
    where is_loose
)

select
    units.kind,
    units.unit_id,
    production_deployments.deployment_id,
    production_deployments.service,
    production_deployments.team,
    production_deployments.environment,
    production_deployments.started_at,
    production_deployments.finished_at as deployed_at,
    production_deployments.period_start,
    production_deployments.month_start,
    production_deployments.week_start,
    units.authored_at,
    units.opened_at,
    units.merged_at,
    units.is_bot,
    units.is_first,
    (epoch_us(production_deployments.finished_at) - epoch_us(units.authored_at)) / 1000000.0 as lead_seconds
from units
inner join production_deployments on units.sequence_no = production_deployments.sequence_no

-- ---
-- title = "Changes that reached production, with their lead time"
-- grain = "one change and lane (one repository of a service in a production environment)"
-- version = 1
-- definition = """
-- A change is a merged pull or merge request; a deployed commit that belongs to none counts as a change of its own,
-- unless it is a merge commit. A request is in production with the first successful deployment that contains its
-- merge or squash commit or its head; where none contains either, with the one by which the last of its own
-- commits known there arrived. Its clock starts when the earliest of its own commits was authored.
-- is_first marks the first production environment of a service that it reached.
-- """
-- ---
with deployed_shas as (
    select
        change_shas.change_id as unit_id,
        deployed_commits.service_no,
        deployed_commits.lane_no,
        min(case when change_shas.is_whole then deployed_commits.sequence_no end) as whole_no,
        max(deployed_commits.sequence_no) as last_no
    from change_shas
    inner join deployed_commits on change_shas.commit_sha = deployed_commits.commit_sha
    group by change_shas.change_id, deployed_commits.service_no, deployed_commits.lane_no
),

first_authored as (
    select
        change_id,
        min(authored_at) as authored_at
    from change_commits
    group by change_id
),

requests as (
    select
        'change' as kind,
        deployed_shas.unit_id,
        deployed_shas.service_no,
        coalesce(deployed_shas.whole_no, deployed_shas.last_no) as sequence_no,
        coalesce(deployed_shas.whole_no, deployed_shas.last_no)
        = min(coalesce(deployed_shas.whole_no, deployed_shas.last_no)) over (
            partition by deployed_shas.unit_id, deployed_shas.service_no
        ) as is_first,
        first_authored.authored_at,
        changes.opened_at,
        changes.merged_at,
        coalesce(changes.is_bot, false) as is_bot
    from deployed_shas
    inner join changes on deployed_shas.unit_id = changes.change_id
    left join first_authored on deployed_shas.unit_id = first_authored.change_id
),

loose_commits as (
    select
        'commit' as kind,
        deployed_commits.commit_sha as unit_id,
        deployed_commits.service_no,
        deployed_commits.sequence_no,
        deployed_commits.is_first,
        deployed_commits.authored_at,
        cast(null as timestamp) as opened_at,
        cast(null as timestamp) as merged_at,
        deployed_commits.is_bot
    from deployed_commits
    where
        not deployed_commits.is_merge
        and not exists (
            select 1 from change_shas
            where change_shas.commit_sha = deployed_commits.commit_sha
        )
),

units as (
    select * from requests
    union all
    select * from loose_commits
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

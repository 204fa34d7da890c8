-- ---
-- title = "Merged requests that reached production"
-- grain = "one merged request and lane (one repository of a service in a production environment)"
-- version = 1
-- definition = """
-- A request is in production with the first successful deployment that contains its merge or squash commit or its
-- head; where none contains either, with the one by which the last of its own commits known there arrived. Its
-- clock starts when the earliest of its own commits was authored.
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
)

select
    deployed_shas.unit_id as change_id,
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

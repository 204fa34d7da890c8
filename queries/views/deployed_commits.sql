-- ---
-- title = "Commits that reached production, with what is known of them"
-- grain = "one commit and lane (one repository of a service in a production environment)"
-- version = 1
-- definition = """
-- A commit has the same id in every fork and mirror of its repository; it is one commit,
-- authored when the earliest record of it says. A merge commit has more than one parent; one whose parents are
-- not known is taken for none. is_first marks the first production environment of a service that it reached,
-- is_loose a commit that belongs to no merged request and is no merge commit.
-- """
-- ---
with known as (
    select
        commit_sha,
        min(authored_at) as authored_at,
        max(parent_count > 1) as is_merge,
        max(is_bot) as is_bot
    from commits
    group by commit_sha
),

in_several_lanes as (
    select
        commit_sha,
        service_no,
        min(sequence_no) as first_no
    from commit_arrivals
    group by commit_sha, service_no
    having count(*) > 1
),

in_requests as (
    select distinct commit_sha
    from change_shas
)

select
    commit_arrivals.commit_sha,
    commit_arrivals.service_no,
    commit_arrivals.lane_no,
    commit_arrivals.sequence_no,
    known.authored_at,
    coalesce(known.is_merge, false) as is_merge,
    coalesce(known.is_bot, false) as is_bot,
    in_several_lanes.first_no is null or commit_arrivals.sequence_no = in_several_lanes.first_no as is_first,
    not coalesce(known.is_merge, false) and in_requests.commit_sha is null as is_loose
from commit_arrivals
left join known on commit_arrivals.commit_sha = known.commit_sha
left join in_several_lanes
    on
        commit_arrivals.commit_sha = in_several_lanes.commit_sha
        and commit_arrivals.service_no = in_several_lanes.service_no
left join in_requests on commit_arrivals.commit_sha = in_requests.commit_sha

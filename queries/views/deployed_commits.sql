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
with reached as (
    select
        commit_arrivals.commit_sha,
        commit_arrivals.service_no,
        commit_arrivals.lane_no,
        commit_arrivals.sequence_no,
        min(commits.authored_at) as authored_at,
        coalesce(max(commits.parent_count > 1), false) as is_merge,
        coalesce(max(commits.is_bot), false) as is_bot
    from commit_arrivals
    left join commits on commit_arrivals.commit_sha = commits.commit_sha
    group by
        commit_arrivals.commit_sha,
        commit_arrivals.service_no,
        commit_arrivals.lane_no,
        commit_arrivals.sequence_no
),

in_requests as (
    select distinct commit_sha
    from change_shas
)

select
    reached.*,
    reached.sequence_no = min(reached.sequence_no) over (partition by reached.commit_sha, reached.service_no)
        as is_first,
    not reached.is_merge and in_requests.commit_sha is null as is_loose
from reached
left join in_requests on reached.commit_sha = in_requests.commit_sha

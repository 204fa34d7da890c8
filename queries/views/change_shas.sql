-- ---
-- title = "Commits by which a merged request is recognised in production"
-- grain = "one merged request and commit"
-- version = 1
-- definition = """
-- The merge or squash commit and the head hold the whole of a request (is_whole); its own commits hold parts of it. A
-- rebase merge rewrites the own commits: a copy keeps the time its author gave it and is committed when the request is
-- merged, within a minute, in the same repository, and is no merge commit. A request that was never merged leads to no
-- deployment.
-- """
-- ---
with merged as (
    select
        change_id,
        repository,
        merge_sha,
        head_sha,
        epoch_us(merged_at) as merged_us
    from changes
    where merged_at is not null
),

own as (
    select
        merged.change_id,
        merged.repository,
        merged.merged_us,
        change_commits.commit_sha,
        change_commits.authored_at
    from merged
    inner join change_commits on merged.change_id = change_commits.change_id
),

shas as (
    select
        change_id,
        merge_sha as commit_sha,
        1 as is_whole
    from merged
    where merge_sha is not null
    union all
    select
        change_id,
        head_sha as commit_sha,
        1 as is_whole
    from merged
    where head_sha is not null
    union all
    select
        change_id,
        commit_sha,
        0 as is_whole
    from own
    union all
    select
        own.change_id,
        commits.commit_sha,
        0 as is_whole
    from own
    inner join commits
        on
            own.repository = commits.repository
            and own.authored_at = commits.authored_at
    where
        abs(epoch_us(commits.committed_at) - own.merged_us) <= 60000000
        and coalesce(commits.parent_count, 1) < 2
)

select
    change_id,
    commit_sha,
    max(is_whole) = 1 as is_whole
from shas
group by change_id, commit_sha

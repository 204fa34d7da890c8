-- ---
-- title = "Commits as they are known, whichever repository shows them"
-- grain = "one commit"
-- version = 1
-- definition = """
-- A commit has the same id in every fork and mirror of its repository; it is one commit. A merge commit has more
-- than one parent; one whose parents are not known is taken for none.
-- """
-- ---
select
    commit_sha,
    min(authored_at) as authored_at,
    max(coalesce(array_length(parent_shas), 1)) > 1 as is_merge,
    max(case when is_bot then 1 else 0 end) = 1 as is_bot
from commits
group by commit_sha

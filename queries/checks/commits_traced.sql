-- ---
-- title = "Every commit that reached production came through a change"
-- severity = "high"
-- controls = ["soc2:CC8.1", "iso27001:A.8.32", "pci_dss:6.2.3", "sox_itgc:ITGC-CM-1", "sox_itgc:BAI06"]
-- why = "One reviewed request makes a deployment traceable while an unreviewed commit rides along with it."
-- remedy = "File a retrospective request for each commit named here, and protect the branch against direct pushes."
-- definition = """
-- Population: successful production deployments of the period that brought in commits. Traced: every commit that it
-- brought in, merge commits apart, belongs to a merged request (by its merge, squash, head, own or rebased commits).
-- A commit is taken for a merge only where a record of it shows two parents: that it is in no request is known, and
-- an exception wants evidence. Where no commit of the repository was ever recorded, no merge can be told from another
-- commit, and a deployment with commits of no request is not assessed. Nor is any where no request was ever recorded.
-- """
-- ---
with brought_in as (
    select
        production_deployments.deployment_id,
        production_deployments.repository,
        deployment_commits.commit_sha
    from production_deployments
    inner join period on production_deployments.period = period.label
    inner join deployment_commits on production_deployments.deployment_id = deployment_commits.deployment_id
    where
        production_deployments.is_success
        and not production_deployments.is_baseline
        and not exists (
            select 1 from commits
            where
                commits.commit_sha = deployment_commits.commit_sha
                and commits.parent_count > 1
        )
),

traced as (
    select distinct commit_sha
    from change_shas
),

described as (
    select distinct repository
    from commits
),

counted as (
    select
        brought_in.deployment_id,
        count(described.repository) > 0 as is_described,
        count(*) as commits,
        count(traced.commit_sha) as traced_commits,
        min(case when traced.commit_sha is null then brought_in.commit_sha end) as first_untraced
    from brought_in
    left join traced on brought_in.commit_sha = traced.commit_sha
    left join described on brought_in.repository = described.repository
    group by brought_in.deployment_id
),

recorded as (
    select count(*) as changes
    from changes
)

select
    counted.deployment_id as resource,
    case
        when recorded.changes = 0 then 'not assessed'
        when counted.commits = counted.traced_commits then 'pass'
        when not counted.is_described then 'not assessed'
        else 'fail'
    end as status,
    case
        when recorded.changes = 0 then 'No change was ever recorded, so none can be found.'
        when counted.commits = counted.traced_commits then 'Every commit it brought in belongs to a merged change.'
        else concat(
            cast(counted.commits - counted.traced_commits as varchar), ' of ', cast(counted.commits as varchar),
            ' commits belong to no merged change, ', counted.first_untraced, ' among them',
            case when counted.is_described then '.' else '; no record says which commits are merges.' end
        )
    end as reason,
    concat(cast(counted.commits as varchar), ' commits of merged changes') as expected,
    concat(cast(counted.traced_commits as varchar), ' commits of merged changes') as observed,
    'policy: all that reaches production follows a reviewed change' as basis
from counted
cross join recorded
order by resource

-- ---
-- title = "Commits that reached production, at their first success in each service and environment"
-- grain = "one commit and lane (one repository of a service in a production environment)"
-- version = 1
-- definition = """
-- Which commits a deployment brought in was settled when it was extracted: those reachable from it and not from
-- the previous successful deployment of the same service and environment. The first known deployment is a
-- baseline and brings in none.
-- """
-- ---
select
    deployment_commits.commit_sha,
    production_deployments.service_no,
    production_deployments.lane_no,
    min(production_deployments.sequence_no) as sequence_no
from deployment_commits
inner join production_deployments on deployment_commits.deployment_id = production_deployments.deployment_id
where
    production_deployments.is_success
    and not production_deployments.is_baseline
group by deployment_commits.commit_sha, production_deployments.service_no, production_deployments.lane_no

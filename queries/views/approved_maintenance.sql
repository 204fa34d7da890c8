-- ---
-- title = "Approved maintenance without overlaps"
-- grain = "one stretch of maintenance of one service; no two of a service overlap"
-- version = 1
-- definition = """
-- Time that is taken out of a service's objectives: only with an approver and a reason. Where two windows overlap, the
-- time is taken out once.
-- """
-- ---
with approved as (
    select
        service,
        starts_at,
        ends_at,
        max(ends_at) over (
            partition by service
            order by starts_at, ends_at
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from maintenance_windows
    where
        approver <> ''
        and reason <> ''
        and ends_at > starts_at
)

select distinct
    service,
    greatest(starts_at, coalesce(taken_until, starts_at)) as starts_at,
    ends_at
from approved
where ends_at > coalesce(taken_until, starts_at)

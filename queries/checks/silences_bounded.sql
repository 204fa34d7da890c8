-- ---
-- title = "Every silence is explained, signed and bounded"
-- severity = "medium"
-- controls = ["soc2:CC7.2", "iso27001:A.8.16", "pci_dss:10.7.2"]
-- why = "An alert that is silenced without end or reason is an alert that was removed."
-- remedy = "Delete the silence or give it an end, an author and a comment; mend the rule that made it necessary."
-- definition = """
-- Population: silences that were in force in the period. In order: somebody and a comment stand in it and it ends within the
-- limit. Whether silences older than the router keeps them existed is known only from nightly extraction.
-- """
-- ---
with in_force as (
    select
        silences.*,
        (epoch_us(silences.ends_at) - epoch_us(silences.starts_at)) / 1000000.0 as seconds
    from silences
    cross join period
    where
        silences.starts_at < period.ends_at
        and coalesce(silences.ends_at > period.starts_at, true)
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'silence'
)

select
    in_force.silence_id as resource,
    case
        when in_force.ends_at is null or in_force.seconds > allowed.limit_seconds then 'fail'
        when coalesce(in_force.comment, '') = '' or in_force.created_by is null then 'fail'
        else 'pass'
    end as status,
    case
        when in_force.ends_at is null then 'It has no end.'
        when in_force.seconds > allowed.limit_seconds
            then concat('It lasts ', cast(cast(floor(in_force.seconds / 86400) as bigint) as varchar), ' days.')
        when coalesce(in_force.comment, '') = '' then 'It has no comment.'
        when in_force.created_by is null then 'It does not say who made it.'
        else 'Explained, signed and bounded.'
    end as reason,
    concat('at most ', cast(cast(allowed.limit_seconds / 86400 as bigint) as varchar), ' days, with author and comment')
        as expected,
    allowed.basis
from in_force
cross join allowed
order by resource

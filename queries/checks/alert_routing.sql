-- ---
-- title = "Alerts of every severity reach somebody"
-- severity = "high"
-- controls = ["soc2:CC7.3", "iso27001:A.8.16", "pci_dss:12.10.5", "sox_itgc:ITGC-OP-1"]
-- mandatory = true
-- why = "An alert that ends at a receiver without a channel is seen by nobody."
-- remedy = "Give the receiver named here an integration, or route that severity to one that has it."
-- definition = """
-- Population: the declared severities. The route tree of each router is followed for each severity and service; in order is a
-- severity if every route of it ends at a receiver with at least one channel.
-- """
-- ---
with wanted as (
    select severity
    from response_targets
),

ends as (
    select
        severity,
        router,
        count(*) as routes,
        count(case when coalesce(array_length(channels), 0) > 0 then 1 end) as heard,
        min(case when coalesce(array_length(channels), 0) = 0 then receiver end) as dead_end,
        min(case when coalesce(array_length(channels), 0) > 0 then receiver end) as reached
    from alert_routes
    group by severity, router
)

select
    case
        when ends.router is null then wanted.severity
        else concat(wanted.severity, ' at ', ends.router)
    end as resource,
    case
        when ends.router is null then 'not assessed'
        when ends.heard = ends.routes then 'pass'
        else 'fail'
    end as status,
    case
        when ends.router is null then 'No route tree is on record that says where such an alert goes.'
        when ends.heard = ends.routes
            then concat('All ', cast(ends.routes as varchar), ' routes have a channel, ', ends.reached, ' among them.')
        else concat('It ends at the receiver ', ends.dead_end, ', which has no channel.')
    end as reason,
    'a receiver with a channel on every route' as expected,
    case
        when ends.router is not null
            then concat(cast(ends.heard as varchar), ' of ', cast(ends.routes as varchar), ' routes')
    end as observed,
    'policy: alerts of every declared severity are delivered' as basis
from wanted
left join ends on wanted.severity = ends.severity
order by resource

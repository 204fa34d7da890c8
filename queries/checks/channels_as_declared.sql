-- ---
-- title = "Alerts go out on the declared channels"
-- severity = "medium"
-- controls = ["soc2:CC7.3", "iso27001:A.8.16", "pci_dss:12.10.5"]
-- why = "A channel that is declared and that no route leads to lets people wait for a message that never comes."
-- remedy = "Give a receiver that is routed to the channel named here, or take the channel out of the declaration."
-- definition = """
-- Population: the declared channels of alerts (key alerting.channels). A channel passes if some route of a router ends at a
-- receiver that has it, and fails if routes are on record and none does. Where documents name different channels and nobody decided,
-- none is stricter and nothing is judged. Which channels are configured at all is compared with the settings.
-- """
-- ---
with declared as (
    select
        wording,
        statements,
        basis
    from declared_settings
    where key = 'alerting.channels'
),

wanted as (
    select
        unnest(string_split(wording, ',')) as channel,
        basis
    from declared
    where wording is not null
),

routed as (
    select
        router,
        receiver,
        severity,
        lower(channel) as channel
    from (
        select
            router,
            receiver,
            severity,
            unnest(channels) as channel
        from alert_routes
    ) as listed
),

reached as (
    select
        channel,
        count(distinct receiver) as receivers,
        min(receiver) as receiver,
        array_to_string(list_sort(list(distinct severity)), ', ') as severities
    from routed
    group by channel
),

known as (
    select
        count(*) as routes,
        count(channels) as told
    from alert_routes
),

judged as (
    select
        wanted.channel as resource,
        case
            when reached.receivers > 0 then 'pass'
            when known.routes = 0 or known.told < known.routes then 'not assessed'
            else 'fail'
        end as status,
        case
            when reached.receivers > 0
                then concat(
                    'Routes lead to it, by the receiver ', reached.receiver, case
                        when reached.receivers > 1
                            then concat(' and ', cast(reached.receivers - 1 as varchar), ' more')
                        else ''
                    end,
                    ', for the severities ', reached.severities, '.'
                )
            when known.routes = 0 then 'No route tree is on record that says where alerts go.'
            when known.told < known.routes then 'Of some receivers it is not known which channels they have.'
            else 'No route ends at a receiver that has it.'
        end as reason,
        'a route that ends at it' as expected,
        wanted.basis
    from wanted
    cross join known
    left join reached on wanted.channel = reached.channel
    where wanted.channel <> ''
    union all
    select
        '(all channels)' as resource,
        'not assessed' as status,
        concat('The documents disagree and none is stricter: ', statements, '.') as reason,
        'one declared list' as expected,
        basis
    from declared
    where wording is null
)

select
    resource,
    status,
    reason,
    expected,
    concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
from judged
order by resource

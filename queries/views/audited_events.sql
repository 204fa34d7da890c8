-- ---
-- title = "Which kinds of events audit trails hold"
-- grain = "one kind of event and one product whose configuration speaks of its access log or audit trail"
-- version = 1
-- definition = """
-- The one rule of the checks of audited events. A kind that the configuration takes into the trail passes; one that it
-- leaves out fails, and so does each kind where access is not logged at all. Where access is logged and the
-- configuration does not say what of, nothing is known: an access log need not hold every event of this kind.
-- """
-- ---
with told as (
    select
        subject,
        key,
        value,
        origin
    from settings
    where
        layer = 'effective'
        and key in ('access.logging', 'audit.actions', 'audit.refusals', 'audit.accounts')
),

products as (
    select distinct subject
    from told
),

kinds as (
    select key
    from setting_keys
    where key in ('audit.actions', 'audit.refusals', 'audit.accounts')
),

compared as (
    select
        kinds.key,
        products.subject,
        coalesce(logging.value = 'false', false) as is_off,
        coalesce(logging.value = 'true', false) as is_on,
        events.value,
        case when logging.value = 'false' then logging.origin else events.origin end as origin
    from products
    cross join kinds
    left join told as logging on products.subject = logging.subject and logging.key = 'access.logging'
    left join told as events on products.subject = events.subject and kinds.key = events.key
)

select
    key,
    subject as resource,
    case
        when is_off or value = 'false' then 'fail'
        when value = 'true' then 'pass'
        else 'not assessed'
    end as status,
    case
        when is_off then 'Access is not logged, so there is no trail that could hold them.'
        when value = 'false' then 'The audit trail leaves such events out.'
        when value = 'true' then 'The audit trail holds them, as configured.'
        when is_on then 'Access is logged; whether the log holds these events, its configuration does not say.'
        else 'Whether access is logged, and whether a log holds these events, its configuration does not say.'
    end as reason,
    'in the audit trail' as expected,
    case
        when is_off or value is not null
            then concat(case when is_off then 'no log' else value end, ' (', coalesce(origin, 'no place given'), ')')
    end as observed,
    'policy: audit trails hold these events' as basis
from compared

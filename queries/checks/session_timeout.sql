-- ---
-- title = "Sessions that are not used end in time"
-- severity = "medium"
-- controls = ["pci_dss:8.2.8"]
-- why = "Whoever sits down at a screen that was left open is taken for the one who left it."
-- remedy = "Shorten the idle time of the product named here, or let the sign-in in front of it end idle sessions."
-- definition = """
-- Population: products whose configuration says after which time without use a session ends (access.idle). It passes if
-- that is at most the smaller of what is declared and what a selected framework asks. Without either it is not assessed,
-- and neither is a value that is no time. It is the configured time that is judged: a page that refreshes by itself may
-- count as use.
-- """
-- ---
with limits as (
    select
        control_thresholds.days * 86400.0 as seconds,
        concat(
            control_thresholds.basis, ': ', control_thresholds.framework, ':', control_thresholds.control_id
        ) as basis
    from control_thresholds
    inner join selected_frameworks on control_thresholds.framework = selected_frameworks.framework
    where control_thresholds.setting = 'access.idle' and control_thresholds.relation = 'at most'
    union all
    select
        number as seconds,
        concat('policy: ', coalesce(basis, 'conflicting documents')) as basis
    from declared_settings
    where key = 'access.idle'
),

asked as (
    -- unlimited is no limit
    select
        seconds,
        basis,
        row_number() over (order by seconds, basis) as place
    from limits
    where seconds < 1000000000.0
),

compared as (
    select
        effective_settings.subject,
        effective_settings.number,
        effective_settings.written,
        effective_settings.origin,
        asked.seconds,
        asked.basis
    from effective_settings
    left join asked on asked.place = 1
    where effective_settings.key = 'access.idle'
)

select
    subject as resource,
    case
        when number is null or seconds is null then 'not assessed'
        when number <= seconds + 0.000000001 then 'pass'
        else 'fail'
    end as status,
    case
        when number is null then concat('What it is set to, ', written, ', is no time.')
        when seconds is null then 'No document declares a limit, and no selected framework asks for one.'
        when number <= seconds + 0.000000001 then 'A session that is not used ends in time.'
        else 'A session that is not used lasts longer than allowed.'
    end as reason,
    case
        when seconds is not null then concat('at most ', cast(cast(seconds as bigint) as varchar), ' s')
    end as expected,
    concat(written, ' (', coalesce(origin, 'no place given'), ')') as observed,
    basis
from compared
order by resource

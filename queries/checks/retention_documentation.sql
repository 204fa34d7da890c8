-- ---
-- title = "Reports and their evidence are kept as long as asked"
-- severity = "high"
-- controls = ["hipaa:164.316(b)(2)(i)", "sox_itgc:17-CFR-210.2-06", "sox_itgc:SOX-802"]
-- attestable = true
-- why = "A report that was thrown away is no evidence, and the questions come years later."
-- remedy = "Lengthen the retention lock of the archive named here, or declare a longer time; where no system shows how long it keeps, have its owner attest it."
-- definition = """
-- Asked is the longest of what is declared and what the selected frameworks ask (retention.documentation): one archive
-- holds the reports for all of them. Population: every system that shows how long it keeps reports and evidence; it passes
-- if that is at least what is asked. Besides, what is declared fails where a selected framework asks for more; a
-- declaration that is long enough, or none, with no system that shows it, is not assessed: it is an intention.
-- """
-- ---
with frameworks_ask as (
    select
        control_thresholds.days,
        concat(
            control_thresholds.basis, ': ', control_thresholds.framework, ':', control_thresholds.control_id
        ) as basis,
        row_number() over (
            order by control_thresholds.days desc, control_thresholds.framework asc, control_thresholds.control_id asc
        ) as place
    from control_thresholds
    inner join selected_frameworks on control_thresholds.framework = selected_frameworks.framework
    where
        control_thresholds.setting = 'retention.documentation'
        and control_thresholds.relation = 'at least'
        and control_thresholds.days is not null
),

keys as (
    select key
    from setting_keys
    where key = 'retention.documentation'
),

wanted as (
    select
        keys.key,
        declared_settings.number as declared_days,
        coalesce(declared_settings.written, declared_settings.statements) as declared,
        frameworks_ask.days as framework_days,
        greatest(declared_settings.number, frameworks_ask.days) as days,
        case
            when frameworks_ask.days >= coalesce(declared_settings.number, 0.0) then frameworks_ask.basis
            when declared_settings.key is not null
                then concat('policy: ', coalesce(declared_settings.basis, 'conflicting documents'))
        end as basis
    from keys
    left join declared_settings on keys.key = declared_settings.key
    left join frameworks_ask on frameworks_ask.place = 1
),

archives as (
    select
        subject,
        number,
        written,
        origin
    from effective_settings
    where key = 'retention.documentation'
),

counted as (
    select count(*) as archives
    from archives
),

judged as (
    select
        concat(wanted.key, ' ', archives.subject) as resource,
        case
            when archives.number is null or wanted.days is null then 'not assessed'
            when archives.number >= wanted.days - 0.000000001 then 'pass'
            else 'fail'
        end as status,
        case
            when archives.number is null then concat('What it keeps, ', archives.written, ', is no number of days.')
            when wanted.days is null then 'No document declares a time, and no selected framework asks for one.'
            else concat('It keeps ', archives.written, coalesce(' (' || archives.origin || ')', ''), '.')
        end as reason,
        archives.written as observed,
        wanted.days,
        wanted.basis
    from archives
    cross join wanted
    union all
    select
        concat(wanted.key, ' as declared') as resource,
        case when wanted.declared_days < wanted.framework_days then 'fail' else 'not assessed' end as status,
        case
            when wanted.declared_days < wanted.framework_days
                then concat('Declared are ', wanted.declared, ', less than a selected framework asks.')
            when wanted.declared is null then 'No document declares it, and no system that was read shows it.'
            else concat('Declared are ', wanted.declared, '; no system that was read shows what is kept.')
        end as reason,
        wanted.declared as observed,
        wanted.days,
        wanted.basis
    from wanted
    cross join counted
    where coalesce(wanted.declared_days < wanted.framework_days, false) or counted.archives = 0
)

select
    resource,
    status,
    reason,
    case
        when days >= 1000000000.0 then 'kept for ever'
        when days is not null then concat('at least ', cast(cast(days as bigint) as varchar), ' days')
        else 'a declared time'
    end as expected,
    observed,
    basis
from judged
order by resource

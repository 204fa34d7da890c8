-- ---
-- title = "Settings held over the whole period"
-- severity = "medium"
-- controls = ["iso27001:A.8.9", "soc2:CC6.8", "soc2:CC7.1", "iso9001:8.5.6"]
-- why = "A setting that is right on the day of the report may have been wrong for most of the period, and nobody decided on it."
-- remedy = "Find who changed the setting and why, and record it as a nonconformity; read the configuration every night."
-- definition = """
-- Population: every effective setting whose key is declared, that held in the period or as of the report. It passes if
-- every reading of the period gave the value that is declared as of the report, and no seven local days in a row went
-- without a reading: the interval at which PCI DSS 11.5.2 has critical files compared, taken here for every setting. It
-- fails if one reading gave another value. Partial: what was read conformed, but on a single day (a point in time),
-- with seven days or more in between, or with readings that did not show it or cannot be compared. Not assessed:
-- nothing was read in the period, or no value can be compared.
-- """
-- ---
with judged as (
    select
        setting_histories.*,
        declared_settings.written as declared,
        declared_settings.statements,
        declared_settings.resolution,
        declared_settings.is_resolved,
        declared_settings.basis,
        effective_settings.read_at,
        period.last_day as period_end,
        case
            when setting_histories.deviating > 0 then 'fail'
            when setting_histories.conformed = 0 then 'not assessed'
            when
                setting_histories.conformed < setting_histories.readings
                or setting_histories.days_read < 2
                or setting_histories.unread_days >= 7
                then 'partial'
            else 'pass'
        end as status
    from setting_histories
    inner join declared_settings on setting_histories.key = declared_settings.key
    cross join period
    left join effective_settings
        on
            setting_histories.subject = effective_settings.subject
            and setting_histories.key = effective_settings.key
)

select
    concat(key, ' ', subject) as resource,
    status,
    case
        when status = 'not assessed' and resolution = 'undecided'
            then concat('The documents disagree and none is stricter: ', statements, '.')
        when status = 'not assessed' and shown > 0
            then concat('What ', cast(shown as varchar), ' readings show cannot be compared with the declared value.')
        when status = 'not assessed'
            then concat(
                'No reading in the period shows it',
                case
                    when cast(read_at as date) > period_end
                        then concat(
                            '; what it is set to was first read on ', cast(cast(read_at as date) as varchar),
                            ', after the period'
                        )
                    else ''
                end, '.'
            )
        when status = 'fail'
            then concat(
                cast(conformed as varchar), ' of ', cast(readings as varchar), ' readings conformed: ', deviations,
                '; declared is ', declared,
                case when is_resolved then '' else ', the stricter of several (decision needed)' end, '.'
            )
        else concat(
            cast(conformed as varchar), ' of ', cast(readings as varchar), ' readings conformed',
            case
                when incomparable > 0 then concat('; ', cast(incomparable as varchar), ' cannot be compared')
                else ''
            end,
            case
                when shown < readings then concat('; ', cast(readings - shown as varchar), ' did not show it')
                else ''
            end,
            case
                when days_read < 2 then concat(', on ', cast(first_day as varchar), ' alone: a point in time')
                else concat(
                    ', from ', cast(first_day as varchar), ' to ', cast(last_day as varchar), ' on ',
                    cast(days_read as varchar), ' of ', cast(days as varchar), ' days'
                )
            end,
            case
                when days_read > 1 and unread_days >= 7
                    then concat('; ', cast(unread_days as varchar), ' days in a row went without a reading')
                else ''
            end, '.'
        )
    end as reason,
    concat(coalesce(declared, statements), ' in every reading') as expected,
    concat(cast(conformed as varchar), ' of ', cast(readings as varchar), ' readings conformed') as observed,
    concat('policy: ', coalesce(basis, 'conflicting documents'), '; a reading within seven days: PCI DSS 11.5.2')
        as basis
from judged
order by resource

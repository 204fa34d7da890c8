-- ---
-- title = "Backups are taken, and succeed"
-- severity = "high"
-- controls = ["soc2:A1.2", "gdpr:32(1)(c)", "hipaa:164.308(a)(7)(ii)(A)", "iso27001:A.8.13", "sox_itgc:ITGC-OP-3", "gdpr:5(1)(f)", "soc2:PI1.5", "sox_itgc:DSS04"]
-- area = "backup and recovery"
-- attestable = true
-- why = "What has no copy is lost with the first disk, or the first mistake."
-- remedy = "Switch the schedule of backups on for the store named here and look why the newest one failed; where no system shows it, have its owner attest it."
-- definition = """
-- Population: stores whose settings speak of backups: whether any are taken (backup.snapshots, effective) and how old the
-- newest one is that succeeded (backup.age, measured). None taken fails, and so does a newest one that is older than
-- declared, else than the limit. Taken and young enough passes; a schedule alone, or an age alone, is partial. An age that
-- was read before the period says nothing of it and counts as not on record. Whether it can be restored is another check.
-- """
-- ---
with allowed as (
    select
        coalesce(declared_settings.number, thresholds.value / 3600) as hours,
        case
            when declared_settings.number is not null then concat('policy: ', declared_settings.basis)
            else thresholds.basis
        end as basis
    from thresholds
    left join declared_settings on declared_settings.key = 'backup.age'
    where thresholds.name = 'backup_age'
),

stores as (
    select
        setting_values.subject,
        min(
            case
                when
                    setting_values.key = 'backup.snapshots' and setting_values.layer = 'effective'
                    then setting_values.number
            end
        ) as is_on,
        max(
            case
                when
                    setting_values.key = 'backup.age' and setting_values.layer = 'measured'
                    and setting_values.read_at >= period.starts_at
                    then setting_values.number
            end
        ) as hours_old,
        max(
            case
                when setting_values.key = 'backup.age' and setting_values.layer = 'measured'
                    then cast(cast(setting_values.read_at as date) as varchar)
            end
        ) as read_on
    from setting_values
    cross join period
    where
        (setting_values.key = 'backup.snapshots' and setting_values.layer = 'effective')
        or (setting_values.key = 'backup.age' and setting_values.layer = 'measured')
    group by setting_values.subject
)

select
    stores.subject as resource,
    case
        when stores.is_on = 0 or stores.hours_old > allowed.hours then 'fail'
        when stores.is_on = 1 and stores.hours_old is not null then 'pass'
        when stores.is_on = 1 or stores.hours_old is not null then 'partial'
        else 'not assessed'
    end as status,
    case
        when stores.is_on = 0 then 'No backups are taken of it.'
        when stores.hours_old > allowed.hours
            then concat(
                'On ', stores.read_on, ' the newest backup that succeeded was ',
                cast(cast(stores.hours_old as decimal(12, 1)) as varchar), ' hours old.'
            )
        when stores.is_on = 1 and stores.hours_old is not null
            then concat('Backups are taken, and the newest that succeeded was young enough on ', stores.read_on, '.')
        when stores.is_on = 1 then 'A schedule of backups is set; whether any succeeded in the period is not on record.'
        when stores.hours_old is not null
            then
                'The newest backup that succeeded was young enough; whether a schedule makes the next is not on record.'
        else 'Its settings speak of backups, and what they say is not known.'
    end as reason,
    concat(
        'taken, the newest at most ', cast(cast(allowed.hours as decimal(12, 1)) as varchar), ' hours old'
    ) as expected,
    case
        when stores.hours_old is not null
            then concat(cast(cast(stores.hours_old as decimal(12, 1)) as varchar), ' hours old')
    end as observed,
    allowed.basis
from stores
cross join allowed
order by resource

-- ---
-- title = "What is declared beside what the selected frameworks ask"
-- grain = "one number that a requirement asks of a setting"
-- version = 1
-- definition = """
-- Months and years are counted by the calendar's longest span for a minimum, its shortest for a maximum, wherever they
-- start. Where documents disagree the stricter value is compared; is_met is null where nothing can be.
-- """
-- ---
with asked as (
    select
        control_thresholds.*,
        concat(
            case
                when control_thresholds.threshold = floor(control_thresholds.threshold)
                    then cast(cast(control_thresholds.threshold as bigint) as varchar)
                else cast(cast(control_thresholds.threshold as decimal(18, 1)) as varchar)
            end,
            ' ', control_thresholds.unit
        ) as threshold_text
    from control_thresholds
    inner join selected_frameworks on control_thresholds.framework = selected_frameworks.framework
    where control_thresholds.setting is not null
),

compared as (
    select
        asked.*,
        declared_settings.key,
        declared_settings.statements,
        declared_settings.written,
        declared_settings.is_resolved,
        case
            when asked.days is not null and declared_settings.key_unit = 'days' then asked.days
            when asked.days is not null and declared_settings.key_unit = 'h' then asked.days * 24
            when asked.days is not null and declared_settings.key_unit = 's' then asked.days * 86400
            when asked.days is not null and declared_settings.key_unit = 'ms' then asked.days * 86400000
            when asked.unit = declared_settings.key_unit then asked.threshold
        end as wanted,
        declared_settings.number
    from asked
    left join declared_settings on asked.setting = declared_settings.key
),

judged as (
    select
        *,
        case relation
            when 'at least' then number >= wanted - 0.000000001
            when 'at most' then number <= wanted + 0.000000001
        end as is_met
    from compared
)

select
    framework,
    control_id,
    concat(setting, ' ', framework, ':', control_id, ' ', relation, ' ', threshold_text) as resource,
    case
        when is_met is null then 'not assessed'
        when is_met then 'pass'
        else 'fail'
    end as status,
    case
        when key is null then 'No document declares it.'
        when is_met is null then concat('What is declared cannot be compared: ', statements, '.')
        else concat(
            'Declared is ', written,
            case when is_resolved then '' else ', the stricter of several (decision needed)' end,
            case when is_met then '; asked is ' else ' and falls short: asked is ' end,
            relation, ' ', threshold_text, '.'
        )
    end as reason,
    concat(relation, ' ', threshold_text) as expected,
    coalesce(written, statements) as observed,
    concat(basis, ': ', basis_text) as basis
from judged

-- ---
-- title = "Settings"
-- chapter = "settings"
-- order = 1
-- note = "Settings that two documents or two layers speak of, and those with a finding. Where documents disagree and nobody decided, the stricter value is evaluated. Effective settings hold for the moment they were read."
-- ---
with judged as (
    select
        split_part(resource, ' ', 1) as key,
        status,
        case
            when check_id = 'declarations_agree' then 'documents'
            when check_id = 'declared_meets_frameworks' then 'frameworks'
            when
                check_id in (
                    'availability', 'error_rate', 'latency', 'resource_use', 'retention_observed', 'retention_maximum'
                )
                then 'measured'
            else 'effective'
        end as kind
    from findings
    where
        check_id in (
            'declarations_agree', 'declared_meets_frameworks', 'availability', 'error_rate', 'latency', 'resource_use',
            'retention_observed', 'retention_maximum', 'settings_as_declared', 'sampling_as_declared',
            'scrape_interval', 'evaluation_interval', 'alert_durations', 'retention_metrics', 'retention_logs',
            'retention_traces', 'retention_audit'
        )
),

verdicts as (
    select
        key,
        count(case when kind = 'documents' and status = 'fail' then 1 end) as conflicts,
        count(case when kind = 'effective' and status = 'fail' then 1 end) as drifted,
        count(case when kind = 'measured' and status = 'fail' then 1 end) as broken,
        count(case when kind = 'frameworks' and status = 'fail' then 1 end) as below,
        count(case when status in ('not assessed', 'partial', 'error') then 1 end) as open_ones,
        count(case when kind <> 'documents' then 1 end) as beyond_documents,
        count(case when kind <> 'documents' and status in ('pass', 'pass (attested)') then 1 end) as kept,
        count(case when kind = 'measured' and status in ('pass', 'fail', 'partial') then 1 end) as measured_all,
        count(case when kind = 'measured' and status = 'fail' then 1 end) as measured_bad
    from judged
    group by key
),

lapsed as (
    select
        split_part(resource, ' ', 1) as key,
        count(*) as lapses
    from findings
    where check_id = 'settings_held' and status = 'fail'
    group by split_part(resource, ' ', 1)
),

effective as (
    select
        key,
        count(*) as subjects,
        array_to_string(list_sort(list(distinct written)), ' | ') as held
    from effective_settings
    group by key
),

rules as (
    select
        split_part(resource, ' ', 1) as key,
        count(*) as subjects,
        array_to_string(list_sort(list(distinct observed)), ' | ') as held
    from findings
    where check_id in ('alert_durations', 'scrape_interval') and observed is not null
    group by split_part(resource, ' ', 1)
),

oldest as (
    select
        signal_key as key,
        array_to_string(list_sort(list(distinct written)), ' | ') as held
    from measured_settings
    where key like 'retention.%.oldest'
    group by signal_key
),

joined as (
    select
        setting_keys.key,
        setting_keys.title,
        setting_keys.position,
        declared_settings.documents,
        declared_settings.values_declared,
        declared_settings.written,
        declared_settings.resolution,
        coalesce(effective.held, rules.held) as effective,
        coalesce(effective.subjects, rules.subjects) as subjects,
        verdicts.conflicts,
        verdicts.drifted,
        verdicts.broken,
        verdicts.below,
        case when verdicts.drifted > 0 then 0 else coalesce(lapsed.lapses, 0) end as lapses,
        verdicts.open_ones,
        verdicts.beyond_documents,
        verdicts.kept,
        coalesce(verdicts.conflicts + verdicts.drifted + verdicts.broken + verdicts.below, 0)
        + coalesce(lapsed.lapses, 0) as failed,
        case
            when oldest.held is not null then concat('oldest ', oldest.held)
            when verdicts.measured_all > 0
                then concat(
                    cast(verdicts.measured_all - verdicts.measured_bad as varchar), ' of ',
                    cast(verdicts.measured_all as varchar), ' within'
                )
        end as measured
    from setting_keys
    left join declared_settings on setting_keys.key = declared_settings.key
    left join effective on setting_keys.key = effective.key
    left join rules on setting_keys.key = rules.key
    left join oldest on setting_keys.key = oldest.key
    left join verdicts on setting_keys.key = verdicts.key
    left join lapsed on setting_keys.key = lapsed.key
    where
        (declared_settings.key is not null or effective.key is not null or oldest.key is not null)
        and setting_keys.key not like 'retention.%.size'
        and setting_keys.key not like 'retention.%.oldest'
),

shown as (
    select
        *,
        failed > 0
        or coalesce(documents, 0) > 1
        or (case when documents > 0 then 1 else 0 end)
        + (case when effective is not null then 1 else 0 end)
        + (case when measured is not null then 1 else 0 end) > 1 as is_shown
    from joined
),

others as (
    select
        count(case when not is_shown and documents > 0 then 1 end) as only_declared,
        count(case when not is_shown and coalesce(documents, 0) = 0 then 1 end) as not_declared
    from shown
)

select
    shown.key,
    shown.title,
    shown.values_declared as declared,
    case shown.resolution
        when 'decision' then concat(shown.written, ' (decided)')
        when 'authority' then concat(shown.written, ' (precedence)')
        when 'stricter' then concat(shown.written, ' (stricter)')
        else shown.written
    end as evaluated,
    case
        when shown.subjects > 1 then concat(shown.effective, ' (', cast(shown.subjects as varchar), ' subjects)')
        else shown.effective
    end as effective,
    shown.measured,
    case
        when shown.failed > 0
            then
                array_to_string(
                    [
                        case when shown.conflicts > 0 then 'documents conflict' end,
                        case when shown.drifted > 0 then 'effective drifted' end,
                        case when shown.lapses > 0 then 'not held all the period' end,
                        case when shown.broken > 0 then 'measured breaks declared' end,
                        case when shown.below > 0 then 'below a framework' end
                    ],
                    '; '
                )
        when shown.beyond_documents = 0 then 'documents agree'
        when shown.kept > 0 and shown.open_ones = 0 then 'in order'
        when shown.kept > 0 then 'in order as far as assessed'
        else 'not assessed'
    end as verdict,
    others.only_declared,
    others.not_declared
from others
left join shown on shown.is_shown
order by shown.position

-- ---
-- title = "What is declared fits together"
-- severity = "medium"
-- controls = ["iso9001:7.5.3", "iso27001:7.5.3", "iso27001:A.5.36"]
-- why = "Each line of a declaration may be sound by itself while two of them together cannot both be kept."
-- remedy = "Decide which of the statements named here holds, and mend the other one through document control."
-- definition = """
-- Population: statements under different keys that bear on the same thing, where both sides are there. Severities: those
-- that alerts are declared for are those that have a response time. Components: one declared not to be used is named by
-- no declared stack (words of the reference table component_words) and no configuration of it is on record; one
-- declared to be used is; where nothing is on record that could speak of it, it is not assessed. Scanning: if it is
-- declared off, no security test is declared and no scan is on record; that there is none proves nothing. Frameworks: those declared to apply are those that the report is held against. Whether two documents say the
-- same under one key is the check of documents that contradict each other.
-- """
-- ---
with declared as (
    select
        key,
        number,
        lower(value) as small,
        concat(written, ' (', coalesce(origin, subject), ')') as statement
    from setting_values
    where layer = 'declared'
),

flags as (
    select
        key,
        min(number) as number,
        count(case when number is null then 1 end) as unreadable,
        array_to_string(list_sort(list(distinct statement)), '; ') as statements
    from declared
    where
        key like 'components.%' or key like 'frameworks.%'
        or key in ('security.vulnerability_scanning', 'tests.security')
    group by key
),

alert_severities as (
    select distinct replace(key, 'alerting.severity.', '') as severity
    from declared
    where key like 'alerting.severity.%'
),

response_severities as (
    select distinct replace(key, 'response.', '') as severity
    from declared
    where key like 'response.%'
),

alert_words as (
    select array_to_string(list_sort(list(severity)), ', ') as words
    from alert_severities
    having count(*) > 0
),

response_words as (
    select array_to_string(list_sort(list(severity)), ', ') as words
    from response_severities
    having count(*) > 0
),

component_uses as (
    select
        component_words.component,
        concat('the declared stack ', declared.statement) as evidence
    from declared
    inner join component_words on declared.small like concat('%', component_words.word, '%')
    where declared.key like 'stack.%'
    union
    select
        component_words.component,
        concat('the configuration ', setting_values.owner) as evidence
    from setting_values
    inner join component_words on split_part(setting_values.owner, ':', 1) = component_words.word
    where setting_values.layer = 'effective'
),

uses as (
    select
        component,
        array_to_string(list_sort(list(evidence)), '; ') as evidence
    from component_uses
    group by component
),

known_words as (
    select
        component,
        count(*) as words
    from component_words
    group by component
),

known as (
    select count(case when layer = 'effective' or key like 'stack.%' then 1 end) as witnesses
    from setting_values
),

selected as (
    select count(*) as frameworks
    from selected_frameworks
),

scanned as (
    select count(*) as scans
    from scans
),

claims as (
    select
        'severities' as resource,
        case when alert_words.words = response_words.words then 'pass' else 'fail' end as status,
        concat(
            'Alerts are declared for the severities ', alert_words.words,
            '; response times for ', response_words.words, '.'
        ) as reason,
        'the same severities' as expected
    from alert_words
    cross join response_words
    union all
    select
        flags.key as resource,
        case
            when flags.unreadable > 0 then 'not assessed'
            when flags.number = 0 and uses.evidence is not null then 'fail'
            when uses.evidence is not null then 'pass'
            when flags.number = 1 or known.witnesses = 0 or known_words.words is null then 'not assessed'
            else 'pass'
        end as status,
        case
            when flags.unreadable > 0
                then concat('What is declared is neither true nor false: ', flags.statements, '.')
            when flags.number = 0 and uses.evidence is not null
                then concat('Declared not to be used, ', flags.statements, ', and used by ', uses.evidence, '.')
            when flags.number = 0 then 'Declared not to be used, and nothing else speaks of it.'
            when uses.evidence is null then 'Declared to be used, and nothing else speaks of it.'
            else concat('Declared to be used, as by ', uses.evidence, '.')
        end as reason,
        'used where it is declared to be, and nowhere else' as expected
    from flags
    cross join known
    left join known_words on flags.key = concat('components.', known_words.component)
    left join uses on flags.key = concat('components.', uses.component)
    where flags.key like 'components.%'
    union all
    select
        flags.key as resource,
        case
            when flags.unreadable + coalesce(tests.unreadable, 0) > 0 then 'not assessed'
            when flags.number = 1 then 'pass'
            when tests.number = 1 or scanned.scans > 0 then 'fail'
            else 'not assessed'
        end as status,
        concat(
            'Vulnerability scanning is declared ', flags.statements,
            coalesce(concat(', security testing ', tests.statements), ''), '; ', cast(scanned.scans as varchar),
            ' scans are on record.'
        ) as reason,
        'scanning declared where vulnerabilities are looked for' as expected
    from flags
    cross join scanned
    left join flags as tests on tests.key = 'tests.security'
    where
        flags.key = 'security.vulnerability_scanning'
        and (tests.key is not null or scanned.scans > 0)
    union all
    select
        flags.key as resource,
        case
            when flags.unreadable > 0 or selected.frameworks = 0 then 'not assessed'
            when (flags.number = 1) = (selected_frameworks.framework is not null) then 'pass'
            else 'fail'
        end as status,
        concat(
            'Whether it applies is declared ', flags.statements, '; the report is ',
            case when selected_frameworks.framework is null then 'not ' else '' end, 'held against it.'
        ) as reason,
        'declared to apply where the report is held against it' as expected
    from flags
    cross join selected
    left join selected_frameworks
        on
            flags.key = concat('frameworks.', selected_frameworks.framework)
            or flags.key = concat('frameworks.', split_part(selected_frameworks.framework, '_', 1))
    where flags.key like 'frameworks.%'
)

select
    resource,
    status,
    reason,
    expected,
    cast(null as varchar) as observed,
    'policy: documents in force fit together' as basis
from claims
order by resource

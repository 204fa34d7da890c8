-- ---
-- title = "Grave vulnerabilities were fixed in time"
-- severity = "critical"
-- controls = ["pci_dss:6.3.3", "soc2:CC7.1", "iso27001:A.8.8"]
-- why = "A critical hole that stays open longer than a month is found by others."
-- remedy = "Fix or mitigate what is named here; where that is not possible, ask for a waiver with a compensating control."
-- definition = """
-- Population: critical and high vulnerabilities that were open in the period or fixed in it. In time: fixed within the limit of
-- its severity after it was found. One still open runs on until the period ends; within its limit it cannot be judged yet.
-- Where no scan is on record, nothing is known of vulnerabilities, and none passes for that.
-- """
-- ---
with limits as (
    select
        case when name = 'critical_fix' then 'critical' else 'high' end as severity,
        value as limit_seconds,
        basis
    from thresholds
    where name in ('critical_fix', 'high_fix')
),

population as (
    select
        vulnerabilities.vulnerability_id,
        vulnerabilities.service,
        vulnerabilities.severity,
        vulnerabilities.fixed_at <= period.known_until as is_fixed,
        (
            epoch_us(least(coalesce(vulnerabilities.fixed_at, period.known_until), period.known_until))
            - epoch_us(vulnerabilities.found_at)
        ) / 1000000.0 as seconds,
        limits.limit_seconds,
        limits.basis
    from vulnerabilities
    inner join limits on vulnerabilities.severity = limits.severity
    cross join period
    where
        coalesce(vulnerabilities.found_at < period.ends_at, true)
        and coalesce(vulnerabilities.fixed_at >= period.starts_at, true)
)

select
    vulnerability_id as resource,
    case
        when seconds is null then 'not assessed'
        when seconds > limit_seconds then 'fail'
        when coalesce(is_fixed, false) then 'pass'
        else 'not assessed'
    end as status,
    case
        when seconds is null then 'The record does not say when it was found.'
        when seconds > limit_seconds and coalesce(is_fixed, false)
            then concat('It was fixed after ', cast(cast(floor(seconds / 86400) as bigint) as varchar), ' days.')
        when seconds > limit_seconds
            then concat('It has been open for ', cast(cast(floor(seconds / 86400) as bigint) as varchar), ' days.')
        when coalesce(is_fixed, false)
            then concat('It was fixed after ', cast(cast(floor(seconds / 86400) as bigint) as varchar), ' days.')
        else 'It is open; its time had not run out.'
    end as reason,
    concat(
        'fixed within ', cast(cast(limit_seconds / 86400 as bigint) as varchar), ' days (', severity, ')'
    ) as expected,
    service as observed,
    basis
from population
order by resource

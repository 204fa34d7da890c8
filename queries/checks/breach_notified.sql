-- ---
-- title = "Every personal data breach was notified in time"
-- severity = "critical"
-- controls = ["gdpr:33(1)", "gdpr:33(5)", "soc2:P6.6", "hipaa:164.410"]
-- mandatory = true
-- why = "The authority must hear of a breach within 72 hours after the organisation became aware of it, with reasons if later."
-- remedy = "Notify now and state why it is late; record in each incident whether personal data was affected."
-- definition = """
-- Population: incidents of the period that affected personal data. In time: notified within the limit after awareness. One
-- not notified runs on until the period ends (or the report is made). Incidents that do not say whether personal data was
-- affected are counted in one row and cannot be judged; where the period has incidents and every one says no, that passes.
-- """
-- ---
with in_period as (
    select
        incidents.*,
        period.known_until
    from incidents
    inner join period on incidents.local_date between period.first_day and period.last_day
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'breach_notification'
),

breaches as (
    select
        in_period.incident_id,
        in_period.aware_at,
        in_period.notified_at,
        (epoch_us(coalesce(in_period.notified_at, in_period.known_until)) - epoch_us(in_period.aware_at))
        / 1000000.0 as seconds
    from in_period
    where in_period.personal_data
),

unsaid as (
    select
        count(*) as incidents,
        count(personal_data) as said
    from in_period
),

verdicts as (
    select
        breaches.incident_id as resource,
        case
            when breaches.aware_at is null or breaches.seconds < 0 then 'not assessed'
            when breaches.seconds > allowed.limit_seconds then 'fail'
            when breaches.notified_at is null then 'not assessed'
            else 'pass'
        end as status,
        case
            when breaches.aware_at is null then 'The record does not say when the organisation became aware.'
            when breaches.seconds < 0 then 'The notification is recorded before the awareness.'
            when breaches.notified_at is null and breaches.seconds > allowed.limit_seconds
                then 'No notification is recorded and its time has run out.'
            when breaches.notified_at is null then 'No notification is recorded; its time had not run out.'
            when breaches.seconds > allowed.limit_seconds then 'It was notified late.'
            else 'It was notified in time.'
        end as reason,
        case
            when breaches.seconds >= 0
                then concat(cast(cast(floor(breaches.seconds / 3600) as bigint) as varchar), ' h after awareness')
        end as observed
    from breaches
    cross join allowed
    union all
    select
        '(all other incidents)' as resource,
        case when incidents = said then 'pass' else 'not assessed' end as status,
        case
            when incidents = said then 'Every incident says whether personal data was affected.'
            else concat(
                cast(incidents - said as varchar), ' of ', cast(incidents as varchar),
                ' incidents do not say whether personal data was affected.'
            )
        end as reason,
        concat(cast(said as varchar), ' of ', cast(incidents as varchar), ' incidents say it') as observed
    from unsaid
    where incidents > 0
)

select
    verdicts.resource,
    verdicts.status,
    verdicts.reason,
    concat('within ', cast(cast(allowed.limit_seconds / 3600 as bigint) as varchar), ' h after awareness') as expected,
    verdicts.observed,
    concat('law: GDPR Art. 33(1); ', allowed.basis) as basis
from verdicts
cross join allowed
order by verdicts.resource

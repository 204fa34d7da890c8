-- ---
-- title = "Certificates of the endpoints"
-- grain = "one endpoint that was probed"
-- definition = """
-- Of the certificates that an endpoint presented, the one that ends first. Times left are counted from the report's
-- cut-off of knowledge, never from the day it is read. Stale: last probed before the period began, or at a time that
-- no record says.
-- """
-- ---
with endpoints as (
    select
        tls_probes.endpoint,
        max(tls_probes.probed_at) as probed_at,
        count(case when tls_probes.offered then 1 end) as offered_versions,
        count(case when tls_probes.offered is null then 1 end) as open_versions,
        min(case when tls_probes.offered is null then tls_probes.error end) as open_reason
    from tls_probes
    group by tls_probes.endpoint
),

offers as (
    select
        endpoint,
        array_to_string(list_sort(list(distinct protocol)), ', ') as protocols
    from tls_probes
    where offered
    group by endpoint
),

first_to_end as (
    select *
    from tls_probes
    where offered and not_after is not null
    qualify row_number() over (partition by endpoint order by not_after asc, protocol desc) = 1
)

select
    endpoints.endpoint,
    endpoints.probed_at,
    coalesce(endpoints.probed_at < period.starts_at, true) as is_stale,
    endpoints.offered_versions,
    endpoints.open_versions,
    endpoints.open_reason,
    offers.protocols,
    first_to_end.cipher,
    first_to_end.certificate_subject,
    first_to_end.issuer,
    first_to_end.key_type,
    first_to_end.key_bits,
    first_to_end.not_before,
    first_to_end.not_after,
    (epoch_us(first_to_end.not_after) - epoch_us(period.as_of)) / 86400000000.0 as days_left,
    (epoch_us(first_to_end.not_after) - epoch_us(first_to_end.not_before)) / 86400000000.0 as lifetime_days
from endpoints
cross join period
left join offers on endpoints.endpoint = offers.endpoint
left join first_to_end on endpoints.endpoint = first_to_end.endpoint

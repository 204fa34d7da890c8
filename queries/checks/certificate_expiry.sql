-- ---
-- title = "Every certificate is renewed in time"
-- severity = "high"
-- controls = ["soc2:CC6.7", "pci_dss:4.2.1", "hipaa:164.312(e)(1)", "gdpr:32(1)(a)", "iso27001:A.8.24", "pci_dss:4.2.1.1"]
-- why = "A certificate that runs out stops the service, or teaches people to click warnings away."
-- remedy = "Renew the certificates named here now, and find out why their renewal did not start by itself."
-- definition = """
-- Population: every endpoint that was probed, with the certificate that ends first. In time: at the report's cut-off of
-- knowledge at least 30 days are left, or a third of its lifetime where that is less (public certificates last at most
-- 200 days since March 2026, 100 from March 2027 and 47 from March 2029). A certificate in order that ends within the
-- next 92 days passes, and its reason says so.
-- """
-- ---
with counted as (
    select
        *,
        least(30.0, lifetime_days / 3.0) as renewal_days,
        cast(cast(not_after as date) as varchar) as last_day,
        cast(cast(floor(days_left) as bigint) as varchar) as whole_days
    from tls_certificates
),

judged as (
    select
        *,
        case
            when is_stale or not_after is null then 'not assessed'
            when days_left <= 0 or days_left < coalesce(renewal_days, 30.0) then 'fail'
            else 'pass'
        end as status
    from counted
)

select
    endpoint as resource,
    status,
    case
        when probed_at is null then 'No record says when it was probed.'
        when is_stale
            then concat(
                'It was last probed on ', cast(cast(probed_at as date) as varchar), ', before the period began.'
            )
        when not_after is null and offered_versions > 0 then 'Its certificate could not be read.'
        when not_after is null and open_versions > 0
            then concat('No certificate is known: ', coalesce(open_reason, 'no reason is recorded'), '.')
        when not_after is null then 'It offers no version of TLS, so it presents no certificate.'
        when days_left <= 0 then concat('Its certificate ended on ', last_day, '.')
        when status = 'fail' and days_left < 7
            then concat('Its certificate ends within a week, on ', last_day, '.')
        when status = 'fail'
            then concat('Its certificate ends on ', last_day, '; its renewal was due.')
        when days_left < 92
            then concat('In time; it ends within the next quarter, on ', last_day, '.')
        else concat('Valid until ', last_day, '.')
    end as reason,
    case
        when renewal_days < 30
            then concat(
                'at least ', cast(cast(renewal_days as decimal(9, 1)) as varchar), ' days left, a third of its lifetime'
            )
        else 'at least 30 days left'
    end as expected,
    case
        when days_left <= 0 then 'none left'
        when days_left is not null then concat(whole_days, ' days left')
    end as observed,
    concat(
        'house rule: 30 days, or a third of the lifetime; ',
        'lifetimes of public certificates as in ballot SC-081v3 of the CA/Browser Forum'
    ) as basis
from judged
order by resource

-- ---
-- title = "Every known vulnerability is ranked"
-- severity = "medium"
-- controls = ["pci_dss:6.3.1", "iso27001:A.8.8"]
-- why = "What nobody ranked has no time to be fixed in, so it is never late."
-- remedy = "Give the vulnerabilities of the service named here a severity, or let the scanner hand its own over."
-- definition = """
-- Population: services with a vulnerability that was open in the period or fixed in it; those that name no service in one
-- row. It passes if each of them has a severity. That services are scanned at all is another check.
-- """
-- ---
with known as (
    select
        coalesce(vulnerabilities.service, '(no service)') as service,
        count(*) as found,
        count(vulnerabilities.severity) as ranked,
        min(case when vulnerabilities.severity is null then vulnerabilities.vulnerability_id end) as first_unranked
    from vulnerabilities
    cross join period
    where
        coalesce(vulnerabilities.found_at < period.ends_at, true)
        and coalesce(vulnerabilities.fixed_at >= period.starts_at, true)
    group by coalesce(vulnerabilities.service, '(no service)')
)

select
    service as resource,
    case when ranked = found then 'pass' else 'fail' end as status,
    case
        when ranked = found then 'Each of its vulnerabilities has a severity.'
        else concat('Without a severity: ', cast(found - ranked as varchar), ', ', first_unranked, ' among them.')
    end as reason,
    'a severity for each' as expected,
    concat(cast(ranked as varchar), ' of ', cast(found as varchar), ' ranked') as observed,
    'standard: PCI DSS 6.3.1' as basis
from known
order by resource

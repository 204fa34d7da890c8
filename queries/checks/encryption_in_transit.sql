-- ---
-- title = "Every connection of the monitoring stack is encrypted"
-- severity = "high"
-- controls = ["soc2:CC6.7", "pci_dss:4.2.1", "pci_dss:2.2.7", "hipaa:164.312(e)(1)", "gdpr:32(1)(a)", "iso27001:A.8.20", "gdpr:5(1)(f)", "hipaa:164.312(e)(2)(i)", "hipaa:164.312(e)(2)(ii)"]
-- why = "Metrics, logs and traces carry more about customers than anybody meant them to."
-- remedy = "Give the listener or exporter named here a certificate; see the line of its configuration."
-- definition = """
-- Population: listeners, exporters, scrape targets and stores as configured, each on its own line. What a proxy in front adds is not
-- seen here; the probe of endpoints sees that.
-- """
-- ---
with effective as (
    select
        subject,
        value,
        origin
    from settings
    where
        layer = 'effective'
        and key = 'encryption.in_transit'
)

select
    subject as resource,
    case
        when value is null then 'not assessed'
        when value = 'true' then 'pass'
        else 'fail'
    end as status,
    case
        when value is null then 'The setting is there, and its value is not known.'
        when value = 'true' then 'It is encrypted.'
        else 'It is in plain text.'
    end as reason,
    'encrypted' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: data is encrypted in transit' as basis
from effective
order by resource

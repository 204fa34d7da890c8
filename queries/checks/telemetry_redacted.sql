-- ---
-- title = "Every pipeline that leaves the collector redacts personal data"
-- severity = "high"
-- controls = ["gdpr:5(1)(c)", "gdpr:25", "iso27001:A.8.11"]
-- why = "Logs and traces collect personal data that no one asked for and no one deletes."
-- remedy = "Put the redaction processor into the pipeline named here; one that is only defined does nothing."
-- definition = """
-- Population: pipelines that leave a collector. In order: a redaction step stands in the pipeline itself. That it finds what it shall
-- is the check of samples.
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
        and key = 'pii.scrubbing'
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
        when value = 'true' then 'A redaction step is in the pipeline.'
        else 'No redaction step is in the pipeline.'
    end as reason,
    'a redaction step' as expected,
    concat(value, ' (', coalesce(origin, 'no place given'), ')') as observed,
    'policy: personal data is redacted at the source' as basis
from effective
order by resource

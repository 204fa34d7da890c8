-- ---
-- title = "Samples of the logs hold no personal data"
-- severity = "high"
-- controls = ["gdpr:5(1)(c)", "gdpr:25", "pci_dss:3.5.1", "iso27001:A.8.11"]
-- why = "A redaction step that misses what it shall find is worse than none: it is trusted."
-- remedy = "Look at the stream named here, add the pattern to its redaction, and delete what was stored."
-- definition = """
-- Population: streams that were sampled in the period; only counts of hits are kept, never what was found. In order: no hit in
-- any sample. A stream that was not sampled is not listed, and an empty sample says nothing.
-- """
-- ---
with in_period as (
    select log_samples.*
    from log_samples
    inner join period on log_samples.local_date between period.first_day and period.last_day
),

counted as (
    select
        stream,
        count(*) as samples,
        sum(coalesce(sample_size, 0)) as lines,
        count(pii_hits) as scanned,
        count(
            case
                when
                    pii_hits like '%:1%' or pii_hits like '%:2%' or pii_hits like '%:3%'
                    or pii_hits like '%:4%' or pii_hits like '%:5%' or pii_hits like '%:6%'
                    or pii_hits like '%:7%' or pii_hits like '%:8%' or pii_hits like '%:9%'
                    then 1
            end
        ) as with_hits
    from in_period
    group by stream
)

select
    stream as resource,
    case
        when with_hits > 0 then 'fail'
        when scanned = 0 or lines = 0 then 'not assessed'
        when scanned < samples then 'partial'
        else 'pass'
    end as status,
    case
        when with_hits > 0
            then concat(
                'Personal data was found in ', cast(with_hits as varchar), ' of ', cast(samples as varchar),
                ' samples.'
            )
        when scanned = 0 or lines = 0 then 'Its samples were empty or not searched.'
        when scanned < samples then 'Some of its samples were not searched.'
        else concat('Nothing was found in ', cast(samples as varchar), ' samples.')
    end as reason,
    'no hit' as expected,
    concat(cast(cast(lines as bigint) as varchar), ' lines sampled') as observed,
    'policy: logs hold no personal data' as basis
from counted
order by resource

-- ---
-- title = "The clocks of the sources agree with this one"
-- severity = "medium"
-- controls = ["iso27001:A.8.17", "pci_dss:10.6.1"]
-- why = "Response times and the order of events are only as good as the clocks they were taken with."
-- remedy = "Let the machine named here keep time by NTP; figures read while it was off may be off by as much."
-- definition = """
-- Population: the configured sources. In order: in every extract of the period that compared the clocks, they differed by at
-- most the limit. A source that never compares clocks, as files do, cannot be judged.
-- """
-- ---
with compared as (
    select
        extracts.source,
        count(extracts.clock_offset_seconds) as readings,
        max(abs(extracts.clock_offset_seconds)) as worst
    from extracts
    inner join period
        on
            extracts.finished_at >= period.starts_at
            and extracts.window_start < period.ends_at
    where extracts.clock_offset_seconds is not null
    group by extracts.source
),

allowed as (
    select
        value as limit_seconds,
        basis
    from thresholds
    where name = 'clock_offset'
)

select
    declared_sources.source as resource,
    case
        when compared.source is null then 'not assessed'
        when compared.worst <= allowed.limit_seconds then 'pass'
        else 'fail'
    end as status,
    case
        when compared.source is null then 'It was never asked for its time.'
        when compared.worst <= allowed.limit_seconds
            then concat('Its clock agreed in all ', cast(compared.readings as varchar), ' readings.')
        else concat(
            'Its clock was off by up to ', cast(cast(floor(compared.worst) as bigint) as varchar), ' s.'
        )
    end as reason,
    concat('at most ', cast(cast(allowed.limit_seconds as bigint) as varchar), ' s apart') as expected,
    case when compared.source is not null then concat(cast(round(compared.worst, 1) as varchar), ' s') end as observed,
    allowed.basis
from declared_sources
cross join allowed
left join compared on declared_sources.source = compared.source
order by resource

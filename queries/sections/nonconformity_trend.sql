-- ---
-- title = "Nonconformities and their actions over time"
-- chapter = "trends"
-- order = 7
-- note = "From the registers as they stand at the cut-off of knowledge, so a record entered late counts where its dates put it, and periods before the first record are left out. Open, ages and overdue are as of each period's end, this period's as known. Actions due: corrective and preventive actions and containments whose due day ended in the period; on time if done by that day. Shown effective: of the actions done in the period, those a person found effective; one not judged yet counts as not shown."
-- ---
with states as (
    select
        periods.position,
        periods.period,
        nonconformities.nonconformity_id,
        coalesce(
            nonconformities.opened_at >= periods.starts_at and nonconformities.opened_at < periods.known_until, false
        ) as was_opened,
        coalesce(
            nonconformities.closed_at >= periods.starts_at and nonconformities.closed_at < periods.known_until, false
        ) as was_closed,
        coalesce(nonconformities.opened_at < periods.known_until, false)
        and not coalesce(nonconformities.closed_at < periods.known_until, false) as is_open,
        coalesce(nonconformities.due_at <= periods.known_until, false) as is_due,
        nonconformities.repeat_of is not null as is_repeat,
        floor(
            (epoch_us(periods.known_until) - epoch_us(nonconformities.opened_at)) / 86400000000.0
        ) as age_days
    from periods
    cross join nonconformities
),

counted as (
    select
        position,
        count(case when was_opened then 1 end) as opened,
        count(case when was_opened and is_repeat then 1 end) as repeats,
        count(case when was_closed then 1 end) as closed,
        count(case when is_open then 1 end) as still_open,
        count(case when is_open and age_days <= 30 then 1 end) as up_to_30,
        count(case when is_open and age_days > 30 and age_days <= 60 then 1 end) as up_to_60,
        count(case when is_open and age_days > 60 and age_days <= 90 then 1 end) as up_to_90,
        count(case when is_open and age_days > 90 then 1 end) as older,
        count(case when is_open and is_due then 1 end) as overdue
    from states
    group by position
),

actions as (
    select
        periods.position,
        count(
            case
                when
                    corrective_actions.due_at > periods.starts_at
                    and corrective_actions.due_at <= periods.known_until
                    then 1
            end
        ) as actions_due,
        count(
            case
                when
                    corrective_actions.due_at > periods.starts_at
                    and corrective_actions.due_at <= periods.known_until
                    and corrective_actions.done_at <= corrective_actions.due_at
                    then 1
            end
        ) as actions_on_time,
        count(
            case
                when
                    corrective_actions.done_at >= periods.starts_at
                    and corrective_actions.done_at < periods.known_until
                    then 1
            end
        ) as actions_done,
        count(
            case
                when
                    corrective_actions.done_at >= periods.starts_at
                    and corrective_actions.done_at < periods.known_until
                    and corrective_actions.effective
                    then 1
            end
        ) as actions_effective
    from periods
    cross join corrective_actions
    group by periods.position
),

-- before the first record nobody knows whether there was a register at all
first_record as (
    select min(opened_at) as opened_at
    from nonconformities
)

select
    periods.period,
    counted.opened,
    counted.repeats,
    counted.closed,
    counted.still_open,
    counted.up_to_30,
    counted.up_to_60,
    counted.up_to_90,
    counted.older,
    counted.overdue,
    case when actions.actions_due > 0 then actions.actions_due end as actions_due,
    case when actions.actions_due > 0 then actions.actions_on_time * 1.0 / actions.actions_due end as on_time,
    case when actions.actions_done > 0 then actions.actions_done end as actions_done,
    case when actions.actions_done > 0 then actions.actions_effective * 1.0 / actions.actions_done end as effective
from periods
inner join counted on periods.position = counted.position
cross join first_record
left join actions on periods.position = actions.position
where first_record.opened_at < periods.known_until
order by periods.position

-- ---
-- title = "Services: as declared, else as a source lists them"
-- grain = "one service"
-- definition = "A service declared in the configuration wins over one of the same name that a source lists."
-- ---
with declared as (
    select
        service,
        team,
        tier,
        criticality
    from declared_services
),

listed as (
    select
        service,
        team,
        tier,
        criticality
    from services
    where not exists (
        select 1 from declared
        where declared.service = services.service
    )
),

together as (
    select * from declared
    union all
    select * from listed
)

select
    service,
    coalesce(team, '(no team)') as team,
    tier,
    criticality
from together

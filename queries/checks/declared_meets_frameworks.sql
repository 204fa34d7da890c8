-- ---
-- title = "What is declared is at least what the frameworks ask"
-- severity = "high"
-- controls = ["iso27001:A.5.36", "gdpr:5(2)"]
-- why = "A system that keeps to a declaration that is itself too weak still breaks the requirement."
-- remedy = "Raise the declared value to what the requirement named here asks, then the systems' settings with it."
-- definition = """
-- Population: every number that a requirement of a selected framework asks of a setting. Months and years are counted by
-- the calendar's longest span for a minimum, its shortest for a maximum, wherever they start: 12 months are 366 days, so
-- that 365 declared days fall short by the one day of a leap year. Where documents disagree the stricter value is
-- evaluated. What no document declares is not assessed.
-- """
-- ---
select
    resource,
    status,
    reason,
    expected,
    observed,
    basis
from threshold_comparisons
order by resource

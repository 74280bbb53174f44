--: kind = "share"
--: unit = "household"
--: needs = ["dropped_customs", "relies_on_state", "self_reliance"]
-- changed_mindset (plan, II.2): households of the cohort that gave up backward customs, do not wait
-- for the State's support, and work their own way out of poverty: all three.
-- AND over three values: one no settles it; otherwise one missing answer makes it NULL, unknown.
WITH judged AS (
    SELECT
        quarter,
        village,
        dropped_customs = 'yes'
        AND relies_on_state = 'no'
        AND self_reliance = 'yes' AS achieved
    FROM cohort
)
